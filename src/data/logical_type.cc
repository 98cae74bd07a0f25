#include "data/logical_type.h"

#include <arrow/buffer.h>
#include <arrow/extension_type.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <fmt/format.h>

#include <algorithm>

#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/preimage.h"
#include "io/checksum.h"

namespace cairn::data {
namespace {

constexpr size_t kMaxSchemaText = 64 << 20;

// Field names and zones as they are when they are plain, else quoted, so that no two types share a
// text.
std::string quoted_unless_plain(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '/' || c == '+' || c == '-' || c == '.';
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string timestamp_text(const arrow::TimestampType& type) {
  if (type.timezone().empty()) return fmt::format("timestamp[{}]", unit_text(type.unit()));
  return fmt::format("timestamp[{}, {}]", unit_text(type.unit()),
                     quoted_unless_plain(type.timezone()));
}

std::string struct_text(const arrow::DataType& type) {
  std::string fields;
  for (const auto& field : type.fields()) {
    if (!fields.empty()) fields += ", ";
    fields += quoted_unless_plain(field->name()) + ": " + logical_type(*field->type());
  }
  return "struct<" + fields + ">";
}

std::string nested_text(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRUCT:
      return struct_text(type);
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return fmt::format("map<{}, {}>", logical_type(*map.key_type()),
                         logical_type(*map.item_type()));
    }
    case arrow::Type::FIXED_SIZE_LIST: {
      const auto& list = static_cast<const arrow::FixedSizeListType&>(type);
      return fmt::format("fixed_size_list<{}, {}>", logical_type(*list.value_type()),
                         list.list_size());
    }
    default:
      return "list<" + logical_type(*type.field(0)->type()) + ">";
  }
}

}  // namespace

std::string_view unit_text(arrow::TimeUnit::type unit) {
  switch (unit) {
    case arrow::TimeUnit::SECOND:
      return "s";
    case arrow::TimeUnit::MILLI:
      return "ms";
    case arrow::TimeUnit::MICRO:
      return "us";
    default:
      return "ns";
  }
}

std::string logical_type(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
      return "null";
    case arrow::Type::BOOL:
      return "bool";
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
      return type.name();
    case arrow::Type::HALF_FLOAT:
      return "float16";
    case arrow::Type::FLOAT:
      return "float32";
    case arrow::Type::DOUBLE:
      return "float64";
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return fmt::format("decimal({}, {})", decimal.precision(), decimal.scale());
    }
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return "utf8";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return "binary";
    case arrow::Type::FIXED_SIZE_BINARY:
      return fmt::format("fixed_size_binary[{}]",
                         static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width());
    case arrow::Type::DATE32:
      return "date32";
    case arrow::Type::DATE64:
      return "date64";
    case arrow::Type::TIME32:
      return fmt::format("time32[{}]",
                         unit_text(static_cast<const arrow::Time32Type&>(type).unit()));
    case arrow::Type::TIME64:
      return fmt::format("time64[{}]",
                         unit_text(static_cast<const arrow::Time64Type&>(type).unit()));
    case arrow::Type::TIMESTAMP:
      return timestamp_text(static_cast<const arrow::TimestampType&>(type));
    case arrow::Type::DURATION:
      return fmt::format("duration[{}]",
                         unit_text(static_cast<const arrow::DurationType&>(type).unit()));
    case arrow::Type::INTERVAL_MONTHS:
      return "interval[months]";
    case arrow::Type::INTERVAL_DAY_TIME:
      return "interval[days, ms]";
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return "interval[months, days, ns]";
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::MAP:
    case arrow::Type::STRUCT:
      return nested_text(type);
    case arrow::Type::DICTIONARY:
      return logical_type(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::RUN_END_ENCODED:
      return logical_type(*static_cast<const arrow::RunEndEncodedType&>(type).value_type());
    case arrow::Type::EXTENSION:
      return logical_type(*static_cast<const arrow::ExtensionType&>(type).storage_type());
    default:
      throw Error(ErrorKind::unsupported, fmt::format("type {} is not supported", type.ToString()),
                  "convert the column to one type, such as a struct or utf8, first");
  }
}

std::string schema_fingerprint(const arrow::Schema& schema) {
  Preimage preimage("sf1");
  preimage.add(static_cast<uint64_t>(schema.num_fields()));
  for (const auto& field : schema.fields()) {
    preimage.add(field->name());
    preimage.add(logical_type(*field->type()));
    preimage.add(static_cast<uint64_t>(field->nullable() ? 1 : 0));
  }
  return "sf1:" + io::sha256_hex(preimage.bytes());
}

std::string encode_schema(const arrow::Schema& schema) {
  const auto message = value_or_throw(arrow::ipc::SerializeSchema(schema), "encode a schema");
  return arrow::util::base64_encode(message->ToString());
}

std::shared_ptr<arrow::Schema> decode_schema(std::string_view text) {
  const auto damaged = [](const std::string& why) {
    return Error(ErrorKind::corrupt, "cannot decode a stored schema: " + why,
                 "run 'cairn doctor' to check the store");
  };
  if (text.size() > kMaxSchemaText)
    throw damaged(fmt::format("it has {} bytes, more than {}", text.size(), kMaxSchemaText));
  auto bytes = arrow::util::base64_decode(text);
  if (!bytes.ok()) throw damaged(bytes.status().message());
  arrow::io::BufferReader reader(arrow::Buffer::FromString(std::move(bytes).ValueUnsafe()));
  arrow::ipc::DictionaryMemo dictionaries;
  auto schema = arrow::ipc::ReadSchema(&reader, &dictionaries);
  if (!schema.ok()) throw damaged(schema.status().message());
  return std::move(schema).ValueUnsafe();
}

}  // namespace cairn::data
