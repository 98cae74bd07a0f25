#include <arrow/io/file.h>
#include <arrow/util/key_value_metadata.h>
#include <fmt/format.h>
#include <parquet/metadata.h>

#include <utility>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/parquet/parquet_codec.h"
#include "formats/parquet/parquet_reading.h"
#include "io/file.h"

namespace cairn::formats {

struct ParquetFile::State {
  std::shared_ptr<ParquetReading> reading;
};

ParquetFile::ParquetFile(std::shared_ptr<State> state) : state_(std::move(state)) {}
ParquetFile::ParquetFile(ParquetFile&&) noexcept = default;
ParquetFile::~ParquetFile() = default;

namespace {

std::shared_ptr<ParquetReading> open_reading(io::FileDescriptor file,
                                             const std::filesystem::path& path,
                                             std::shared_ptr<arrow::Schema> recorded, Origin origin,
                                             arrow::MemoryPool* pool) {
  const std::string name = fmt::format("'{}'", printable(path.native()));
  auto source = value_or_throw(arrow::io::ReadableFile::Open(file.get(), pool), "open " + name);
  file.release();  // the source's now
  return ParquetReading::open(std::move(source), name, std::move(recorded), origin, pool);
}

}  // namespace

ParquetFile ParquetFile::open(const std::filesystem::path& path,
                              std::shared_ptr<arrow::Schema> recorded, arrow::MemoryPool* pool) {
  return ParquetFile(std::make_shared<State>(State{open_reading(
      io::FileDescriptor::open_to_read(path), path, std::move(recorded), Origin::unknown, pool)}));
}

ParquetFile ParquetFile::open_own(io::FileDescriptor file, const std::filesystem::path& path,
                                  arrow::MemoryPool* pool) {
  return ParquetFile(std::make_shared<State>(
      State{open_reading(std::move(file), path, nullptr, Origin::own_file, pool)}));
}

void ParquetFile::restore(std::shared_ptr<arrow::Schema> recorded) {
  state_->reading->restore(std::move(recorded));
}

const std::shared_ptr<arrow::Schema>& ParquetFile::schema() const {
  return state_->reading->schema();
}

int64_t ParquetFile::rows() const {
  return state_->reading->footer().num_rows();
}

int ParquetFile::row_groups() const {
  return state_->reading->footer().num_row_groups();
}

int64_t ParquetFile::row_group_rows(int row_group) const {
  return state_->reading->footer().RowGroup(row_group)->num_rows();
}

std::map<std::string, std::string> ParquetFile::key_values() const {
  std::map<std::string, std::string> key_values;
  const auto& stored = state_->reading->footer().key_value_metadata();
  for (int64_t i = 0; stored != nullptr && i < stored->size(); ++i)
    key_values.emplace(stored->key(i), stored->value(i));
  return key_values;
}

std::shared_ptr<arrow::RecordBatchReader> ParquetFile::read(
    const ParquetSelection& selection) const {
  return state_->reading->read(selection);
}

}  // namespace cairn::formats
