#include "formats/inputs/concatenated_reader.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::formats {
namespace {

std::string describe(const arrow::Schema& schema, int column) {
  if (column >= schema.num_fields()) return "no such column";
  const auto& field = schema.field(column);
  return fmt::format("'{}' {}", printable(field->name()), field->type()->ToString());
}

void require_same_columns(const NamedReader& first, const NamedReader& other) {
  const auto expected = first.reader->schema();
  const auto actual = other.reader->schema();
  for (int i = 0; i < std::max(expected->num_fields(), actual->num_fields()); ++i) {
    const bool both = i < expected->num_fields() && i < actual->num_fields();
    // Nullability is left out: what one part happens to promise does not bind the others.
    if (both && expected->field(i)->name() == actual->field(i)->name() &&
        expected->field(i)->type()->Equals(actual->field(i)->type())) {
      continue;
    }
    throw Error(ErrorKind::invalid_argument,
                fmt::format("cannot put '{}' after '{}': column {} is {} there and {} here",
                            printable(other.name), printable(first.name), i + 1,
                            describe(*expected, i), describe(*actual, i)),
                "export them as separate datasets, or give both the same columns");
  }
}

std::shared_ptr<arrow::Schema> with_every_nullability(const std::vector<NamedReader>& parts) {
  auto schema = parts.front().reader->schema();
  for (int i = 0; i < schema->num_fields(); ++i) {
    for (const NamedReader& part : parts) {
      if (!part.reader->schema()->field(i)->nullable()) continue;
      schema = schema->SetField(i, schema->field(i)->WithNullable(true)).ValueOrDie();
    }
  }
  return schema;
}

class ConcatenatedReader final : public arrow::RecordBatchReader {
 public:
  ConcatenatedReader(std::vector<NamedReader> parts, std::shared_ptr<arrow::Schema> schema)
      : parts_(std::move(parts)), schema_(std::move(schema)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    for (batch->reset(); *batch == nullptr && at_ < parts_.size();) {
      ARROW_RETURN_NOT_OK(parts_[at_].reader->ReadNext(batch));
      if (*batch == nullptr) parts_[at_++].reader.reset();  // frees what it held
    }
    if (*batch == nullptr) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(*batch, (*batch)->ReplaceSchema(schema_));
    return arrow::Status::OK();
  }

 private:
  std::vector<NamedReader> parts_;
  const std::shared_ptr<arrow::Schema> schema_;
  size_t at_ = 0;
};

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> concatenate(std::vector<NamedReader> parts) {
  for (const NamedReader& part : parts) require_same_columns(parts.front(), part);
  if (parts.size() == 1) return parts.front().reader;
  auto schema = with_every_nullability(parts);
  return std::make_shared<ConcatenatedReader>(std::move(parts), std::move(schema));
}

}  // namespace cairn::formats
