#include "formats/csv/csv_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/extension_type.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "formats/csv/column_text.h"
#include "formats/csv/field_text.h"

namespace cairn::formats {
namespace {

constexpr int64_t kChunkRows = 1024;  // the fields of a chunk stay in the cache until they are put
                                      // together
constexpr int32_t kMaxDecimalScale = 10'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view line_ending(const CsvDialect& dialect) {
  return dialect.crlf ? "\r\n" : "\n";
}

void check_type(const arrow::DataType& type) {
  if (type.id() == arrow::Type::EXTENSION)
    return check_type(*static_cast<const arrow::ExtensionType&>(type).storage_type());
  if (type.id() == arrow::Type::DICTIONARY)
    return check_type(*static_cast<const arrow::DictionaryType&>(type).value_type());
  if (type.id() == arrow::Type::DENSE_UNION || type.id() == arrow::Type::SPARSE_UNION) {
    throw Error(ErrorKind::unsupported, "unions have no CSV text",
                "give each alternative its own column");
  }
  if (const auto* decimal = dynamic_cast<const arrow::DecimalType*>(&type);
      decimal != nullptr && std::abs(int64_t{decimal->scale()}) > kMaxDecimalScale) {
    throw Error(ErrorKind::unsupported,
                fmt::format("the scale of {} is beyond {}", type.ToString(), kMaxDecimalScale),
                "use floating point for such values");
  }
  std::set<std::string> names;
  for (const auto& field : type.fields()) {
    if (type.id() == arrow::Type::STRUCT && !names.insert(field->name()).second) {
      throw Error(ErrorKind::unsupported,
                  fmt::format("a struct has two fields named '{}'", printable(field->name())),
                  "rename one of them");
    }
    check_type(*field->type());
  }
}

// A name that equals the null token is an ordinary name, quoted so that no reader takes it for
// null.
void append_name(std::string& header, const std::string& name, CsvDialect dialect) {
  if (name == dialect.null_token) dialect.quoting = CsvDialect::Quoting::all;
  dialect.null_token.clear();
  const size_t begin = header.size();
  header.resize(begin + FieldText::max_size(name.size()));
  try {
    const char* end = FieldText(dialect).write(header.data() + begin, name, true, true);
    header.resize(static_cast<size_t>(end - header.data()));
  } catch (const Error& error) {
    throw error.while_doing("cannot write the column names of a CSV");
  }
}

Error about_column(const Error& error, const std::string& name) {
  return error.while_doing(fmt::format("cannot write column '{}' as CSV", printable(name)));
}

// The bytes of a unit. Room for all rows is asked for when the first ones are known, so that it
// rarely has to move.
class UnitBytes {
 public:
  UnitBytes(int64_t rows, arrow::MemoryPool* pool)
      : rows_(rows),
        buffer_(value_or_throw(arrow::AllocateResizableBuffer(0, pool), "reserve memory for CSV")) {
  }

  // Where to write `bytes` more, kOverread beyond them included, for `rows` more rows.
  char* room_for(int64_t bytes, int64_t rows) {
    rows_done_ += rows;
    const int64_t needed = size_ + bytes + static_cast<int64_t>(kOverread);
    if (needed > buffer_->capacity()) {
      const int64_t rows_left = rows_ - rows_done_;
      const double per_row = static_cast<double>(needed) / static_cast<double>(rows_done_);
      const auto estimate = static_cast<int64_t>(per_row * 1.125 * static_cast<double>(rows_left));
      check(buffer_->Reserve(needed + estimate), "reserve memory for CSV");
    }
    return reinterpret_cast<char*>(buffer_->mutable_data()) + size_;
  }

  void written(int64_t bytes) { size_ += bytes; }

  std::shared_ptr<arrow::Buffer> finish() {
    check(buffer_->Resize(size_, /*shrink_to_fit=*/false), "reserve memory for CSV");
    return std::move(buffer_);
  }

 private:
  int64_t rows_;
  int64_t rows_done_ = 0;
  int64_t size_ = 0;
  std::unique_ptr<arrow::ResizableBuffer> buffer_;
};

inline char* append(char* out, std::string_view text, const Cells& cells) {
  // Most fields are short; a copy of fixed size needs no branches on their length.
  const bool may_overread = text.data() < cells.overread_begin || text.data() >= cells.overread_end;
  if (text.size() <= kOverread && may_overread) {
    std::memcpy(out, text.data(), kOverread);
  } else {
    std::memcpy(out, text.data(), text.size());
  }
  return out + text.size();
}

// Encodes one batch, chunk by chunk: column by column into fields, then row by row into records.
class BatchEncoder {
 public:
  BatchEncoder(const arrow::RecordBatch& batch, const CsvDialect& dialect)
      : batch_(batch), dialect_(dialect), cells_(static_cast<size_t>(batch.num_columns())) {
    for (int i = 0; i < batch.num_columns(); ++i) {
      try {
        columns_.push_back(make_column_text(batch.column(i), dialect));
      } catch (const Error& error) {
        throw about_column(error, batch.column_name(i));
      }
    }
  }

  void encode(UnitBytes& out) {
    for (int64_t first = 0; first < batch_.num_rows(); first += kChunkRows) {
      const int64_t rows = std::min(kChunkRows, batch_.num_rows() - first);
      const int64_t bytes = render(first, rows);
      char* begin = out.room_for(bytes, rows);
      out.written(join(rows, begin) - begin);
    }
  }

  void count_formulas(std::vector<int64_t>& formula_cells) const {
    for (size_t i = 0; i < columns_.size(); ++i) formula_cells[i] += columns_[i]->formula_cells();
  }

 private:
  // Renders the fields of a chunk and returns the bytes of its records.
  int64_t render(int64_t first, int64_t rows) {
    const size_t separators = columns_.size() - 1 + line_ending(dialect_).size();
    size_t bytes = static_cast<size_t>(rows) * separators;
    for (size_t i = 0; i < columns_.size(); ++i) {
      try {
        columns_[i]->render(first, rows, cells_[i]);
      } catch (const Error& error) {
        throw about_column(error, batch_.column_name(static_cast<int>(i)));
      }
      for (const std::string_view text : cells_[i].texts) bytes += text.size();
    }
    return static_cast<int64_t>(bytes);
  }

  char* join(int64_t rows, char* out) const {
    const std::string_view ending = line_ending(dialect_);
    for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
      for (const Cells& cells : cells_) {
        out = append(out, cells.texts[row], cells);
        *out++ = dialect_.delimiter;
      }
      --out;  // no delimiter after the last field
      for (const char c : ending) *out++ = c;
    }
    return out;
  }

  const arrow::RecordBatch& batch_;
  const CsvDialect& dialect_;
  std::vector<std::unique_ptr<ColumnText>> columns_;
  std::vector<Cells> cells_;
};

}  // namespace

void check_csv_schema(const arrow::Schema& schema) {
  if (schema.num_fields() == 0) {
    throw Error(ErrorKind::unsupported, "a table without columns has no CSV",
                "export it as Parquet only");
  }
  std::set<std::string> seen;
  std::set<std::string> repeated;
  for (const auto& field : schema.fields()) {
    if (!seen.insert(field->name()).second) repeated.insert(printable(field->name()));
    if (!is_utf8(field->name())) {
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("the column name '{}' is not UTF-8", printable(field->name())),
                  "rename the column");
    }
    try {
      check_type(*field->type());
    } catch (const Error& error) {
      throw about_column(error, field->name());
    }
  }
  if (!repeated.empty()) {
    throw Error(ErrorKind::invalid_argument,
                fmt::format("CSV needs different column names, but several are named '{}'",
                            fmt::join(repeated, "', '")),
                "rename all but one of each");
  }
}

std::string csv_header(const arrow::Schema& schema, const CsvDialect& dialect) {
  std::string header(dialect.bom ? kByteOrderMark : "");
  if (!dialect.header) return header;
  for (const auto& field : schema.fields()) {
    if (field != schema.field(0)) header += dialect.delimiter;
    append_name(header, field->name(), dialect);
  }
  header += line_ending(dialect);
  return header;
}

EncodedUnit encode_csv(const Rows& rows, const CsvDialect& dialect, arrow::MemoryPool* pool) {
  EncodedUnit unit;
  for (const auto& batch : rows) unit.rows += batch->num_rows();
  UnitBytes bytes(unit.rows, pool);
  for (const auto& batch : rows) {
    unit.formula_cells.resize(static_cast<size_t>(batch->num_columns()));
    BatchEncoder encoder(*batch, dialect);
    encoder.encode(bytes);
    encoder.count_formulas(unit.formula_cells);
  }
  unit.bytes = bytes.finish();
  return unit;
}

}  // namespace cairn::formats
