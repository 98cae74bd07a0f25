#include "cairn/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "io/file.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;

class PipelineConfigFile : public ::testing::Test {
 protected:
  PipelineConfig read(const std::string& yaml) {
    io::replace_file(folder_ / "c.yaml", yaml);
    return PipelineConfig::from_file(folder_ / "c.yaml");
  }

  std::string refusal_of(const std::string& yaml) {
    const auto error = testing::error_of([&] { read(yaml); });
    if (!error) return "";
    EXPECT_EQ(error->kind(), ErrorKind::config) << error->what();
    return error->what();
  }

  testing::TemporaryFolder folder_;
};

TEST_F(PipelineConfigFile, ReadsTheKeysOfTheSpecVerbatim) {
  const PipelineConfig config = read(R"(# Output formats
output_formats:
  - csv
  - parquet

# File paths
output_data_path: data/output
processed_data_path: data/processed
temp_data_path: data/temp

# Cache settings (in PersistenceManager)
max_cache_size_gb: 2.0
cache_ttl_hours: 24
)");
  EXPECT_EQ(config.output_formats, (std::vector{Format::csv, Format::parquet}));
  EXPECT_EQ(config.output_data_path, "data/output");
  EXPECT_EQ(config.max_cache_size_gb, 2.0);
  EXPECT_EQ(config.cache_ttl_hours, 24);
}

TEST_F(PipelineConfigFile, ReadsMappingsOfFormatOptions) {
  const PipelineConfig config = read(
      "csv: {delimiter: ';', bom: true, formula_policy: escape}\nparquet:\n  compression: zstd\n  "
      "compression_level: 3\nmemory_budget: 256MB\n");
  EXPECT_EQ(config.csv.delimiter, ';');
  EXPECT_TRUE(config.csv.bom);
  EXPECT_EQ(config.csv.formula_policy, FormulaPolicy::escape);
  EXPECT_EQ(config.parquet.compression, "zstd");
  EXPECT_EQ(config.parquet.compression_level, 3);
  EXPECT_EQ(config.memory_budget, 256'000'000);
}

TEST_F(PipelineConfigFile, NamesLineAndNearestKeyForAMisspeltOne) {
  const std::string refusal = refusal_of("temp_data_path: x\noutput_fromats: [csv]\n");
  EXPECT_THAT(refusal, HasSubstr("line 2"));
  EXPECT_THAT(refusal, HasSubstr("did you mean 'output_formats'?"));
}

TEST_F(PipelineConfigFile, RefusesValuesThatDoNotFit) {
  EXPECT_THAT(refusal_of("output_formats: [xlsx]"), HasSubstr("xlsx"));
  EXPECT_THAT(refusal_of("output_formats: []"), HasSubstr("no format"));
  EXPECT_THAT(refusal_of("max_cache_size_gb: lots"), HasSubstr("max_cache_size_gb"));
  EXPECT_THAT(refusal_of("output_data_path: s3://key:secret@bucket"),
              HasSubstr("folders of this machine"));
  EXPECT_THAT(refusal_of("output_data_path: s3://key:secret@bucket"),
              ::testing::Not(HasSubstr("secret")));
  EXPECT_THAT(refusal_of("csv: {delimiter: '\"'}"), HasSubstr("delimiter"));
  EXPECT_THAT(refusal_of("parquet: {compression: lzma}"), HasSubstr("lzma"));
  EXPECT_THAT(refusal_of("threads: 1\nthreads: 2"), HasSubstr("twice"));
  EXPECT_THAT(refusal_of("- a\n- b"), HasSubstr("mapping"));
  EXPECT_THAT(refusal_of("a: [1"), HasSubstr("line"));
}

TEST_F(PipelineConfigFile, RefusesBombsBeforeBuildingThem) {
  EXPECT_THAT(refusal_of("a: &x [1]\nb: *x\n"), HasSubstr("anchors"));
  EXPECT_THAT(refusal_of("a: !!python/object:os.system [1]\n"), HasSubstr("tags"));
  EXPECT_THAT(refusal_of("a: " + std::string(200'000, '[')), HasSubstr("deeper"));
  std::string wide = "a: [0";
  for (int i = 0; i < 20'000; ++i) wide += ",0";
  EXPECT_THAT(refusal_of(wide + "]"), HasSubstr("more than 10000 values"));
  EXPECT_THAT(refusal_of(std::string(2 << 20, '#')), HasSubstr("bytes"));
}

TEST_F(PipelineConfigFile, IsOverriddenByTheEnvironment) {
  ::setenv("CAIRN_OUTPUT_FORMATS", "[parquet]", 1);
  ::setenv("CAIRN_CSV_DELIMITER", "'|'", 1);
  const PipelineConfig config = read("output_formats: [csv]");
  const auto settings = explain_config(folder_ / "c.yaml");
  ::unsetenv("CAIRN_OUTPUT_FORMATS");
  ::unsetenv("CAIRN_CSV_DELIMITER");
  EXPECT_EQ(config.output_formats, std::vector{Format::parquet});
  EXPECT_EQ(config.csv.delimiter, '|');
  EXPECT_EQ(settings.front().name, "output_formats");
  EXPECT_EQ(settings.front().origin, "CAIRN_OUTPUT_FORMATS");
}

TEST_F(PipelineConfigFile, MustExistWhenItIsNamed) {
  EXPECT_EQ(testing::error_kind_of([&] { PipelineConfig::from_file(folder_ / "missing.yaml"); }),
            ErrorKind::not_found);
}

}  // namespace
}  // namespace cairn
