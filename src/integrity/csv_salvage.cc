#include "integrity/csv_salvage.h"

#include <arrow/api.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "data/arrow_error.h"
#include "data/join_rows.h"
#include "integrity/file_findings.h"

namespace cairn::integrity {
namespace {

constexpr std::string_view kDoing = "salvage a record";
constexpr char kQuote = '"';

// The bytes of the field at the front of a text, with its quotes; nothing where they do not close,
// or close before the field ends. Line feeds end fields here: one may be the damage.
std::optional<size_t> field_bytes(std::string_view text, char delimiter) {
  size_t end = 0;
  if (text.starts_with(kQuote)) {
    for (end = 1;; end += 2) {
      end = text.find(kQuote, end);
      if (end == std::string_view::npos) return std::nullopt;
      if (end + 1 == text.size() || text[end + 1] != kQuote) break;
    }
    ++end;
  } else {
    end = std::min(text.find(delimiter), text.find('\n'));
  }
  if (end >= text.size()) return text.size();
  return text[end] == delimiter || text[end] == '\n' ? std::optional(end) : std::nullopt;
}

struct Fields {
  std::vector<std::string_view> texts;
  bool one_record = false;  // all of the text, and no line feed between them
};

Fields take_fields(std::string_view text, char delimiter, size_t most) {
  Fields fields;
  bool one_line = true;
  while (fields.texts.size() < most) {
    const auto bytes = field_bytes(text, delimiter);
    if (!bytes) break;
    fields.texts.push_back(text.substr(0, *bytes));
    if (*bytes == text.size()) {
      fields.one_record = one_line;
      break;
    }
    one_line = one_line && text[*bytes] == delimiter;
    text.remove_prefix(*bytes + 1);
  }
  return fields;
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::shared_ptr<arrow::RecordBatch> rows_of_nulls(const std::shared_ptr<arrow::Schema>& schema,
                                                  int64_t rows, arrow::MemoryPool* pool) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields())
    columns.push_back(value_or_throw(arrow::MakeArrayOfNull(field->type(), rows, pool), kDoing));
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

std::string reversed(std::string_view text) {
  return {text.rbegin(), text.rend()};
}

}  // namespace

CsvSalvage::CsvSalvage(std::shared_ptr<arrow::Schema> schema, CsvDialect dialect, std::string file,
                       arrow::MemoryPool* pool)
    : schema_(std::move(schema)),
      dialect_(std::move(dialect)),
      file_(std::move(file)),
      pool_(pool) {
  for (const auto& field : schema_->fields()) {
    decoders_.push_back(std::make_unique<formats::CsvDecoder>(arrow::schema({field}), dialect_));
  }
}

SalvagedRecord CsvSalvage::read(std::string_view text, int64_t rows) const {
  text = without_line_end(text);
  const size_t columns = decoders_.size();
  const Fields front = take_fields(text, dialect_.delimiter, columns);
  SalvagedRecord record;
  record.whole = rows == 1 && front.one_record && front.texts.size() == columns;
  Columns from_front = values(front.texts);
  if (record.whole) {
    for (size_t c = 0; c < columns; ++c)
      if (from_front[c] == nullptr) record.unreadable.push_back(static_cast<int>(c));
    record.from_front = record.from_back = row(std::move(from_front));
    return record;
  }

  // Quotes are doubled and closed the same way in both directions, so that what reads fields from
  // the front of a text reads them from the back of the reversed one.
  const std::string mirrored = reversed(text);
  std::vector<std::string> texts;
  for (const auto field : take_fields(mirrored, dialect_.delimiter, columns).texts)
    texts.push_back(reversed(field));
  // Those that are missing are the first ones; no field is whole that never closes its quote.
  std::vector<std::string_view> back(columns, std::string_view("\""));
  std::copy(texts.begin(), texts.end(), back.rbegin());

  record.from_front = row(std::move(from_front));
  record.from_back = row(values(back));
  if (rows > 1) {
    std::vector<std::shared_ptr<arrow::RecordBatch>> parts{record.from_front};
    if (rows > 2) parts.push_back(rows_of_nulls(schema_, rows - 2, pool_));
    parts.push_back(record.from_back);
    record.from_front = record.from_back = data::join_rows(parts);
  }
  return record;
}

// The values of the first columns; no array where a field holds none.
CsvSalvage::Columns CsvSalvage::values(const std::vector<std::string_view>& fields) const {
  Columns columns(decoders_.size());
  for (size_t c = 0; c < fields.size(); ++c) columns[c] = value(c, fields[c]);
  return columns;
}

std::shared_ptr<arrow::Array> CsvSalvage::value(size_t column, std::string_view field) const {
  try {
    const auto rows = decoders_[column]->decode(std::string(field) + "\n", 1, file_, pool_);
    return rows->num_rows() == 1 ? rows->column(0) : nullptr;
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    return nullptr;
  }
}

std::shared_ptr<arrow::RecordBatch> CsvSalvage::row(Columns values) const {
  for (size_t c = 0; c < values.size(); ++c) {
    if (values[c] != nullptr) continue;
    values[c] = value_or_throw(
        arrow::MakeArrayOfNull(schema_->field(static_cast<int>(c))->type(), 1, pool_), kDoing);
  }
  return arrow::RecordBatch::Make(schema_, 1, std::move(values));
}

}  // namespace cairn::integrity
