#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cairn/progress.h"
#include "engine/engine.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/csv_reader.h"
#include "formats/parquet/parquet_codec.h"
#include "support/random_tables.h"
#include "support/temporary_folder.h"

namespace cairn {
namespace {

using testing::Choices;
using testing::random_table;
using testing::RandomTable;

// Tables are numbered, and each test takes its share; a failed one names the number. All of them
// pass through in the long form of the tests.
constexpr uint64_t kShares = 10;
constexpr uint64_t kTablesOfShare = 60;
constexpr uint64_t kTablesOfShareInLongTests = 500;

uint64_t tables_of_share() {
  const char* asked = std::getenv("CAIRN_LONG_TESTS");
  return asked != nullptr && std::string(asked) == "1" ? kTablesOfShareInLongTests : kTablesOfShare;
}

// Any dialect that can tell nulls from the generated text.
CsvDialect random_dialect(Choices& choices) {
  using Quoting = CsvDialect::Quoting;
  CsvDialect dialect;
  dialect.delimiter = choices.any_of(std::string(",,;\t|!#$%&*?^~\x01\x1F"));
  dialect.crlf = choices.one_in(2);
  dialect.quoting = choices.any_of(std::array{Quoting::minimal, Quoting::strings, Quoting::all});
  dialect.header = !choices.one_in(4);
  dialect.bom = choices.one_in(4);
  dialect.null_token = choices.any_of(std::array<std::string, 4>{"", "", "\\N", "<none>"});
  dialect.formula_policy = choices.one_in(2) ? FormulaPolicy::keep : FormulaPolicy::escape;
  return dialect;
}

ParquetOptions random_options(Choices& choices) {
  ParquetOptions options;
  options.compression = choices.any_of(
      std::array<std::string, 6>{"none", "snappy", "lz4_raw", "zstd", "gzip", "brotli"});
  if (options.compression == "zstd" && choices.one_in(2))
    options.compression_level = static_cast<int>(choices.between(1, 9));
  options.row_group_rows = data::kStrideRows * choices.between(1, 20);
  if (choices.one_in(4)) options.row_group_bytes = choices.between(1, 100'000);
  options.dictionary = !choices.one_in(3);
  options.statistics = !choices.one_in(3);
  options.page_index = !choices.one_in(3);
  return options;
}

class RoundTrip : public ::testing::TestWithParam<uint64_t> {
 protected:
  // Both files of the table in one pass, as an export writes them, and then what readers make of
  // them.
  void expect_back(uint64_t number) {
    const RandomTable table = random_table(number);
    SCOPED_TRACE("table " + std::to_string(number) + ":\n" + table.schema->ToString());
    Choices choices(~number);
    const CsvDialect dialect = formats::effective_dialect(*table.schema, random_dialect(choices));
    const auto csv = formats::make_csv_codec(table.schema, dialect);
    const auto parquet = formats::make_parquet_codec(table.schema, random_options(choices));
    const auto csv_path = folder_ / (std::to_string(number) + ".csv");
    const auto parquet_path = folder_ / (std::to_string(number) + ".parquet");
    try {
      write(table, *csv, csv_path, *parquet, parquet_path);
      const auto expected = data::digest_all(*table.read());
      expect_same(*formats::open_csv(csv_path, table.schema, dialect, engine_.pool()), expected,
                  table);
      expect_same(*formats::ParquetFile::open(parquet_path, table.schema, engine_.pool()).read(),
                  expected, table);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
    std::filesystem::remove(csv_path);
    std::filesystem::remove(parquet_path);
  }

 private:
  void write(const RandomTable& table, const formats::Codec& csv,
             const std::filesystem::path& csv_path, const formats::Codec& parquet,
             const std::filesystem::path& parquet_path) {
    io::StagedFile csv_file{csv_path.string() + ".tmp", csv_path, {}};
    io::StagedFile parquet_file{parquet_path.string() + ".tmp", parquet_path, {}};
    const auto written =
        engine_.write(*table.read(), {{csv, csv_file, true, {}}, {parquet, parquet_file, true, {}}},
                      no_progress());
    for (const engine::OutputResult& output : written.outputs)
      for (const data::LeafDifference& difference : output.differences)
        ADD_FAILURE() << "decoded differently: column '" << difference.column << "'";
    EXPECT_EQ(written.digest.root, data::digest_all(*table.read()).root);
    std::move(csv_file).seal().publish();
    std::move(parquet_file).seal().publish();
  }

  static void expect_same(arrow::RecordBatchReader& reader, const data::TableDigest& expected,
                          const RandomTable& table) {
    EXPECT_TRUE(reader.schema()->Equals(*table.schema)) << reader.schema()->ToString();
    data::StreamDigester digester(reader.schema());
    std::shared_ptr<arrow::RecordBatch> batch;
    for (;;) {
      check(reader.ReadNext(&batch), "read back");
      if (batch == nullptr) break;
      check(batch->ValidateFull(), "validate what was read back");
      digester.update(batch);
    }
    const auto actual = digester.finish();
    EXPECT_EQ(actual.rows, expected.rows);
    EXPECT_EQ(actual.root, expected.root);
    for (size_t i = 0; i < expected.columns.size(); ++i)
      EXPECT_EQ(actual.columns[i].sha256, expected.columns[i].sha256)
          << "column '" << expected.columns[i].name << "'";
  }

  testing::TemporaryFolder folder_;
  engine::Engine engine_{2, 256 << 20};
};

TEST_P(RoundTrip, BringsBackEveryTable) {
  const uint64_t tables = tables_of_share();
  for (uint64_t i = 0; i < tables && !HasFatalFailure(); ++i)
    expect_back(GetParam() * kTablesOfShareInLongTests + i);
}

INSTANTIATE_TEST_SUITE_P(Share, RoundTrip, ::testing::Range(uint64_t{0}, kShares));

}  // namespace
}  // namespace cairn
