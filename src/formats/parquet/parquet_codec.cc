#include "formats/parquet/parquet_codec.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/byte_size.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <utility>

#include "data/arrow_error.h"
#include "formats/parquet/parquet_assembler.h"
#include "formats/parquet/parquet_properties.h"
#include "formats/parquet/parquet_reading.h"
#include "formats/parquet/row_group_file.h"
#include "formats/parquet/storage_types.h"
#include "formats/untrusted.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kEncoding = "encode Parquet";
constexpr int64_t kFooterBytes = 64 << 10;

class ParquetCodec : public Codec {
 public:
  ParquetCodec(const std::shared_ptr<arrow::Schema>& schema, const ParquetOptions& options)
      : storage_(storage_schema(*schema)), decoded_(decoded_schema(*schema)), options_(options) {
    empty_file_ = write_by_arrow({}, kFooterBytes, arrow::default_memory_pool());
    described_ = guarded(kEncoding, [&] {
      return parquet::ReadMetaData(std::make_shared<arrow::io::BufferReader>(empty_file_));
    });
  }

  int64_t unit_rows() const override { return options_.row_group_rows; }
  int64_t unit_bytes() const override { return options_.row_group_bytes; }

  EncodedUnit encode(const Rows& rows, arrow::MemoryPool* pool) const override {
    EncodedUnit unit;
    Rows stored;
    int64_t bytes = 0;
    for (const auto& batch : rows) {
      stored.push_back(to_storage(*batch, storage_, pool));
      bytes += value_or_throw(arrow::util::ReferencedBufferSize(*batch), kEncoding);
      unit.rows += batch->num_rows();
    }
    // Most tables shrink to half or less; growing a buffer later would copy it.
    const int64_t reserve = bytes / 2 + kFooterBytes;
    unit.bytes = is_flat(*storage_) && unit.rows > 0
                     ? write_row_group_file(stored, *described_, options_, reserve, pool)
                     : write_by_arrow(stored, reserve, pool);
    return unit;
  }

  Rows decode(const EncodedUnit& unit, arrow::MemoryPool* pool) const override {
    auto reading = ParquetReading::open(std::make_shared<arrow::io::BufferReader>(unit.bytes),
                                        "an encoded row group", decoded_, Origin::own_memory, pool);
    const auto reader = reading->read({});
    return value_or_throw(reader->ToRecordBatches(), "decode Parquet");
  }

  std::unique_ptr<FileAssembler> assemble() const override {
    return make_parquet_assembler(options_, empty_file_);
  }

 private:
  // A whole file of one row group, or of none where there are no rows, as Arrow makes
  // it: for nested columns, whose levels it alone can make.
  std::shared_ptr<arrow::Buffer> write_by_arrow(const Rows& rows, int64_t reserve,
                                                arrow::MemoryPool* pool) const {
    return guarded(kEncoding, [&] {
      auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(reserve, pool), kEncoding);
      auto writer = value_or_throw(
          parquet::arrow::FileWriter::Open(*storage_, pool, sink, writer_properties(options_, pool),
                                           arrow_writer_properties()),
          kEncoding);
      const auto table = value_or_throw(arrow::Table::FromRecordBatches(storage_, rows), kEncoding);
      if (table->num_rows() > 0) check(writer->WriteTable(*table, table->num_rows()), kEncoding);
      check(writer->Close(), kEncoding);
      return std::shared_ptr<arrow::Buffer>(value_or_throw(sink->Finish(), kEncoding));
    });
  }

  std::shared_ptr<arrow::Schema> storage_;
  std::shared_ptr<arrow::Schema> decoded_;
  ParquetOptions options_;
  std::shared_ptr<arrow::Buffer> empty_file_;         // what a file of these columns says of them
  std::shared_ptr<parquet::FileMetaData> described_;  // its footer
};

}  // namespace

std::unique_ptr<Codec> make_parquet_codec(std::shared_ptr<arrow::Schema> schema,
                                          const ParquetOptions& options) {
  options.validate();
  return std::make_unique<ParquetCodec>(schema, options);
}

}  // namespace cairn::formats
