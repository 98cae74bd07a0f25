#include "formats/inputs/arrow_input.h"

#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>

#include "data/arrow_error.h"
#include "formats/untrusted.h"

namespace cairn::formats {
namespace {

arrow::ipc::IpcReadOptions options(arrow::MemoryPool* pool) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool;
  options.use_threads = false;
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  return options;
}

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> read_arrow_file(
    const std::shared_ptr<arrow::io::RandomAccessFile>& source, const std::string& name,
    arrow::MemoryPool* pool) {
  const std::string doing = "read " + name;
  return guarded(doing, [&] {
    auto file =
        value_or_throw(arrow::ipc::RecordBatchFileReader::Open(source, options(pool)), doing);
    auto next = [file, doing, i = 0]() mutable -> std::shared_ptr<arrow::RecordBatch> {
      if (i == file->num_record_batches()) return nullptr;
      return value_or_throw(file->ReadRecordBatch(i++), doing);
    };
    return make_untrusted_reader(file->schema(), name, -1, Validation::full, std::move(next));
  });
}

std::shared_ptr<arrow::RecordBatchReader> read_arrow_stream(
    const std::shared_ptr<arrow::io::RandomAccessFile>& source, const std::string& name,
    arrow::MemoryPool* pool) {
  const std::string doing = "read " + name;
  return guarded(doing, [&] {
    check(source->Seek(0), doing);
    auto stream =
        value_or_throw(arrow::ipc::RecordBatchStreamReader::Open(source, options(pool)), doing);
    auto next = [stream, doing] {
      std::shared_ptr<arrow::RecordBatch> batch;
      check(stream->ReadNext(&batch), doing);
      return batch;
    };
    return make_untrusted_reader(stream->schema(), name, -1, Validation::full, std::move(next));
  });
}

}  // namespace cairn::formats
