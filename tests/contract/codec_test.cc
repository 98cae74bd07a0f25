#include <arrow/csv/api.h>
#include <arrow/io/file.h>
#include <arrow/ipc/reader.h>
#include <arrow/table.h>
#include <parquet/file_reader.h>

#include "codec_contract.h"
#include "formats/arrow/arrow_codec.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/csv_reader.h"
#include "formats/parquet/parquet_codec.h"

namespace cairn::formats {
namespace {

using Path = std::filesystem::path;
using Schema = std::shared_ptr<arrow::Schema>;

CodecKind csv() {
  const auto open = [](const Path& path, const Schema& schema) {
    return open_csv(path, schema, effective_dialect(*schema, {}), arrow::default_memory_pool());
  };
  const auto rows_by_arrow = [](const Path& path) {
    auto parse = arrow::csv::ParseOptions::Defaults();
    parse.newlines_in_values = true;
    const auto file = value_or_throw(arrow::io::ReadableFile::Open(path.string()), "open");
    const auto reader =
        value_or_throw(arrow::csv::TableReader::Make(arrow::io::default_io_context(), file,
                                                     arrow::csv::ReadOptions::Defaults(), parse,
                                                     arrow::csv::ConvertOptions::Defaults()),
                       "open");
    return value_or_throw(reader->Read(), "read")->num_rows();
  };
  return {"Csv", [](const Schema& schema) { return make_csv_codec(schema, {}); }, open,
          rows_by_arrow};
}

CodecKind parquet() {
  const auto open = [](const Path& path, const Schema& schema) {
    return ParquetFile::open(path, schema, arrow::default_memory_pool()).read();
  };
  const auto rows_by_arrow = [](const Path& path) {
    return ::parquet::ParquetFileReader::OpenFile(path.string())->metadata()->num_rows();
  };
  return {"Parquet", [](const Schema& schema) { return make_parquet_codec(schema, {}); }, open,
          rows_by_arrow};
}

CodecKind arrow_ipc() {
  const auto open = [](const Path& path, const Schema&) {
    const auto table = MappedArrowFile::open(io::FileDescriptor::open_to_read(path), path).read();
    arrow::TableBatchReader batches(*table);
    return value_or_throw(arrow::RecordBatchReader::Make(
                              value_or_throw(batches.ToRecordBatches(), "read"), table->schema()),
                          "read");
  };
  const auto rows_by_arrow = [](const Path& path) {
    const auto file = value_or_throw(arrow::io::ReadableFile::Open(path.string()), "open");
    const auto reader = value_or_throw(arrow::ipc::RecordBatchStreamReader::Open(file), "open");
    return value_or_throw(reader->ToTable(), "read")->num_rows();
  };
  return {"Arrow", [](const Schema& schema) { return make_arrow_codec(schema); }, open,
          rows_by_arrow};
}

INSTANTIATE_TEST_SUITE_P(, CodecContract, ::testing::Values(csv(), parquet(), arrow_ipc()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace cairn::formats
