#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string_view>

namespace cairn::formats {

/// Builds an array of one plain nested type, or of an interval of days, from JSON texts as
/// docs/formats.md fixes them. Integers and decimals stay exact; the type bounds the depth.
class JsonTextReader {
 public:
  /// Errors   unsupported for types without a text.
  JsonTextReader(const std::shared_ptr<arrow::DataType>& type, arrow::MemoryPool* pool);
  ~JsonTextReader();

  void append_null();

  /// False where `text` is not JSON, or no value of the type; the reader is then of no more use.
  bool append(std::string_view text);

  std::shared_ptr<arrow::Array> finish();

 private:
  class Node;
  class Handler;
  std::unique_ptr<Node> root_;
};

}  // namespace cairn::formats
