#include "formats/inputs/open_input.h"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include <utility>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/inputs/arrow_input.h"
#include "formats/inputs/json_input.h"
#include "formats/inputs/sniff.h"
#include "formats/parquet/parquet_reading.h"
#include "formats/untrusted.h"
#include "io/file.h"

namespace cairn::formats {
namespace {

using Source = std::shared_ptr<arrow::io::ReadableFile>;

std::string extension_of(const std::string& path) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return extension;
}

Input open_parquet(const Source& source, const std::string& name, arrow::MemoryPool* pool) {
  const auto reading = ParquetReading::open(source, name, nullptr, Origin::unknown, pool);
  return {"parquet", reading->read({}), reading->footer().num_rows()};
}

// What `read` returns. Its errors speak of `path`, and get `name` instead.
template <typename Read>
auto renamed(const std::string& path, const std::string& name, Read&& read) {
  try {
    return read();
  } catch (const Error& error) {
    std::string message = error.message();
    const std::string quoted = fmt::format("'{}'", path);
    if (const size_t at = message.find(quoted); at != std::string::npos)
      message.replace(at, quoted.size(), name);
    throw Error(error.kind(), message, error.next_step());
  }
}

// CSV is read by path; the open file has one, which lasts while it is open.
Input open_csv_input(const Source& source, const std::string& name, arrow::MemoryPool* pool) {
  const std::string path = fmt::format("/proc/self/fd/{}", source->file_descriptor());
  const auto inferred = renamed(path, name, [&] { return infer_csv(path); });
  const auto rows =
      renamed(path, name, [&] { return open_csv(path, inferred.schema, inferred.dialect, pool); });
  auto next = [source, rows, path, name] {
    return renamed(path, name, [&] {
      std::shared_ptr<arrow::RecordBatch> batch;
      check(rows->ReadNext(&batch), "read " + name);
      return batch;
    });
  };
  auto reader = make_untrusted_reader(inferred.schema, name, inferred.records,
                                      Validation::structure, std::move(next));
  return {"csv", std::move(reader), inferred.records};
}

Input open_by_content(const Source& source, const std::string& path, const std::string& name,
                      arrow::MemoryPool* pool) {
  const auto head = value_or_throw(source->ReadAt(0, kSniffedBytes), "read " + name);
  switch (sniff(std::string_view(*head), extension_of(path), name)) {
    case InputFormat::parquet:
      return open_parquet(source, name, pool);
    case InputFormat::arrow_file:
      return {"arrow", read_arrow_file(source, name, pool)};
    case InputFormat::arrow_stream:
      return {"arrow", read_arrow_stream(source, name, pool)};
    case InputFormat::json_lines: {
      auto json = read_json_lines(source, name);
      return {"jsonl", std::move(json.reader), json.rows};
    }
    case InputFormat::csv:
      break;
  }
  return open_csv_input(source, name, pool);
}

}  // namespace

Input open_input(const std::string& path, const std::filesystem::path& spool_folder,
                 arrow::MemoryPool* pool) {
  const std::string name = path == "-" ? "standard input" : fmt::format("'{}'", printable(path));
  auto descriptor = io::open_seekable(path, spool_folder);
  const auto source =
      value_or_throw(arrow::io::ReadableFile::Open(descriptor.get(), pool), "open " + name);
  descriptor.release();  // the file's now
  Input input = open_by_content(source, path, name, pool);
  input.bytes = value_or_throw(source->GetSize(), "read " + name);
  return input;
}

}  // namespace cairn::formats
