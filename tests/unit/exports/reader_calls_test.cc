#include "exports/reader_calls.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/sample_version.h"

namespace cairn::exports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Column {
  std::string name;
  std::shared_ptr<arrow::DataType> type;
  Json profile = Json::object();  // what differs from a column without nulls and empties
};

Json calls_of(const std::vector<Column>& columns, const Json& dialect = recorded_dialect()) {
  arrow::FieldVector fields;
  Json profiles = Json::array();
  for (const Column& column : columns) {
    fields.push_back(arrow::field(column.name, column.type));
    profiles.push_back(recorded_profile(column.name));
    profiles.back().update(column.profile);
  }
  const auto table = sample_table(*arrow::schema(fields), profiles);
  return reader_calls(sample_file("csv", dialect), table);
}

std::string call_of(const std::string& library, const std::vector<Column>& columns,
                    const Json& dialect = recorded_dialect()) {
  return calls_of(columns, dialect)[library].get<std::string>();
}

const Column kId{"id", arrow::int64()};
const Column kNullableText{"s", arrow::utf8(), {{"nulls", 1}}};
const Column kAmbiguousText{"s", arrow::utf8(), {{"nulls", 1}, {"empties", 1}}};

TEST(ReaderCalls, TellPyArrowEveryTypeAndWhatIsNull) {
  EXPECT_EQ(call_of("pyarrow", {kId, kNullableText}),
            R"(pa.csv.read_csv(path, convert_options=pa.csv.ConvertOptions(column_types={"id": )"
            R"(pa.int64(), "s": pa.string()}, null_values=[""], strings_can_be_null=True, )"
            R"(quoted_strings_can_be_null=False)))");
}

TEST(ReaderCalls, UsePandasOwnReaderWhereItKeepsEveryValue) {
  EXPECT_EQ(call_of("pandas", {kId, {"n", arrow::uint8(), {{"nulls", 1}}}, kNullableText}),
            R"(pd.read_csv(path, dtype={"id": "int64", "n": "UInt8", "s": "str"}, )"
            R"(keep_default_na=False, na_values={"n": [""], "s": [""]}))");
}

TEST(ReaderCalls, RestoreZonesInPandas) {
  const Column when{"t", arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin")};
  EXPECT_THAT(call_of("pandas", {kId, when}),
              HasSubstr(R"(.astype({"t": "datetime64[us, Europe/Berlin]"}))"));
}

TEST(ReaderCalls, GoThroughPyArrowWherePandasConfusesNullAndEmpty) {
  EXPECT_THAT(call_of("pandas", {kId, kAmbiguousText}),
              ::testing::AllOf(StartsWith("pa.csv.read_csv("),
                               HasSubstr(".to_pandas(types_mapper=pd.ArrowDtype)")));
}

TEST(ReaderCalls, TrustPandasWithANullTokenWhereEmptyStringsAreBesideNulls) {
  EXPECT_THAT(call_of("pandas", {kId, kAmbiguousText}, recorded_dialect("\\N")),
              HasSubstr(R"(na_values={"s": ["\\N"]})"));
}

TEST(ReaderCalls, GoThroughPyArrowWherePandasWouldRound) {
  EXPECT_THAT(call_of("pandas", {{"f", arrow::float32()}}), StartsWith("pa.csv.read_csv("));
  EXPECT_THAT(call_of("pandas", {{"f", arrow::float64(), {{"nulls", 1}, {"nans", 1}}}}),
              StartsWith("pa.csv.read_csv("));
}

TEST(ReaderCalls, ExpectTheWorstWhereNothingIsKnownOfTheValues) {
  const auto schema = arrow::schema({arrow::field("s", arrow::utf8())});
  const Json calls = reader_calls(sample_file("csv"), sample_table(*schema));
  EXPECT_THAT(calls["pandas"].get<std::string>(), StartsWith("pa.csv.read_csv("));
  EXPECT_THAT(calls["pyarrow"].get<std::string>(), HasSubstr("newlines_in_values=True"));
}

TEST(ReaderCalls, TellPolarsTheSchemaAndPassOverTheHeader) {
  const Column when{"t", arrow::timestamp(arrow::TimeUnit::SECOND, "Europe/Berlin")};
  EXPECT_EQ(call_of("polars", {kId, when, {"d", arrow::decimal128(12, 2)}}),
            R"(pl.read_csv(path, has_header=False, skip_rows=1, schema={"id": pl.Int64, "t": )"
            R"(pl.Datetime("ms", "UTC"), "d": pl.Decimal(12, 2)}))"
            R"(.with_columns(pl.nth(1).dt.convert_time_zone("Europe/Berlin")))");
}

TEST(ReaderCalls, TellDuckdbTheTypesAndThatQuotedIsNotNull) {
  EXPECT_EQ(call_of("duckdb", {kId, kNullableText}),
            R"(duckdb.read_csv(path, auto_detect=False, header=True, sep=",", quotechar='"', )"
            R"(escapechar='"', na_values="", allow_quoted_nulls=False, )"
            R"(columns={"id": "BIGINT", "s": "VARCHAR"}))");
}

TEST(ReaderCalls, HaveNoDuckdbCallWhereItCannotNameTheColumns) {
  const Json calls = calls_of({{"a", arrow::int8()}, {"A", arrow::int8()}});
  EXPECT_TRUE(calls["duckdb"].is_null());
  EXPECT_THAT(calls["notes"][0].get<std::string>(), HasSubstr("case"));
  EXPECT_TRUE(calls_of({{"", arrow::int8()}, kId})["duckdb"].is_null());
}

TEST(ReaderCalls, DecodeBinaryAndNestedColumns) {
  const auto nested = arrow::list(arrow::field("item", arrow::decimal128(5, 2)));
  const std::string call = call_of("pyarrow", {{"b", arrow::binary()}, {"l", nested}});
  EXPECT_THAT(call, HasSubstr("base64.b64decode(v) for v in t[0].to_pylist()"));
  EXPECT_THAT(call, HasSubstr("decimal.Decimal(x0)"));
  EXPECT_THAT(call, HasSubstr("pa.list_(pa.decimal128(5, 2))"));
  for (const char* library : {"polars", "duckdb"})
    EXPECT_THAT(call_of(library, {{"l", nested}}), HasSubstr(".from_arrow((lambda t: "));
}

TEST(ReaderCalls, SayWhichColumnsStayText) {
  const Json calls = calls_of({{"wide", arrow::decimal256(50, 2)}});
  EXPECT_THAT(calls["polars"].get<std::string>(), HasSubstr("\"wide\": pl.String"));
  EXPECT_EQ(calls["notes"], Json::array({"polars: column \"wide\" (decimal(50, 2)) stays text",
                                         "duckdb: column \"wide\" (decimal(50, 2)) stays text"}));
  EXPECT_FALSE(calls_of({kId}).contains("notes"));
}

TEST(ReaderCalls, LeaveDatesOfLongYearsAsText) {
  const Json calls = calls_of({{"d", arrow::date32(), {{"min", "-0001-12-31"}}}});
  EXPECT_THAT(calls["pyarrow"].get<std::string>(), HasSubstr("\"d\": pa.string()"));
  EXPECT_THAT(calls["notes"][0].get<std::string>(), StartsWith("pyarrow: column \"d\""));
}

TEST(ReaderCalls, CannotBeBrokenOutOfByColumnNames) {
  const std::string name = "x\"): import os #\\\n\t";
  for (const char* library : {"pyarrow", "pandas", "polars", "duckdb"}) {
    const std::string call = call_of(library, {{name, arrow::int64()}});
    EXPECT_THAT(call, HasSubstr(R"("x\"): import os #\\\n\x09": )")) << library;
    EXPECT_THAT(call, Not(HasSubstr("\n"))) << library;
  }
}

TEST(ReaderCalls, CannotBeBrokenOutOfByZones) {
  const Column when{"t", arrow::timestamp(arrow::TimeUnit::MICRO, "U\")#")};
  for (const char* library : {"pyarrow", "pandas", "polars"})
    EXPECT_THAT(call_of(library, {kId, when}), HasSubstr("U\\\")#")) << library;
}

TEST(ReaderCalls, FollowTheDialect) {
  Json dialect = recorded_dialect("\\N");
  dialect.update({{"delimiter", "\t"}, {"header", false}});
  const std::vector<Column> columns{kId, kNullableText};
  EXPECT_THAT(call_of("pyarrow", columns, dialect),
              ::testing::AllOf(HasSubstr("ReadOptions(column_names=[\"id\", \"s\"])"),
                               HasSubstr("ParseOptions(delimiter=\"\\x09\")"),
                               HasSubstr("null_values=[\"\\\\N\"]")));
  EXPECT_THAT(call_of("pandas", columns, dialect),
              HasSubstr("sep=\"\\x09\", names=[\"id\", \"s\"], header=None"));
  EXPECT_THAT(call_of("polars", columns, dialect),
              ::testing::AllOf(Not(HasSubstr("skip_rows")), HasSubstr("null_values=\"\\\\N\"")));
  EXPECT_THAT(call_of("duckdb", columns, dialect), HasSubstr("header=False, sep=\"\\x09\""));
}

TEST(ReaderCalls, TakeFormulaEscapesOffAgain) {
  Json dialect = recorded_dialect();
  dialect["formula_policy"] = "escape";
  const std::vector<Column> columns{{"=id", arrow::int64()}, kNullableText};
  for (const char* library : {"pyarrow", "pandas", "polars", "duckdb"}) {
    const std::string call = call_of(library, columns, dialect);
    EXPECT_THAT(call, HasSubstr("pa.compute.replace_substring_regex(t[1], ")) << library;
    EXPECT_THAT(call, HasSubstr("column_names=[\"=id\", \"s\"], skip_rows_after_names=1"))
        << library;
  }
}

TEST(ReaderCalls, AllowFieldsOverSeveralLinesWhereThereAreSome) {
  EXPECT_THAT(call_of("pyarrow", {kNullableText}), Not(HasSubstr("newlines_in_values")));
  EXPECT_THAT(call_of("pyarrow", {{"s", arrow::utf8(), {{"has_newlines", true}}}}),
              HasSubstr("newlines_in_values=True"));
  EXPECT_THAT(call_of("pyarrow", {{"a\nb", arrow::int8()}}), HasSubstr("newlines_in_values=True"));
}

TEST(ReaderCalls, MakeRoomForLongRecords) {
  const auto schema = arrow::schema({arrow::field("s", arrow::utf8())});
  Json profile = recorded_profile("s");
  profile["max_length"] = 3'000'000;
  auto file = sample_file("csv");
  file.bytes = 10'000'000;
  const Json calls = reader_calls(file, sample_table(*schema, Json::array({profile})));
  EXPECT_THAT(calls["pyarrow"].get<std::string>(), HasSubstr("block_size=16777216"));
  EXPECT_THAT(calls["duckdb"].get<std::string>(), StartsWith("duckdb.from_arrow("));
}

TEST(ReaderCalls, ReadParquetAsItIs) {
  const auto schema = arrow::schema({arrow::field("s", arrow::utf8())});
  const Json calls = reader_calls(sample_file("parquet"), sample_table(*schema));
  EXPECT_EQ(calls["pyarrow"],
            "pa.parquet.ParquetFile(path, page_checksum_verification=True).read()");
  EXPECT_EQ(calls["polars"], "pl.read_parquet(path)");
  EXPECT_FALSE(calls.contains("notes"));
}

TEST(ReaderCalls, HaveNoParquetCallForLibrariesWithoutTheType) {
  const auto schema = arrow::schema({arrow::field("x", arrow::decimal256(50, 2))});
  const Json calls = reader_calls(sample_file("parquet"), sample_table(*schema));
  EXPECT_TRUE(calls["polars"].is_null());
  EXPECT_TRUE(calls["duckdb"].is_null());
  EXPECT_THAT(calls["notes"][0].get<std::string>(), HasSubstr("decimal(50, 2)"));
}

TEST(ReaderCalls, SayWhatParquetHasNoTypeFor) {
  const auto schema = arrow::schema({arrow::field("d", arrow::duration(arrow::TimeUnit::MILLI)),
                                     arrow::field("m", arrow::month_interval())});
  const Json notes = reader_calls(sample_file("parquet"), sample_table(*schema))["notes"];
  ASSERT_EQ(notes.size(), 5U);
  EXPECT_EQ(notes[0], "duckdb: column \"d\" (duration[ms]) comes back as integers, in its unit");
  EXPECT_THAT(notes[1].get<std::string>(), StartsWith("pyarrow: column \"m\""));
}

}  // namespace
}  // namespace cairn::exports
