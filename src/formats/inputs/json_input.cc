#include "formats/inputs/json_input.h"

#include <arrow/buffer.h>
#include <arrow/json/api.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <utility>

#include "data/arrow_error.h"
#include "formats/inputs/json_blocks.h"
#include "formats/inputs/json_schema.h"
#include "formats/untrusted.h"

namespace cairn::formats {
namespace {

constexpr int64_t kMostFields = 65536;

int64_t leaves_of(const arrow::FieldVector& fields) {
  int64_t leaves = 0;
  for (const auto& field : fields)
    leaves += field->type()->num_fields() == 0 ? 1 : 1 + leaves_of(field->type()->fields());
  return leaves;
}

// Every block by itself, of the types of `schema` or, without one, of what its values show.
std::shared_ptr<arrow::RecordBatch> parse(const JsonBlocks::Block& block,
                                          const std::shared_ptr<arrow::Schema>& schema,
                                          const std::string& name) {
  const std::string doing =
      fmt::format("read {}, lines {} to {}", name, block.first_line, block.last_line);
  auto options = arrow::json::ParseOptions::Defaults();
  options.explicit_schema = schema;
  if (schema != nullptr)
    options.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Error;
  return guarded(doing, [&] {
    const auto text = arrow::Buffer::FromString(std::string(block.lines));
    return value_or_throw(arrow::json::ParseOne(options, text), doing);
  });
}

}  // namespace

JsonInput read_json_lines(const std::shared_ptr<arrow::io::RandomAccessFile>& source,
                          const std::string& name) {
  JsonInput input;
  auto schema = arrow::schema({});
  JsonBlocks blocks(source, name, 0);
  for (JsonBlocks::Block block; blocks.next(block);) {
    const auto batch = parse(block, nullptr, name);
    input.rows += batch->num_rows();
    try {
      schema = unite(schema, batch->schema());
    } catch (const Error& error) {
      throw error.while_doing(fmt::format("cannot read {}", name));
    }
    if (leaves_of(schema->fields()) > kMostFields)
      throw Error(ErrorKind::unsupported,
                  fmt::format("cannot read {}: it has more than {} fields", name, kMostFields));
  }
  if (schema->num_fields() == 0)
    throw Error(ErrorKind::unsupported, fmt::format("cannot read {}: it has no fields", name));
  const auto again = std::make_shared<JsonBlocks>(source, name, leaves_of(schema->fields()));
  auto next = [again, schema, name]() -> std::shared_ptr<arrow::RecordBatch> {
    JsonBlocks::Block block;
    return again->next(block) ? parse(block, schema, name) : nullptr;
  };
  input.reader = make_untrusted_reader(schema, name, input.rows, Validation::full, std::move(next));
  return input;
}

}  // namespace cairn::formats
