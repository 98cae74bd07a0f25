#include "formats/csv/column_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/array_run_end.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/util/ree_util.h>

#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/field_text.h"
#include "formats/csv/formula.h"
#include "formats/csv/scalar_text.h"
#include "formats/csv/text_of_bytes.h"
#include "formats/json_text.h"

namespace cairn::formats {
namespace {

// Bytes that are written before they are read, so that none has to be zeroed.
class Scratch {
 public:
  char* at_least(size_t bytes) {
    if (bytes + kOverread > size_) {
      size_ = bytes + kOverread;
      bytes_ = std::make_unique_for_overwrite<char[]>(size_);
    }
    return bytes_.get();
  }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
};

// The null token where kOverread bytes may be read.
class NullText {
 public:
  explicit NullText(const CsvDialect& dialect)
      : padded_(dialect.null_token + std::string(kOverread, ' ')),
        size_(dialect.null_token.size()) {}

  std::string_view view() const { return {padded_.data(), size_}; }

 private:
  std::string padded_;
  size_t size_;
};

constexpr std::array<char, kOverread> kEmptyString = {'"', '"'};

// A column of nothing but nulls.
class NullColumn : public ColumnText {
 public:
  explicit NullColumn(const CsvDialect& dialect) : null_(dialect) {}

  void render(int64_t /*first*/, int64_t rows, Cells& cells) override {
    cells = {};
    cells.texts.assign(static_cast<size_t>(rows), null_.view());
  }

 private:
  NullText null_;
};

// A column of values of limited width: each is written into a slot of its own, so that no value
// waits for the length of the one before it.
template <typename Write>
class SlotColumn : public ColumnText {
 public:
  SlotColumn(std::shared_ptr<arrow::Array> array, const CsvDialect& dialect, size_t max_text,
             Write write)
      : array_(std::move(array)),
        null_(dialect),
        is_quoted_(dialect.quoting == CsvDialect::Quoting::all),
        has_nulls_(array_->null_count() != 0),
        slot_bytes_(max_text + 2),
        write_(std::move(write)) {}

  void render(int64_t first, int64_t rows, Cells& cells) override {
    cells.texts.resize(static_cast<size_t>(rows));
    char* slot = scratch_.at_least(static_cast<size_t>(rows) * slot_bytes_);
    for (int64_t i = 0; i < rows; ++i, slot += slot_bytes_) {
      std::string_view& text = cells.texts[static_cast<size_t>(i)];
      if (has_nulls_ && array_->IsNull(first + i)) {
        text = null_.view();
        continue;
      }
      char* end = slot;
      if (is_quoted_) *end++ = '"';
      end = write_(end, first + i);
      if (is_quoted_) *end++ = '"';
      text = {slot, static_cast<size_t>(end - slot)};
    }
  }

 private:
  std::shared_ptr<arrow::Array> array_;
  NullText null_;
  bool is_quoted_;
  bool has_nulls_;
  size_t slot_bytes_;
  Write write_;
  Scratch scratch_;
};

// What the first byte of a string says about its field.
struct FirstBytes {
  std::array<bool, 256> needs_care{};

  constexpr FirstBytes() {
    for (const unsigned char c : {' ', '=', '+', '-', '@', '\t', '\r', '\n', '\'', '\xEF'})
      needs_care[c] = true;
  }
};
constexpr FirstBytes kFirstBytes;

// A column of strings. Those that need nothing done to them are not copied: their text is the value
// in the array.
template <typename Array>
class StringColumn : public ColumnText {
 public:
  StringColumn(std::shared_ptr<arrow::Array> array, const CsvDialect& dialect)
      : array_(std::static_pointer_cast<Array>(std::move(array))),
        null_(dialect),
        dialect_(dialect),
        field_(dialect),
        has_nulls_(array_->null_count() != 0),
        is_always_written_(dialect.quoting != CsvDialect::Quoting::minimal) {}

  void render(int64_t first, int64_t rows, Cells& cells) override {
    const Extent extent = extent_of(first, rows);
    cells.texts.resize(static_cast<size_t>(rows));
    cells.overread_begin = extent.begin;
    cells.overread_end = extent.end;
    // Reserved in whole at once, because fields are views into it.
    const size_t max_bytes =
        FieldText::max_size(0) * static_cast<size_t>(rows) + 2 * extent.value_bytes;
    char* out = nullptr;
    for (int64_t i = 0; i < rows; ++i) {
      std::string_view& text = cells.texts[static_cast<size_t>(i)];
      if (has_nulls_ && array_->IsNull(first + i)) {
        text = null_.view();
        continue;
      }
      text = array_->GetView(first + i);
      if (is_plain(text, extent.scan)) continue;
      if (text.empty()) {
        text = {kEmptyString.data(), 2};
        continue;
      }
      if (out == nullptr) out = scratch_.at_least(max_bytes);
      char* end = write(out, text, extent.scan);
      text = {out, static_cast<size_t>(end - out)};
      out = end;
    }
  }

 private:
  // Where the values of some rows lie, and what they hold.
  struct Extent {
    const char* begin = nullptr;
    const char* end = nullptr;
    size_t value_bytes = 0;
    TextScan scan;
  };

  Extent extent_of(int64_t first, int64_t rows) const {
    Extent extent;
    if constexpr (std::is_same_v<Array, arrow::StringViewArray>) {
      // Values lie anywhere, so none of them may be read beyond its end.
      extent.end = reinterpret_cast<const char*>(UINTPTR_MAX);
      for (int64_t i = first; i < first + rows; ++i)
        extent.value_bytes += array_->IsNull(i) ? 0 : array_->GetView(i).size();
      extent.scan = {true, true};
    } else if (array_->value_data() != nullptr) {
      const auto* data = reinterpret_cast<const char*>(array_->value_data()->data());
      const auto begin = array_->value_offset(first);
      const auto end = array_->value_offset(first + rows);
      const auto readable = static_cast<size_t>(array_->value_data()->size());
      extent.value_bytes = static_cast<size_t>(end - begin);
      extent.begin = data + (readable > kOverread ? readable - kOverread : 0);
      extent.end = data + readable;
      extent.scan = scan_text({data + begin, extent.value_bytes}, dialect_.delimiter);
    }
    return extent;
  }

  bool is_plain(std::string_view text, TextScan scan) const {
    return !text.empty() && !scan.has_special && !scan.has_non_ascii && !is_always_written_ &&
           text.back() != ' ' && !kFirstBytes.needs_care[static_cast<unsigned char>(text[0])] &&
           text != dialect_.null_token;
  }

  char* write(char* out, std::string_view text, TextScan scan) {
    if (scan.has_non_ascii && !is_utf8(text)) {
      throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not UTF-8", printable(text)),
                  "store bytes in a binary column");
    }
    formula_cells_ += starts_formula(text) ? 1 : 0;
    return field_.write(out, text, scan.has_special, true);
  }

  std::shared_ptr<Array> array_;
  NullText null_;
  const CsvDialect& dialect_;
  FieldText field_;
  bool has_nulls_;
  bool is_always_written_;
  Scratch scratch_;
};

// A column of values whose text is as long as it happens to be.
class LongTextColumn : public ColumnText {
 public:
  LongTextColumn(std::shared_ptr<arrow::Array> array, const CsvDialect& dialect,
                 JsonAppender append_value)
      : array_(std::move(array)),
        null_(dialect),
        field_(dialect),
        append_value_(std::move(append_value)) {}

  void render(int64_t first, int64_t rows, Cells& cells) override {
    fields_.clear();
    ends_.clear();
    for (int64_t row = first; row < first + rows; ++row) {
      append_field(row);
      ends_.push_back(fields_.size());
    }
    // Only now, since the fields moved as they grew.
    fields_.append(kOverread, ' ');
    cells = {};
    cells.texts.reserve(ends_.size());
    size_t begin = 0;
    for (const size_t end : ends_) {
      cells.texts.emplace_back(fields_.data() + begin, end - begin);
      begin = end;
    }
  }

 private:
  void append_field(int64_t row) {
    if (array_->IsNull(row)) {
      fields_ += null_.view();
      return;
    }
    value_.clear();
    append_value_(row, value_);
    const size_t begin = fields_.size();
    fields_.resize(begin + FieldText::max_size(value_.size()));
    const char* end = field_.write(fields_.data() + begin, value_, true, false);
    fields_.resize(static_cast<size_t>(end - fields_.data()));
  }

  std::shared_ptr<arrow::Array> array_;
  NullText null_;
  FieldText field_;
  JsonAppender append_value_;
  std::string value_;
  std::string fields_;
  std::vector<size_t> ends_;
};

// A column whose rows refer to values of another array, several to one: dictionaries and run ends.
// Each value in use is rendered once.
class SharedValuesColumn : public ColumnText {
 public:
  // `value_of_row` is -1 for null.
  SharedValuesColumn(std::vector<int64_t> value_of_row, int64_t values, ColumnText& column,
                     const CsvDialect& dialect)
      : text_of_row_(std::move(value_of_row)) {
    std::vector<int32_t> text_of_value(static_cast<size_t>(values), -1);
    Cells cell;
    append(NullText(dialect).view(), false);
    for (int64_t& reference : text_of_row_) {
      if (reference < 0) {
        reference = 0;
        continue;
      }
      int32_t& text = text_of_value[static_cast<size_t>(reference)];
      if (text < 0) {
        const int64_t formulas_before = column.formula_cells();
        column.render(reference, 1, cell);
        text = static_cast<int32_t>(ends_.size());
        append(cell.texts.front(), column.formula_cells() != formulas_before);
      }
      reference = text;
    }
    fields_.append(kOverread, ' ');
  }

  void render(int64_t first, int64_t rows, Cells& cells) override {
    cells = {};
    cells.texts.resize(static_cast<size_t>(rows));
    for (int64_t i = 0; i < rows; ++i) {
      const auto text = static_cast<size_t>(text_of_row_[static_cast<size_t>(first + i)]);
      const size_t begin = text == 0 ? 0 : ends_[text - 1];
      cells.texts[static_cast<size_t>(i)] = {fields_.data() + begin, ends_[text] - begin};
      formula_cells_ += is_formula_[text];
    }
  }

 private:
  void append(std::string_view text, bool is_formula) {
    fields_ += text;
    ends_.push_back(fields_.size());
    is_formula_.push_back(is_formula ? 1 : 0);
  }

  std::vector<int64_t> text_of_row_;
  std::string fields_;
  std::vector<size_t> ends_;
  std::vector<uint8_t> is_formula_;
};

std::unique_ptr<ColumnText> make_dictionary_column(const arrow::DictionaryArray& array,
                                                   const CsvDialect& dialect) {
  std::vector<int64_t> value_of_row(static_cast<size_t>(array.length()));
  for (int64_t row = 0; row < array.length(); ++row)
    value_of_row[static_cast<size_t>(row)] = array.IsNull(row) ? -1 : array.GetValueIndex(row);
  const auto column = make_column_text(array.dictionary(), dialect);
  return std::make_unique<SharedValuesColumn>(std::move(value_of_row), array.dictionary()->length(),
                                              *column, dialect);
}

template <typename RunEnd>
std::vector<int64_t> run_of_each_row(const arrow::RunEndEncodedArray& array) {
  const arrow::ArraySpan span(*array.data());
  const arrow::ree_util::RunEndEncodedArraySpan<RunEnd> runs(span);
  std::vector<int64_t> run_of_row(static_cast<size_t>(array.length()));
  for (auto run = runs.begin(); run != runs.end(); ++run)
    std::fill(run_of_row.begin() + run.logical_position(), run_of_row.begin() + run.run_end(),
              run.index_into_array());
  return run_of_row;
}

std::unique_ptr<ColumnText> make_run_end_column(const arrow::RunEndEncodedArray& array,
                                                const CsvDialect& dialect) {
  const auto column = make_column_text(array.values(), dialect);
  const arrow::Type::type id = array.run_ends()->type_id();
  auto run_of_row = id == arrow::Type::INT16   ? run_of_each_row<int16_t>(array)
                    : id == arrow::Type::INT32 ? run_of_each_row<int32_t>(array)
                                               : run_of_each_row<int64_t>(array);
  return std::make_unique<SharedValuesColumn>(std::move(run_of_row), array.values()->length(),
                                              *column, dialect);
}

template <typename Array>
std::unique_ptr<ColumnText> make_binary_column(std::shared_ptr<arrow::Array> array,
                                               const CsvDialect& dialect) {
  const auto& values = static_cast<const Array&>(*array);
  return std::make_unique<LongTextColumn>(std::move(array), dialect,
                                          [&values](int64_t row, std::string& out) {
                                            const std::string_view bytes = values.GetView(row);
                                            out.resize(base64_size(bytes.size()));
                                            write_base64(out.data(), bytes);
                                          });
}

// Columns of scalars; null for types that are none.
std::unique_ptr<ColumnText> make_scalar_column(const std::shared_ptr<arrow::Array>& array,
                                               const CsvDialect& dialect) {
  return with_scalar_writer(*array, [&](int max_text, auto write) -> std::unique_ptr<ColumnText> {
    return std::make_unique<SlotColumn<decltype(write)>>(
        array, dialect, static_cast<size_t>(max_text), std::move(write));
  });
}

}  // namespace

std::unique_ptr<ColumnText> make_column_text(std::shared_ptr<arrow::Array> array,
                                             const CsvDialect& dialect) {
  switch (array->type_id()) {
    case arrow::Type::NA:
      return std::make_unique<NullColumn>(dialect);
    case arrow::Type::STRING:
      return std::make_unique<StringColumn<arrow::StringArray>>(std::move(array), dialect);
    case arrow::Type::LARGE_STRING:
      return std::make_unique<StringColumn<arrow::LargeStringArray>>(std::move(array), dialect);
    case arrow::Type::STRING_VIEW:
      return std::make_unique<StringColumn<arrow::StringViewArray>>(std::move(array), dialect);
    case arrow::Type::BINARY:
      return make_binary_column<arrow::BinaryArray>(std::move(array), dialect);
    case arrow::Type::LARGE_BINARY:
      return make_binary_column<arrow::LargeBinaryArray>(std::move(array), dialect);
    case arrow::Type::BINARY_VIEW:
      return make_binary_column<arrow::BinaryViewArray>(std::move(array), dialect);
    case arrow::Type::FIXED_SIZE_BINARY:
      return make_binary_column<arrow::FixedSizeBinaryArray>(std::move(array), dialect);
    case arrow::Type::DICTIONARY:
      return make_dictionary_column(static_cast<const arrow::DictionaryArray&>(*array), dialect);
    case arrow::Type::RUN_END_ENCODED:
      return make_run_end_column(static_cast<const arrow::RunEndEncodedArray&>(*array), dialect);
    case arrow::Type::EXTENSION:
      return make_column_text(static_cast<const arrow::ExtensionArray&>(*array).storage(), dialect);
    default:
      break;
  }
  if (auto column = make_scalar_column(array, dialect)) return column;
  JsonAppender append_value = json_appender(array);
  return std::make_unique<LongTextColumn>(std::move(array), dialect, std::move(append_value));
}

}  // namespace cairn::formats
