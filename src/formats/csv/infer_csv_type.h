#pragma once

#include <arrow/type_fwd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "formats/csv/text_columns.h"

namespace cairn::formats {

/// Finds the narrowest type that every value of a foreign column has without loss: bool, int64,
/// double, date32, timestamp in micro- or nanoseconds; text where there is doubt. Numbers that a
/// reader would print with other digits (leading zeros or '+', more digits than the type holds) are
/// text, and so are texts such as 12e4, which are part numbers as often as numbers.
class CsvColumnType {
 public:
  /// Take these values into account. The bare empty field is null.
  void see(const TextFields& fields);

  /// The type of what was seen; utf8 for a column of nulls.
  std::shared_ptr<arrow::DataType> type() const;

 private:
  void see(std::string_view text);
  bool see_number(std::string_view text);
  bool see_timestamp(std::string_view text);

  enum Possible : uint8_t {
    kBool = 1,
    kInteger = 2,
    kDouble = 4,
    kDate = 8,
    kLocalTimestamp = 16,
    kZonedTimestamp = 32,
    kAll = 63,
  };

  void keep(int possible) { possible_ &= possible; }

  int possible_ = kAll;       // what all values so far could be
  bool seen_ = false;         // a value that is not null
  bool seen_number_ = false;  // one that is neither NaN nor infinite
  bool needs_nanoseconds_ = false;
  bool fits_nanoseconds_ = true;  // 64 bits of nanoseconds reach from 1677 to 2262
};

}  // namespace cairn::formats
