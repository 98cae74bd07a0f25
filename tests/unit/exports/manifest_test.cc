#include "exports/manifest.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "support/errors.h"
#include "support/sample_version.h"

namespace cairn::exports {
namespace {

using ::testing::HasSubstr;

const auto kOneColumn = arrow::schema({arrow::field("id", arrow::int64(), false)});

Json field_of(const std::shared_ptr<arrow::DataType>& type, const Json& profile = Json::array()) {
  const auto schema = arrow::schema({arrow::field("x", type)});
  return render_manifest(sample_version(*schema, profile))["resources"][0]["schema"]["fields"][0];
}

TEST(Manifest, IsADataPackageThatNamesTheVersion) {
  const Json manifest = render_manifest(sample_version(*kOneColumn));
  EXPECT_EQ(manifest["$schema"], "https://datapackage.org/profiles/2.0/datapackage.json");
  EXPECT_EQ(manifest["name"], "orders");
  EXPECT_EQ(manifest["title"], "Orders");
  EXPECT_EQ(manifest["id"], "urn:uuid:0198f0a2-7c31-7d52-9f00-5b0e8c3f9a1c");
  EXPECT_EQ(manifest["version"], "42.0.0");
  EXPECT_EQ(manifest["created"], "2026-01-15T09:30:12.417000Z");
  EXPECT_EQ(manifest["description"], "nightly");
}

TEST(Manifest, LeavesOutADescriptionThatNobodyGave) {
  auto version = sample_version(*kOneColumn);
  version.message.clear();
  EXPECT_FALSE(render_manifest(version).contains("description"));
}

TEST(Manifest, DescribesEachFileAsOneResource) {
  const Json manifest = render_manifest(sample_version(*kOneColumn));
  ASSERT_EQ(manifest["resources"].size(), 2);
  const Json& csv = manifest["resources"][0];
  EXPECT_EQ(csv["name"], "processed_data.csv");
  EXPECT_EQ(csv["path"], "csv/orders_20260115_093012_3f9a1c2e.csv");
  EXPECT_EQ(csv["mediatype"], "text/csv");
  EXPECT_EQ(csv["encoding"], "utf-8");
  EXPECT_EQ(csv["bytes"], 1234);
  EXPECT_EQ(csv["dialect"], Json({{"delimiter", ","},
                                  {"lineTerminator", "\n"},
                                  {"quoteChar", "\""},
                                  {"doubleQuote", true},
                                  {"header", true}}));
  const Json& parquet = manifest["resources"][1];
  EXPECT_EQ(parquet["name"], "processed_data.parquet");
  EXPECT_EQ(parquet["mediatype"], "application/vnd.apache.parquet");
  EXPECT_FALSE(parquet.contains("dialect"));
  EXPECT_FALSE(parquet.contains("encoding"));
  EXPECT_EQ(parquet["x-cairn"]["row_groups"], 1);
}

TEST(Manifest, GivesTablesOfOneSlugDifferentResourceNames) {
  auto version = sample_version(*kOneColumn);
  version.table_rows = {sample_table(*kOneColumn, {}, "by day"),
                        sample_table(*kOneColumn, {}, "by-day"),
                        sample_table(*kOneColumn, {}, "BY DAY")};
  version.file_rows = {sample_file("csv"), sample_file("csv"), sample_file("csv")};
  for (size_t i = 0; i < 3; ++i) version.file_rows[i].table = version.table_rows[i].name;
  const Json manifest = render_manifest(version);
  EXPECT_EQ(manifest["resources"][0]["name"], "by_day.csv");
  EXPECT_EQ(manifest["resources"][1]["name"], "by-day.csv");
  EXPECT_EQ(manifest["resources"][2]["name"], "by_day-2.csv");
}

TEST(Manifest, NamesTheStrongestHashWhereTheStandardHasRoomForOne) {
  auto version = sample_version(*kOneColumn);
  EXPECT_EQ(render_manifest(version)["resources"][0]["hash"], std::string(32, 'a'));
  version.file_rows[0].sha256 = std::string(64, 'c');
  const Json resource = render_manifest(version)["resources"][0];
  EXPECT_EQ(resource["hash"], "sha256:" + std::string(64, 'c'));
  EXPECT_EQ(resource["x-cairn"]["digests"], Json({{"md5", std::string(32, 'a')},
                                                  {"xxh3_128", std::string(32, 'b')},
                                                  {"sha256", std::string(64, 'c')}}));
}

TEST(Manifest, LeavesOutHashesThatWereNotComputed) {
  auto version = sample_version(*kOneColumn);
  version.file_rows[0].md5.clear();
  const Json resource = render_manifest(version)["resources"][0];
  EXPECT_FALSE(resource.contains("hash"));
  EXPECT_FALSE(resource["x-cairn"]["digests"].contains("md5"));
}

TEST(Manifest, GivesEveryArrowTypeTheNearestTypeOfTheStandard) {
  const std::map<std::string, std::vector<std::shared_ptr<arrow::DataType>>> expected = {
      {"any", {arrow::null()}},
      {"boolean", {arrow::boolean()}},
      {"integer",
       {arrow::int8(), arrow::uint64(), arrow::duration(arrow::TimeUnit::MILLI),
        arrow::month_interval()}},
      {"number", {arrow::float16(), arrow::float64(), arrow::decimal128(12, 2)}},
      {"date", {arrow::date32(), arrow::date64()}},
      {"time", {arrow::time32(arrow::TimeUnit::SECOND), arrow::time64(arrow::TimeUnit::NANO)}},
      {"datetime", {arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin")}},
      {"string", {arrow::utf8(), arrow::large_utf8(), arrow::utf8_view(), arrow::binary()}},
      {"array",
       {arrow::list(arrow::int8()), arrow::fixed_size_list(arrow::int8(), 2),
        arrow::map(arrow::utf8(), arrow::int8())}},
      {"object",
       {arrow::struct_({arrow::field("a", arrow::int8())}), arrow::struct_({}),
        arrow::day_time_interval(), arrow::month_day_nano_interval()}},
  };
  for (const auto& [name, types] : expected)
    for (const auto& type : types) EXPECT_EQ(field_of(type)["type"], name) << type->ToString();
}

TEST(Manifest, DescribesADictionaryAsTheTypeOfItsValues) {
  const Json field = field_of(arrow::dictionary(arrow::int8(), arrow::utf8()));
  EXPECT_EQ(field["type"], "string");
  EXPECT_EQ(field["x-arrow"], "utf8");
}

TEST(Manifest, SaysThatBinaryIsBase64) {
  EXPECT_EQ(field_of(arrow::binary())["format"], "binary");
  EXPECT_EQ(field_of(arrow::fixed_size_binary(3))["format"], "binary");
  EXPECT_FALSE(field_of(arrow::utf8()).contains("format"));
}

TEST(Manifest, RequiresColumnsThatCannotBeNull) {
  const Json manifest = render_manifest(sample_version(*kOneColumn));
  EXPECT_EQ(manifest["resources"][0]["schema"]["fields"][0]["constraints"],
            Json({{"required", true}}));
  EXPECT_FALSE(field_of(arrow::int64()).contains("constraints"));
}

TEST(Manifest, KeepsEmptyStringsFromBeingTakenForMissing) {
  const auto with = [](int64_t nulls, int64_t empties) {
    return field_of(arrow::utf8(), Json::array({recorded_profile("x", nulls, empties)}));
  };
  EXPECT_EQ(with(0, 2)["missingValues"], Json::array());
  EXPECT_FALSE(with(1, 0).contains("missingValues"));
}

TEST(Manifest, DeclaresANullTokenForTheWholeFile) {
  auto version = sample_version(*kOneColumn);
  version.file_rows[0] = sample_file("csv", recorded_dialect("\\N"));
  const Json manifest = render_manifest(version);
  EXPECT_EQ(manifest["resources"][0]["schema"]["missingValues"], Json::array({"\\N"}));
  EXPECT_FALSE(manifest["resources"][1]["schema"].contains("missingValues"));
}

TEST(Manifest, CarriesWhatTheCatalogKnowsOfTheVersion) {
  const Json extension = render_manifest(sample_version(*kOneColumn))["x-cairn"];
  EXPECT_EQ(extension["format"], "cairn-manifest/1");
  EXPECT_EQ(extension["dataset"], "Orders");
  EXPECT_EQ(extension["version"], 42);
  EXPECT_EQ(extension["verification"]["result"], "pass");
  EXPECT_EQ(extension["producer"]["cairn"], "0.1.0");
  ASSERT_EQ(extension["tables"].size(), 1);
  const Json& table = extension["tables"][0];
  EXPECT_EQ(table["digest"], "cd1:" + std::string(64, '1'));
  EXPECT_TRUE(data::decode_schema(table["arrow_schema"].get<std::string>())->Equals(*kOneColumn));
}

TEST(Manifest, LeavesOutTagsBecauseTheyMove) {
  const auto text = to_canonical_json(render_manifest(sample_version(*kOneColumn)));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("prod\"")));
}

TEST(Manifest, RefusesAFileOfNoTable) {
  auto version = sample_version(*kOneColumn);
  version.file_rows[1].table = "elsewhere";
  const auto error = cairn::testing::error_of([&] { render_manifest(version); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::corrupt);
  EXPECT_THAT(error->message(), HasSubstr("elsewhere"));
}

TEST(Manifest, RefusesDetailsOfAnotherForm) {
  for (const Json& details : {Json("text"), Json{{"dialect", 7}}, Json{{"dialect", Json::object()}},
                              Json{{"dialect", {{"null_token", 7}}}}}) {
    auto version = sample_version(*kOneColumn);
    version.file_rows[0].details = details;
    EXPECT_EQ(cairn::testing::error_kind_of([&] { render_manifest(version); }), ErrorKind::corrupt)
        << details;
  }
}

TEST(Md5Sums, AreLinesThatMd5sumChecks) {
  EXPECT_EQ(render_md5_sums(sample_version(*kOneColumn)),
            std::string(32, 'a') + "  csv/orders_20260115_093012_3f9a1c2e.csv\n" +
                std::string(32, 'a') + "  parquet/orders_20260115_093012_3f9a1c2e.parquet\n");
}

TEST(Md5Sums, SkipFilesWithoutOne) {
  auto version = sample_version(*kOneColumn);
  version.file_rows[0].md5.clear();
  EXPECT_EQ(render_md5_sums(version),
            std::string(32, 'a') + "  parquet/orders_20260115_093012_3f9a1c2e.parquet\n");
}

}  // namespace
}  // namespace cairn::exports
