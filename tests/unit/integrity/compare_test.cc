#include <arrow/api.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "cairn/data_integrity.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "support/arrow_values.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn {
namespace {

using testing::array_of;
using ::testing::ElementsAre;
using testing::error_kind_of;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

using Batch = std::shared_ptr<arrow::RecordBatch>;

struct Column {
  std::string name;
  std::shared_ptr<arrow::DataType> type;
  std::string json;
};

Batch table(const std::vector<Column>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const Column& column : columns) {
    arrays.push_back(array_of(column.type, column.json));
    fields.push_back(arrow::field(column.name, column.type));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), arrays.at(0)->length(), arrays);
}

// Ids from 0 on in the order given, and a text that follows from the id.
Batch numbered(const std::vector<int64_t>& ids) {
  arrow::Int64Builder id;
  arrow::StringBuilder text;
  for (const int64_t i : ids) {
    check(id.Append(i), "make a sample");
    check(text.Append("value " + std::to_string(i)), "make a sample");
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("text", arrow::utf8())}),
      static_cast<int64_t>(ids.size()),
      {value_or_throw(id.Finish(), "make"), value_or_throw(text.Finish(), "make")});
}

std::vector<int64_t> ids_to(int64_t count) {
  std::vector<int64_t> ids(static_cast<size_t>(count));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

std::vector<int64_t> shuffled(std::vector<int64_t> ids) {
  std::shuffle(ids.begin(), ids.end(), std::mt19937(3));
  return ids;
}

std::shared_ptr<arrow::RecordBatchReader> reader_of(const Batch& batch, int64_t batch_rows) {
  std::vector<Batch> batches;
  for (int64_t row = 0; row < batch->num_rows(); row += batch_rows)
    batches.push_back(batch->Slice(row, batch_rows));
  return arrow::RecordBatchReader::Make(batches, batch->schema()).ValueOrDie();
}

IntegrityReport compare(const Batch& original, const Batch& exported,
                        const CompareOptions& options = {},
                        const DataIntegrityValidator& validator = DataIntegrityValidator()) {
  return validator.compare(*reader_of(original, 1000), *reader_of(exported, 777), options);
}

std::vector<std::string> codes(const IntegrityReport& report) {
  std::vector<std::string> codes;
  for (const Issue& issue : report.issues) codes.push_back(issue.code);
  return codes;
}

CompareOptions by_key(std::vector<std::string> keys = {"id"}) {
  CompareOptions options;
  options.alignment = Alignment::key;
  options.keys = std::move(keys);
  return options;
}

CompareOptions as_multiset() {
  CompareOptions options;
  options.alignment = Alignment::multiset;
  return options;
}

TEST(CompareByPosition, PassesEqualTablesInOtherBatches) {
  const IntegrityReport report = compare(numbered(ids_to(5000)), numbered(ids_to(5000)));
  EXPECT_EQ(report.verdict, Verdict::pass) << report.to_text();
  EXPECT_EQ(report.rows, 5000);
  EXPECT_EQ(report.level, "values");
  EXPECT_THAT(report.checks,
              ElementsAre("row count", "columns", "column order", "types", "nulls", "values"));
}

TEST(CompareByPosition, CountsAllDifferencesAndShowsTen) {
  auto ids = ids_to(5000);
  for (size_t i = 1000; i < 1100; ++i) ids[i] = -1;
  const IntegrityReport report = compare(numbered(ids_to(5000)), numbered(ids));
  ASSERT_THAT(codes(report), ElementsAre("VALUE_MISMATCH", "VALUE_MISMATCH"));
  EXPECT_EQ(report.issues[0].column, "id");
  EXPECT_EQ(report.issues[0].count, 100);
  EXPECT_EQ(report.issues[0].first_row, 1000);
  EXPECT_EQ(report.issues[0].last_row, 1099);
  EXPECT_THAT(report.issues[0].samples, SizeIs(10));
  EXPECT_EQ(report.issues[0].samples[0], "row 1000: 1000 became -1");
  EXPECT_EQ(report.issues[1].samples[0], R"(row 1000: "value 1000" became "value -1")");
}

TEST(CompareByPosition, RunsEveryCheckWhateverFailsBefore) {
  const Batch original = table({{"a", arrow::int64(), "[1, 2, 3]"},
                                {"gone", arrow::int64(), "[1, 2, 3]"},
                                {"b", arrow::utf8(), R"(["x", null, "z"])"},
                                {"c", arrow::boolean(), "[true, true, true]"}});
  const Batch exported = table({{"b", arrow::utf8(), R"(["x", "y"])"},
                                {"a", arrow::int64(), "[1, 5]"},
                                {"c", arrow::int64(), "[1, 1]"},
                                {"new", arrow::int64(), "[1, 2]"}});
  EXPECT_THAT(codes(compare(original, exported)),
              ElementsAre("ROWCOUNT", "COLUMN_MISSING", "COLUMN_EXTRA", "COLUMN_ORDER",
                          "DTYPE_INCOMPATIBLE", "NULL_MASK", "VALUE_MISMATCH"));
}

TEST(CompareByPosition, TellsUpperFromLowerCase) {
  EXPECT_THAT(codes(compare(table({{"Id", arrow::int64(), "[1]"}}),
                            table({{"id", arrow::int64(), "[1]"}}))),
              ElementsAre("COLUMN_MISSING", "COLUMN_EXTRA"));
}

TEST(CompareByPosition, WarnsOfOrderAndFailsForItWhenStrict) {
  const Batch ab = table({{"a", arrow::int64(), "[1]"}, {"b", arrow::int64(), "[2]"}});
  const Batch ba = table({{"b", arrow::int64(), "[2]"}, {"a", arrow::int64(), "[1]"}});
  EXPECT_EQ(compare(ab, ba).verdict, Verdict::warn);
  CompareOptions strict;
  strict.dtypes = DtypePolicy::strict;
  EXPECT_EQ(compare(ab, ba, strict).verdict, Verdict::fail);
}

TEST(CompareByPosition, ListsEveryAcceptedConversion) {
  const Batch original = table({{"a", arrow::int32(), "[1]"}, {"b", arrow::int64(), "[2]"}});
  const Batch exported = table({{"a", arrow::int64(), "[1]"}, {"b", arrow::float64(), "[2]"}});
  const IntegrityReport report = compare(original, exported);
  EXPECT_EQ(report.verdict, Verdict::pass);
  ASSERT_THAT(codes(report), ElementsAre("DTYPE_CONVERTED", "DTYPE_CONVERTED"));
  EXPECT_EQ(report.issues[0].samples[0], "equivalent");
  EXPECT_THAT(report.issues[1].samples[0], HasSubstr("proven"));
  CompareOptions strict;
  strict.dtypes = DtypePolicy::strict;
  EXPECT_THAT(codes(compare(original, exported, strict)),
              ElementsAre("DTYPE_INCOMPATIBLE", "DTYPE_INCOMPATIBLE"));
}

TEST(CompareByPosition, TakesNanForNanAndNothingElse) {
  const Batch nans = table({{"x", arrow::float64(), "[NaN, 1, 0.0, Inf]"}});
  EXPECT_EQ(compare(nans, table({{"x", arrow::float64(), "[NaN, 1, -0.0, Inf]"}})).verdict,
            Verdict::pass);
  EXPECT_EQ(compare(nans, table({{"x", arrow::float64(), "[1, NaN, 0.0, -Inf]"}})).issues[0].count,
            3);
}

TEST(CompareByPosition, AllowsExactlyTheTolerance) {
  const Batch original = table(
      {{"x", arrow::float64(), "[100, 100, 100]"}, {"y", arrow::float64(), "[100, 100, 100]"}});
  const Batch exported = table({{"x", arrow::float64(), "[100.5, 99.5, 100.75]"},
                                {"y", arrow::float64(), "[101, 99, 101.5]"}});
  CompareOptions options;
  options.tolerance.absolute = 0.5;
  options.tolerances["y"].relative = 0.01;
  const IntegrityReport report = compare(original, exported, options);
  ASSERT_THAT(codes(report), ElementsAre("VALUE_MISMATCH", "VALUE_MISMATCH"));
  EXPECT_THAT(report.issues[0].samples, ElementsAre("row 2: 100.0 became 100.75"));
  EXPECT_THAT(report.issues[1].samples, ElementsAre("row 2: 100.0 became 101.5"));
}

TEST(CompareByPosition, AllowsLossyConversionsByToleranceAndCountsThem) {
  const Batch original = table({{"x", arrow::float64(), "[0.1, 0.5]"}});
  const Batch exported = table({{"x", arrow::float32(), "[0.1, 0.5]"}});
  EXPECT_EQ(compare(original, exported).verdict, Verdict::fail);
  CompareOptions options;
  options.tolerance.relative = 1e-6;
  const IntegrityReport report = compare(original, exported, options);
  EXPECT_EQ(report.verdict, Verdict::pass);
  EXPECT_THAT(report.issues.at(0).samples[0], HasSubstr("1 values deviate"));
}

TEST(CompareByPosition, KeepsMaskedValuesOutOfEveryReport) {
  const Batch original = table({{"name", arrow::utf8(), R"(["secret-1"])"}});
  const Batch exported = table({{"name", arrow::utf8(), R"(["secret-2"])"}});
  CompareOptions options;
  options.masked_columns = {"name"};
  const IntegrityReport report = compare(original, exported, options);
  EXPECT_EQ(report.issues.at(0).samples[0], "row 0: (masked)");
  for (const std::string& text : {report.to_json(), report.to_text(), report.to_html()})
    EXPECT_THAT(text, Not(HasSubstr("secret")));
  options.alignment = Alignment::multiset;
  EXPECT_THAT(compare(original, exported, options).to_json(), Not(HasSubstr("secret")));
}

TEST(CompareByPosition, ComparesDuplicateColumnNamesInTheirOrder) {
  const Batch twice = table({{"a", arrow::int64(), "[1]"}, {"a", arrow::int64(), "[2]"}});
  EXPECT_EQ(compare(twice, twice).verdict, Verdict::pass);
  EXPECT_THAT(codes(compare(twice, table({{"a", arrow::int64(), "[1]"}}))),
              ElementsAre("COLUMN_MISSING"));
}

TEST(CompareByPosition, ComparesTablesWithoutRows) {
  EXPECT_EQ(compare(numbered({}), numbered({})).verdict, Verdict::pass);
  EXPECT_THAT(codes(compare(numbered({}), numbered({1}))), ElementsAre("ROWCOUNT"));
}

TEST(CompareOptionsCheck, RefusesWhatContradictsItselfOrNamesNoColumn) {
  const Batch rows = numbered({1});
  const auto refuses = [&](const CompareOptions& options) {
    return error_kind_of([&] { compare(rows, rows, options); }) == ErrorKind::invalid_argument;
  };
  EXPECT_TRUE(refuses(by_key({})));
  EXPECT_TRUE(refuses(by_key({"ID"})));
  CompareOptions options;
  options.keys = {"id"};
  EXPECT_TRUE(refuses(options));
  options = by_key();
  options.sample_rows = 10;
  EXPECT_TRUE(refuses(options));
  options = {};
  options.sample_rows = 0;
  EXPECT_TRUE(refuses(options));
  options = as_multiset();
  options.tolerance.absolute = 1;
  EXPECT_TRUE(refuses(options));
  options = {};
  options.tolerance.relative = -1;
  EXPECT_TRUE(refuses(options));
  options = {};
  options.tolerances["prize"].absolute = 1;
  EXPECT_TRUE(refuses(options));
  options = {};
  options.masked_columns = {"nobody"};
  EXPECT_TRUE(refuses(options));
}

TEST(CompareByKey, FindsTheSameRowsInAnyOrder) {
  const auto ids = ids_to(5000);
  EXPECT_EQ(compare(numbered(ids), numbered(shuffled(ids)), by_key()).verdict, Verdict::pass);
}

TEST(CompareByKey, TellsMissingFromExtraFromChangedRows) {
  const Batch original =
      table({{"id", arrow::int64(), "[1, 2, 3]"}, {"x", arrow::utf8(), R"(["a", "b", "c"])"}});
  const Batch exported =
      table({{"id", arrow::int64(), "[4, 3, 2]"}, {"x", arrow::utf8(), R"(["d", "c", "B"])"}});
  const IntegrityReport report = compare(original, exported, by_key());
  ASSERT_THAT(codes(report), ElementsAre("ROW_MISSING", "ROW_EXTRA", "VALUE_MISMATCH"));
  EXPECT_THAT(report.issues[0].samples, ElementsAre("id=1"));
  EXPECT_THAT(report.issues[1].samples, ElementsAre("id=4"));
  EXPECT_THAT(report.issues[2].samples, ElementsAre(R"(id=2: "b" became "B")"));
}

TEST(CompareByKey, ReportsKeysThatAreNotUniqueAndDoesNotPairThem) {
  const Batch original =
      table({{"id", arrow::int64(), "[1, 1, 2]"}, {"x", arrow::int64(), "[10, 11, 20]"}});
  const Batch exported =
      table({{"id", arrow::int64(), "[1, 1, 2]"}, {"x", arrow::int64(), "[11, 12, 20]"}});
  const IntegrityReport report = compare(original, exported, by_key());
  ASSERT_THAT(codes(report), ElementsAre("KEY_DUPLICATE", "KEY_DUPLICATE"));
  EXPECT_EQ(report.issues[0].count, 2);
}

TEST(CompareByKey, MatchesKeysOfDifferentTypesAndNulls) {
  const Batch original = table({{"id", arrow::int32(), "[1, null, 3]"},
                                {"day", arrow::date32(), "[0, 1, 2]"},
                                {"x", arrow::int64(), "[1, 2, 3]"}});
  const Batch exported = table({{"id", arrow::float64(), "[3, 1, null]"},
                                {"day", arrow::date64(), "[172800000, 0, 86400000]"},
                                {"x", arrow::int64(), "[3, 1, 2]"}});
  EXPECT_EQ(compare(original, exported, by_key({"id", "day"})).verdict, Verdict::pass);
}

TEST(CompareByKey, MatchesDecimalsOfDifferentScales) {
  const Batch original = table({{"id", arrow::decimal128(10, 2), R"(["1.50", "0.00"])"}});
  const Batch exported = table({{"id", arrow::decimal128(12, 4), R"(["0.0000", "1.5000"])"}});
  EXPECT_EQ(compare(original, exported, by_key()).verdict, Verdict::pass);
}

TEST(CompareByKey, SpillsWhatIsLargerThanMemory) {
  const testing::TemporaryFolder folder;
  const DataIntegrityValidator small(20'000, folder.path());
  auto ids = ids_to(60'000);
  auto others = shuffled(ids);
  std::replace(others.begin(), others.end(), int64_t{777}, int64_t{-5});
  const IntegrityReport report = compare(numbered(ids), numbered(others), by_key(), small);
  ASSERT_THAT(codes(report), ElementsAre("ROW_MISSING", "ROW_EXTRA"));
  EXPECT_THAT(report.issues[0].samples, ElementsAre("id=777"));
  EXPECT_THAT(report.issues[1].samples, ElementsAre("id=-5"));
  EXPECT_EQ(report.rows, 60'000);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(CompareByKey, NeedsTheSpillFolderOnlyWhenItSpills) {
  const auto ids = ids_to(5000);
  const auto with = [&](int64_t memory) {
    return compare(numbered(ids), numbered(ids), by_key(),
                   DataIntegrityValidator(memory, "/nowhere/at/all"));
  };
  EXPECT_EQ(with(100 << 20).verdict, Verdict::pass);
  EXPECT_THROW(with(1000), Error);
}

TEST(CompareAsMultiset, IgnoresOrderAndCountsRepeats) {
  const Batch original = table({{"x", arrow::int64(), "[1, 1, 1, 2, 3]"}});
  EXPECT_EQ(
      compare(original, table({{"x", arrow::int64(), "[3, 1, 2, 1, 1]"}}), as_multiset()).verdict,
      Verdict::pass);
  const IntegrityReport report =
      compare(original, table({{"x", arrow::int64(), "[1, 2, 3, 4, 4]"}}), as_multiset());
  ASSERT_THAT(codes(report), ElementsAre("ROW_MISSING", "ROW_EXTRA"));
  EXPECT_EQ(report.issues[0].count, 2);
  EXPECT_THAT(report.issues[0].samples, ElementsAre("x=1 (2 times)"));
  EXPECT_EQ(report.issues[1].count, 2);
}

TEST(CompareAsMultiset, ComparesNestedValuesAndLayouts) {
  const auto list = arrow::list(arrow::utf8());
  const Batch original =
      table({{"x", list, R"([["a"], [], null])"}, {"y", arrow::utf8(), R"(["p", "q", "r"])"}});
  const Batch exported =
      table({{"x", arrow::large_list(arrow::large_utf8()), R"([null, ["a"], []])"},
             {"y", arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["r", "p", "q"])"}});
  EXPECT_EQ(compare(original, exported, as_multiset()).verdict, Verdict::pass);
}

TEST(CompareAsMultiset, SpillsWhatIsLargerThanMemory) {
  const testing::TemporaryFolder folder;
  auto ids = ids_to(30'000);
  auto others = shuffled(ids);
  others[5] = others[6];
  const IntegrityReport report = compare(numbered(ids), numbered(others), as_multiset(),
                                         DataIntegrityValidator(20'000, folder.path()));
  ASSERT_THAT(codes(report), ElementsAre("ROW_MISSING", "ROW_EXTRA"));
  EXPECT_EQ(report.issues[0].count, 1);
  EXPECT_EQ(report.issues[1].count, 1);
}

CompareOptions sample_of(int64_t rows, uint64_t seed = 1) {
  CompareOptions options;
  options.sample_rows = rows;
  options.seed = seed;
  return options;
}

TEST(CompareSample, SaysWhatItCouldHaveMissed) {
  const Batch rows = numbered(ids_to(150'000));
  const IntegrityReport report = compare(rows, rows, sample_of(1000, 42));
  EXPECT_EQ(report.verdict, Verdict::pass_sampled);
  ASSERT_TRUE(report.sample);
  EXPECT_EQ(report.sample->rows, 1000);
  EXPECT_EQ(report.sample->population, 150'000);
  EXPECT_EQ(report.sample->seed, 42);
  EXPECT_DOUBLE_EQ(report.sample->miss_one_percent, std::pow(0.99, 1000));
  EXPECT_DOUBLE_EQ(report.sample->miss_one_permille, std::pow(0.999, 1000));
  EXPECT_DOUBLE_EQ(report.sample->miss_single_row, std::pow(1 - 1.0 / 150'000, 1000));
}

TEST(CompareSample, LooksAtEndsAndBordersOfBlocks) {
  for (const size_t row : {size_t{0}, size_t{65535}, size_t{65536}, size_t{131072}, size_t{149'999},
                           size_t{149'950}}) {
    auto ids = ids_to(150'000);
    ids[row] = -1;
    const IntegrityReport report =
        compare(numbered(ids_to(150'000)), numbered(ids), sample_of(100));
    EXPECT_EQ(report.verdict, Verdict::fail) << row;
    EXPECT_EQ(report.issues.at(0).count, 1);
    EXPECT_THAT(report.issues.at(0).samples[0], HasSubstr("row " + std::to_string(row) + ":"));
  }
}

TEST(CompareSample, DrawsByItsSeed) {
  auto ids = ids_to(100'000);
  for (size_t i = 0; i < ids.size(); i += 2) ids[i] = -1;
  const auto found = [&](uint64_t seed) {
    return compare(numbered(ids_to(100'000)), numbered(ids), sample_of(500, seed)).to_json();
  };
  EXPECT_EQ(found(1), found(1));
  EXPECT_NE(found(1), found(2));
}

TEST(CompareSample, OfAllRowsIsNoSample) {
  const Batch rows = numbered(ids_to(3000));
  const IntegrityReport report = compare(rows, rows, sample_of(3000));
  EXPECT_EQ(report.verdict, Verdict::pass);
  EXPECT_FALSE(report.sample);
}

TEST(CompareSample, StillComparesRowCountsAndTypes) {
  EXPECT_THAT(codes(compare(numbered(ids_to(3000)), numbered(ids_to(2999)), sample_of(10))),
              ElementsAre("ROWCOUNT"));
}

}  // namespace
}  // namespace cairn
