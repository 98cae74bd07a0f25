#include <arrow/api.h>
#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/text_columns.h"
#include "formats/csv/tokenizer.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

using Columns = std::vector<std::unique_ptr<TextColumn>>;

bool is_text(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

}  // namespace

struct CsvDecoder::Plan {
  std::shared_ptr<arrow::Schema> schema;
  CsvDialect dialect;
  std::vector<std::string> names;
  std::vector<std::shared_ptr<arrow::DataType>> plain_types;

  Columns make_columns(arrow::MemoryPool* pool) const {
    Columns columns;
    for (const auto& type : plain_types) {
      const bool guarded = dialect.formula_policy == FormulaPolicy::escape && is_text(*type);
      columns.push_back(make_text_column(type, guarded, pool));
    }
    return columns;
  }

  void append(const CsvPart& part, const CsvBlock& block, Columns& columns) const {
    for (size_t column = 0; column < columns.size(); ++column) {
      const TextFields fields{part.text, block.fields.data() + column, columns.size(),
                              block.records, dialect.null_token};
      const size_t taken = columns[column]->append(fields);
      if (taken < fields.count) throw_no_value(part, block, column, fields, taken);
    }
  }

  [[noreturn]] void throw_no_value(const CsvPart& part, const CsvBlock& block, size_t column,
                                   const TextFields& fields, size_t record) const {
    const CsvField& field = fields[record];
    const std::string null = dialect.null_token.empty() ? "the bare empty field"
                                                        : fmt::format("'{}'", dialect.null_token);
    throw corrupt_record(
        part, block.first_record + static_cast<int64_t>(record), names[column],
        fmt::format("{}'{}' is no {}", field.quoted != 0 ? "quoted " : "", printable(fields[field]),
                    schema->field(static_cast<int>(column))->type()->ToString()),
        "correct it, or read the column as text; null is " + null);
  }
};

CsvDecoder::CsvDecoder(std::shared_ptr<arrow::Schema> schema, CsvDialect dialect) {
  if (schema->num_fields() == 0)
    throw Error(ErrorKind::unsupported, "a table without columns has no CSV");
  auto plan = std::make_unique<Plan>();
  for (const auto& field : schema->fields()) {
    plan->names.push_back(field->name());
    plan->plain_types.push_back(plain_type(field->type()));
  }
  plan->schema = std::move(schema);
  plan->dialect = std::move(dialect);
  plan_ = std::move(plan);
}

CsvDecoder::~CsvDecoder() = default;

const std::shared_ptr<arrow::Schema>& CsvDecoder::schema() const {
  return plan_->schema;
}

std::shared_ptr<arrow::RecordBatch> CsvDecoder::decode(std::string_view records,
                                                       int64_t first_record, std::string_view file,
                                                       arrow::MemoryPool* pool) const {
  const CsvPart part{records, first_record, file};
  CsvTokenizer tokenizer(part, plan_->dialect.delimiter, plan_->names);
  Columns columns = plan_->make_columns(pool);
  CsvBlock block;
  int64_t rows = 0;
  while (tokenizer.next(block)) {
    if (rows == 0) {
      // As many records as there would be if all were as long as the first ones, and a little more.
      const size_t whole = records.size() / (tokenizer.position() / block.records);
      const auto expected = static_cast<int64_t>(whole + whole / 32);
      for (const auto& column : columns) column->reserve(expected);
    }
    plan_->append(part, block, columns);
    rows += static_cast<int64_t>(block.records);
  }
  arrow::ArrayVector arrays;
  for (int i = 0; i < plan_->schema->num_fields(); ++i) {
    const auto array = columns[static_cast<size_t>(i)]->finish();
    arrays.push_back(from_plain(array, plan_->schema->field(i)->type(), pool));
  }
  return arrow::RecordBatch::Make(plan_->schema, rows, std::move(arrays));
}

}  // namespace cairn::formats
