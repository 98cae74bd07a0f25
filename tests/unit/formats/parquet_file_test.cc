#include <arrow/buffer.h>
#include <arrow/compute/api.h>
#include <arrow/datum.h>
#include <arrow/io/memory.h>
#include <arrow/memory_pool.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "formats/parquet/parquet_codec.h"
#include "support/arrow_samples.h"
#include "support/errors.h"
#include "support/hostile_bytes.h"
#include "support/temporary_folder.h"

namespace cairn::formats {
namespace {

using cairn::testing::batch_of;
using cairn::testing::damaged;
using cairn::testing::error_of;
using cairn::testing::sample_batch;
using cairn::testing::TemporaryFolder;
using ::testing::HasSubstr;

// A file of `batch` as the engine writes it, in row groups of 4,096 rows.
std::string file_of(const arrow::RecordBatch& batch) {
  ParquetOptions options;
  options.row_group_rows = 4096;
  const auto codec = make_parquet_codec(batch.schema(), options);
  const auto assembler = codec->assemble();
  std::string file;
  const auto add = [&](const FileAssembler::Pieces& pieces) {
    for (const auto& piece : pieces) file += piece->ToString();
  };
  add(assembler->begin());
  for (int64_t row = 0; row < batch.num_rows(); row += codec->unit_rows())
    add(assembler->append(
        codec->encode({batch.Slice(row, codec->unit_rows())}, arrow::default_memory_pool())));
  add(assembler->finish({{"made by", "a test"}}));
  return file;
}

std::shared_ptr<arrow::Table> read_all(const ParquetFile& file,
                                       const ParquetSelection& selection = {}) {
  return value_or_throw(file.read(selection)->ToTable(), "read a table");
}

class ParquetFiles : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& bytes) {
    const auto path = folder_.path() / "table.parquet";
    std::filesystem::remove(path);  // replacing a file in place would wait for the disk
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  ParquetFile open(const std::string& bytes, std::shared_ptr<arrow::Schema> recorded = nullptr) {
    return ParquetFile::open(write(bytes), std::move(recorded), arrow::default_memory_pool());
  }

  // Opens and reads; the message when that fails.
  std::string complaint_about(const std::string& bytes,
                              const std::shared_ptr<arrow::Schema>& recorded = nullptr) {
    const auto error = error_of([&] { read_all(open(bytes, recorded)); });
    EXPECT_EQ(error->kind(), ErrorKind::corrupt) << error->what();
    return error->what();
  }

  TemporaryFolder folder_;
};

TEST_F(ParquetFiles, TellWhatTheyHold) {
  const auto batch = sample_batch(10'000);
  const auto file = open(file_of(*batch));
  EXPECT_EQ(file.rows(), 10'000);
  EXPECT_EQ(file.row_groups(), 3);
  EXPECT_EQ(file.row_group_rows(2), 10'000 - 2 * 4096);
  EXPECT_EQ(file.key_values().at("made by"), "a test");
  EXPECT_EQ(file.schema()->field_names(), batch->schema()->field_names());
}

TEST_F(ParquetFiles, ReadBackWhatWasWritten) {
  const auto batch = sample_batch(10'000);
  const auto table = read_all(open(file_of(*batch), batch->schema()));
  EXPECT_EQ(table->schema()->ToString(), batch->schema()->ToString());
  EXPECT_TRUE(value_or_throw(table->CombineChunksToBatch(), "combine")->Equals(*batch));
}

TEST_F(ParquetFiles, ReadSelectedColumnsAndRowGroups) {
  const auto batch = sample_batch(10'000);
  const auto table =
      read_all(open(file_of(*batch), batch->schema()), {.columns = {6, 0}, .row_groups = {1}});
  const auto expected = value_or_throw(batch->Slice(4096, 4096)->SelectColumns({6, 0}), "select");
  EXPECT_TRUE(value_or_throw(table->CombineChunksToBatch(), "combine")->Equals(*expected));
}

TEST_F(ParquetFiles, WithoutRowsHaveTheirSchema) {
  const auto batch = sample_batch(0);
  const auto table = read_all(open(file_of(*batch), batch->schema()));
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_TRUE(table->schema()->Equals(*batch->schema()));
}

TEST_F(ParquetFiles, MustHaveTheRecordedColumns) {
  const auto file = file_of(*batch_of(arrow::int32(), "[1]"));
  const auto recorded = [](const std::string& name, const std::shared_ptr<arrow::DataType>& type) {
    return arrow::schema({arrow::field(name, type)});
  };
  EXPECT_THAT(complaint_about(file, recorded("x", arrow::int64())),
              HasSubstr("column 'x': it is stored as int32 instead of int64"));
  EXPECT_THAT(complaint_about(file, recorded("y", arrow::int32())),
              HasSubstr("column 'y': it is named 'x'"));
  EXPECT_THAT(complaint_about(file, arrow::schema({arrow::field("x", arrow::int32()),
                                                   arrow::field("y", arrow::int32())})),
              HasSubstr("it has 1 columns instead of 2"));
}

TEST_F(ParquetFiles, ThatAreNoneAreRefusedWithTheReason) {
  const auto file = file_of(*sample_batch(100));
  EXPECT_THAT(complaint_about(""), HasSubstr("too few for Parquet"));
  EXPECT_THAT(complaint_about(file.substr(0, file.size() / 2)), HasSubstr("its end is missing"));
  std::string endless = file;
  std::memset(endless.data() + endless.size() - 8, 0x7f, 4);
  EXPECT_THAT(complaint_about(endless), HasSubstr("its footer claims 2139062143 bytes"));
}

// Every damaged file is read, or refused with one Error; none breaks the reader or the limit.
TEST_F(ParquetFiles, SurviveAnyDamage) {
  const auto batch = sample_batch(5000);
  const std::string intact = file_of(*batch);
  int refused = 0;
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    arrow::CappedMemoryPool pool(arrow::default_memory_pool(), 64 << 20);
    const auto path = write(damaged(intact, seed));
    try {
      const auto file = ParquetFile::open(path, seed % 2 == 0 ? batch->schema() : nullptr, &pool);
      read_all(file);
    } catch (const Error& error) {
      ++refused;
      EXPECT_THAT(error.what(), HasSubstr("table.parquet"));
    }
  }
  EXPECT_GT(refused, 2000);
}

// Without checksums the pages themselves reach the decoders, as they do in a file made to harm.
TEST_F(ParquetFiles, SurviveDamageThatNoChecksumCovers) {
  const auto batch = sample_batch(5000);
  auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), "open");
  const auto dictionary =
      value_or_throw(arrow::compute::DictionaryEncode(arrow::Datum(batch->GetColumnByName("city"))),
                     "encode")
          .make_array();
  const auto wider = value_or_throw(batch->AddColumn(0, "dictionary", dictionary), "add a column");
  const auto table = value_or_throw(arrow::Table::FromRecordBatches({wider}), "make a table");
  check(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, 5000,
                                 parquet::WriterProperties::Builder()
                                     .compression(parquet::Compression::UNCOMPRESSED)
                                     ->build(),
                                 parquet::ArrowWriterProperties::Builder().store_schema()->build()),
      "write");
  const std::string intact = value_or_throw(sink->Finish(), "finish")->ToString();
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    arrow::CappedMemoryPool pool(arrow::default_memory_pool(), 64 << 20);
    const auto path = write(damaged(intact, seed));
    try {
      read_all(ParquetFile::open(path, seed % 2 == 0 ? table->schema() : nullptr, &pool));
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("table.parquet"));
    }
  }
}

// A footer that claims `rows` rows where the file has one.
TEST_F(ParquetFiles, ThatClaimMoreRowsThanTheyHoldAreRefused) {
  const auto batch = batch_of(arrow::int64(), "[1]");
  const auto claim = [&](int64_t rows, int64_t values) {
    const auto properties =
        parquet::WriterProperties::Builder().compression(parquet::Compression::SNAPPY)->build();
    const auto source = parquet::ParquetFileReader::Open(
        std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file_of(*batch))));
    const auto group = source->metadata()->RowGroup(0);
    const auto chunk = group->ColumnChunk(0);
    auto footer = parquet::FileMetaDataBuilder::Make(source->metadata()->schema(), properties);
    auto* lying = footer->AppendRowGroup();
    lying->set_num_rows(rows);
    lying->NextColumnChunk()->Finish(
        values, chunk->dictionary_page_offset(), -1, chunk->data_page_offset(),
        chunk->total_compressed_size(), chunk->total_uncompressed_size(), true, false,
        {{parquet::Encoding::PLAIN, 1}}, {{parquet::Encoding::RLE_DICTIONARY, 1}});
    lying->Finish(group->total_byte_size());
    auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), "open");
    const int64_t end =
        std::max(chunk->dictionary_page_offset(), int64_t{4}) + chunk->total_compressed_size();
    check(sink->Write(file_of(*batch).substr(0, static_cast<size_t>(end))), "write");
    check(parquet::arrow::WriteFileMetaData(*footer->Finish(), sink.get()), "write");
    return value_or_throw(sink->Finish(), "finish")->ToString();
  };
  EXPECT_EQ(read_all(open(claim(1, 1)))->num_rows(), 1);
  const int64_t many = int64_t{1} << 60;
  EXPECT_THAT(complaint_about(claim(many, 1)), HasSubstr("it claims 1 values for"));
  EXPECT_THAT(complaint_about(claim(many, many)), HasSubstr("it holds"));
  EXPECT_THAT(complaint_about(claim(-1, -1)), HasSubstr("claims -1 rows"));
}

}  // namespace
}  // namespace cairn::formats
