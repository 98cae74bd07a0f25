#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "cairn/error.h"
#include "formats/csv/csv_reader.h"
#include "integrity/stored_file.h"

namespace cairn::integrity {

class TextWindow;

/// Walks over all records of a CSV file, whatever stands in it. After a record that is none it goes
/// on in the next line.
class CsvRecordWalk {
 public:
  struct Visitor {
    std::function<void(const std::shared_ptr<arrow::RecordBatch>&)> rows;
    std::function<void(std::string_view record, const Error&)> broken;
  };

  /// All must outlive the walk.
  CsvRecordWalk(const StoredFile& file, const formats::CsvDecoder& decoder,
                const VerifyResources& resources)
      : file_(file), decoder_(decoder), resources_(resources) {}

  void run(const Visitor& visitor) const;

 private:
  size_t whole_bytes(const TextWindow& window, size_t part) const;
  void visit_singly(TextWindow& window, size_t bytes, int64_t& number,
                    const Visitor& visitor) const;
  std::pair<size_t, bool> record_bytes(TextWindow& window) const;
  std::pair<std::shared_ptr<arrow::RecordBatch>, std::optional<Error>> try_decode(
      std::string_view records, int64_t first) const;

  const StoredFile& file_;
  const formats::CsvDecoder& decoder_;
  const VerifyResources& resources_;
};

}  // namespace cairn::integrity
