#pragma once

#include <arrow/type_fwd.h>
#include <arrow/util/decimal.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/data_integrity.h"

namespace cairn::integrity {

__extension__ using int128 = __int128;

/// Kinds of values. Those of one class are read in the same form, whatever type they come from.
enum class ValueClass {
  null,
  boolean,
  integer,
  floating,
  decimal,
  date,       // read in nanoseconds
  time,       // in nanoseconds
  timestamp,  // in nanoseconds
  duration,   // in nanoseconds
  months,
  text,
  bytes,
  composite,  // lists, structs, maps, intervals of days: compared by Arrow
};

/// The class of a plain type (formats::plain_type).
ValueClass value_class(const arrow::DataType& plain);

/// Whether values of this class are read as whole numbers.
bool is_whole(ValueClass kind);

/// The values of one plain array in the form of their class. Only the reader of the class is set:
/// `whole`, `real`, `decimal` or `view`; none for null and composite. They must not be asked for
/// null slots.
struct Cells {
  std::shared_ptr<arrow::Array> array;
  ValueClass kind = ValueClass::null;
  int32_t scale = 0;  // of a decimal
  std::function<int128(int64_t)> whole;
  std::function<double(int64_t)> real;
  std::function<arrow::Decimal256(int64_t)> decimal;
  std::function<std::string_view(int64_t)> view;
};

Cells read_cells(std::shared_ptr<arrow::Array> plain);

/// The values as the text that CSV has for them: of class text.
Cells text_cells(const std::shared_ptr<arrow::Array>& plain);

/// Whether row i of one and row j of the other, neither null, hold the same value. NaN equals NaN
/// and 0.0 equals -0.0. The tolerance counts where either side is floating; `original` is its
/// base. The cells must outlive the function.
using CellEquality = std::function<bool(int64_t i, int64_t j)>;
CellEquality make_equality(const Cells& original, const Cells& exported,
                           const Tolerance& tolerance);

/// Appends a value, or null, to a key such that keys of two rows are the same bytes only if all
/// values in them are equal, exactly. `other` is the class on the other side. The cells must
/// outlive the function.
using KeyEncoder = std::function<void(int64_t row, std::string& key)>;
KeyEncoder make_key_encoder(const Cells& cells, ValueClass other);

/// A value for people: as JSON, cut to a few dozen characters.
std::string shown(const std::shared_ptr<arrow::Array>& array, int64_t row);

}  // namespace cairn::integrity
