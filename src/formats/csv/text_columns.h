#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string_view>

#include "formats/csv/tokenizer.h"

namespace cairn::formats {

/// The fields of one column in consecutive records.
struct TextFields {
  std::string_view text;  // what the fields are ranges of
  const CsvField* first;
  size_t stride;  // fields per record
  size_t count;
  std::string_view null_token;

  const CsvField& operator[](size_t i) const { return first[i * stride]; }
  std::string_view operator[](const CsvField& field) const {
    return {text.data() + field.begin, field.size};
  }
  bool is_null(const CsvField& field) const {
    return field.quoted == 0 && field.size == null_token.size() && (*this)[field] == null_token;
  }
};

/// Builds an array of one plain type from the texts of its values.
class TextColumn {
 public:
  virtual ~TextColumn() = default;

  /// Make room for as many values in all.
  virtual void reserve(int64_t values) = 0;

  virtual void append_null() = 0;

  /// False where `text` is no value of the type; the column is then of no more use.
  virtual bool append(std::string_view text) = 0;

  /// Append all of `fields`; the number of those that were values of the type tells where one was
  /// not.
  virtual size_t append(const TextFields& fields) = 0;

  virtual std::shared_ptr<arrow::Array> finish() = 0;
};

/// A column for a plain type. `guarded`: strings are as FormulaPolicy::escape writes them.
///
/// Errors   unsupported for types that have no text.
std::unique_ptr<TextColumn> make_text_column(const std::shared_ptr<arrow::DataType>& type,
                                             bool guarded, arrow::MemoryPool* pool);

}  // namespace cairn::formats
