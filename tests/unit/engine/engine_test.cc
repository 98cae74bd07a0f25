#include "engine/engine.h"

#include <arrow/io/memory.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "formats/csv/csv_codec.h"
#include "formats/csv/csv_reader.h"
#include "formats/parquet/parquet_codec.h"
#include "support/errors.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn::engine {
namespace {

using cairn::testing::make_orders;
using cairn::testing::read_in_pieces;
using cairn::testing::TemporaryFolder;

class EngineTest : public ::testing::Test {
 protected:
  io::StagedFile stage(const std::string& name) {
    return {folder_ / ("." + name), folder_ / name, {}};
  }

  WrittenTable write(arrow::RecordBatchReader& reader, const formats::Codec& codec,
                     const std::string& name) {
    io::StagedFile file = stage(name);
    WrittenTable written = engine_.write(reader, {{codec, file, true, {}}}, no_progress());
    std::move(file).seal().publish();
    return written;
  }

  TemporaryFolder folder_;
  Engine engine_{4, 64 << 20};
};

TEST_F(EngineTest, WritesTheSameBytesHoweverTheInputIsCutAndHoweverManyThreadsThereAre) {
  const auto batch = make_orders(200'000);
  const auto codec = formats::make_csv_codec(batch->schema(), {});
  std::vector<std::string> sums;
  for (const int threads : {1, 4}) {
    for (const int64_t piece : {977, 200'000}) {
      Engine engine(threads, 64 << 20);
      io::StagedFile file = stage("x.csv");
      const WrittenTable written =
          engine.write(*read_in_pieces(batch, piece), {{*codec, file, true, {}}}, no_progress());
      EXPECT_TRUE(written.outputs[0].differences.empty());
      sums.push_back(std::move(file).seal().checksums().xxh3_128);
    }
  }
  EXPECT_THAT(sums, ::testing::Each(sums.front()));
}

TEST_F(EngineTest, FeedsEveryFormatAndTheDigestInOnePass) {
  const auto batch = make_orders(150'000);
  const auto csv = formats::make_csv_codec(batch->schema(), {});
  const auto parquet = formats::make_parquet_codec(batch->schema(), {});
  io::StagedFile csv_file = stage("x.csv"), parquet_file = stage("x.parquet");
  const auto describe = [](const data::TableDigest& digest) {
    return std::map<std::string, std::string>{{"digest", digest.root}};
  };
  const WrittenTable written = engine_.write(
      *read_in_pieces(batch, 10'000),
      {{*csv, csv_file, true, {}}, {*parquet, parquet_file, true, describe}}, no_progress());
  std::move(csv_file).seal().publish();
  std::move(parquet_file).seal().publish();

  const auto expected = data::digest_all(*read_in_pieces(batch, 150'000));
  EXPECT_EQ(written.rows, 150'000);
  EXPECT_EQ(written.digest.root, expected.root);
  EXPECT_EQ(
      data::digest_all(*formats::open_csv(folder_ / "x.csv", batch->schema(), {}, engine_.pool()))
          .root,
      expected.root);
  const auto file =
      formats::ParquetFile::open(folder_ / "x.parquet", batch->schema(), engine_.pool());
  EXPECT_EQ(data::digest_all(*file.read()).root, expected.root);
  EXPECT_EQ(file.key_values().at("digest"), expected.root);
  EXPECT_EQ(written.profiles.at(2).nulls, 30'000);
}

TEST_F(EngineTest, WritesATableWithoutRows) {
  const auto batch = make_orders(0);
  const auto codec = formats::make_parquet_codec(batch->schema(), {});
  const WrittenTable written = write(*read_in_pieces(batch, 1), *codec, "x.parquet");
  EXPECT_EQ(written.rows, 0);
  EXPECT_EQ(written.profiles.size(), 3U);
  EXPECT_EQ(formats::ParquetFile::open(folder_ / "x.parquet", nullptr, engine_.pool()).rows(), 0);
}

// A codec whose decoder brings back something else than was encoded.
class LyingCodec final : public formats::Codec {
 public:
  explicit LyingCodec(const formats::Codec& honest) : honest_(honest) {}

  int64_t unit_rows() const override { return honest_.unit_rows(); }
  int64_t unit_bytes() const override { return honest_.unit_bytes(); }
  formats::EncodedUnit encode(const formats::Rows& rows, arrow::MemoryPool* pool) const override {
    return honest_.encode(rows, pool);
  }
  formats::Rows decode(const formats::EncodedUnit& unit, arrow::MemoryPool*) const override {
    return {make_orders(unit.rows, 1)};
  }
  std::unique_ptr<formats::FileAssembler> assemble() const override { return honest_.assemble(); }

 private:
  const formats::Codec& honest_;
};

TEST_F(EngineTest, TellsWhereWhatWasReadBackDiffers) {
  const auto batch = make_orders(100);
  const auto honest = formats::make_csv_codec(batch->schema(), {});
  const WrittenTable written = write(*read_in_pieces(batch, 100), LyingCodec(*honest), "x.csv");
  ASSERT_EQ(written.outputs[0].differences.size(), 3U) << "one block of each column";
  EXPECT_EQ(written.outputs[0].differences[0].column, "id");
  EXPECT_EQ(written.outputs[0].differences[0].last_row, 99);
}

// A source that never ends and counts what is asked of it.
class EndlessReader final : public arrow::RecordBatchReader {
 public:
  explicit EndlessReader(std::function<arrow::Status(int)> before) : before_(std::move(before)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return batch_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    ARROW_RETURN_NOT_OK(before_(calls_++));
    *batch = batch_;
    return arrow::Status::OK();
  }

 private:
  const std::shared_ptr<arrow::RecordBatch> batch_ = make_orders(8192);
  const std::function<arrow::Status(int)> before_;
  int calls_ = 0;
};

TEST_F(EngineTest, PassesOnWhatTheSourceReports) {
  EndlessReader reader([](int call) {
    return call < 20 ? arrow::Status::OK() : arrow::Status::IOError("the cable is out");
  });
  const auto codec = formats::make_csv_codec(reader.schema(), {});
  const auto error = cairn::testing::error_of([&] { write(reader, *codec, "x.csv"); });
  EXPECT_THAT(error->what(), ::testing::HasSubstr("the cable is out"));
}

class CancelAfter final : public Progress {
 public:
  explicit CancelAfter(int calls) : calls_(calls) {}
  void begin(std::string_view, int64_t) override {}
  void advance(int64_t) override {
    if (--calls_ == 0) throw Error(ErrorKind::cancelled, "stopped");
  }

 private:
  int calls_;
};

TEST_F(EngineTest, StopsWhenProgressSaysSo) {
  EndlessReader reader([](int) { return arrow::Status::OK(); });
  const auto codec = formats::make_csv_codec(reader.schema(), {});
  io::StagedFile file = stage("x.csv");
  CancelAfter progress(10);
  EXPECT_EQ(cairn::testing::error_kind_of([&] {
              engine_.write(reader, {{*codec, file, true, {}}}, progress);
            }),
            ErrorKind::cancelled);
}

TEST_F(EngineTest, KeepsWhatIsInFlightWithinItsBudget) {
  Engine engine(2, 16 << 20);
  EndlessReader reader([](int call) {
    return call < 400 ? arrow::Status::OK() : arrow::Status::Cancelled("enough");
  });
  const auto codec = formats::make_parquet_codec(reader.schema(), {});
  io::StagedFile file = stage("x.parquet");
  EXPECT_EQ(cairn::testing::error_kind_of([&] {
              engine.write(reader, {{*codec, file, true, {}}}, no_progress());
            }),
            ErrorKind::cancelled)
      << "and not memory_budget";
  EXPECT_LE(engine.peak_bytes(), 16 << 20);
  EXPECT_GT(engine.peak_bytes(), 0);
}

}  // namespace
}  // namespace cairn::engine
