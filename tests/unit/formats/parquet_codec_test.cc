#include "formats/parquet/parquet_codec.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <string>

#include "formats/physical_layout.h"
#include "support/arrow_samples.h"
#include "support/codec_files.h"
#include "support/errors.h"
#include "support/file_bytes.h"
#include "support/temporary_folder.h"

namespace cairn::formats {
namespace {

using cairn::testing::array_of;
using cairn::testing::batch_of;
using cairn::testing::error_of;
using cairn::testing::sample_batch;
using ::testing::HasSubstr;

arrow::MemoryPool* pool() {
  return arrow::default_memory_pool();
}

// The file of `batch`, cut into units as the engine does.
std::string write_file(const arrow::RecordBatch& batch, const ParquetOptions& options,
                       const std::map<std::string, std::string>& key_values = {}) {
  const auto codec = make_parquet_codec(batch.schema(), options);
  return testing::file_of(*codec, testing::encode_units(*codec, batch.Slice(0)), key_values);
}

struct Variant {
  std::string name;
  ParquetOptions options;
  parquet::Compression::type compression = parquet::Compression::SNAPPY;
};

void PrintTo(const Variant& variant, std::ostream* out) {
  *out << variant.name;
}

std::vector<Variant> variants() {
  ParquetOptions small;
  small.row_group_rows = 4096;
  ParquetOptions zstd = small;
  zstd.compression = "zstd";
  zstd.compression_level = 3;
  ParquetOptions plain = small;
  plain.dictionary = false;
  ParquetOptions unsummarised = small;
  unsummarised.statistics = false;
  ParquetOptions unindexed = small;
  unindexed.page_index = false;
  return {{"Defaults", small},
          {"Zstd", zstd, parquet::Compression::ZSTD},
          {"WithoutDictionary", plain},
          {"WithoutStatistics", unsummarised},
          {"WithoutPageIndex", unindexed},
          {"OneRowGroup", {}}};
}

// What Arrow writes in one go.
std::string write_directly(const std::shared_ptr<arrow::RecordBatch>& batch,
                           const Variant& variant) {
  parquet::WriterProperties::Builder builder;
  builder.compression(variant.compression)->enable_page_checksum();
  if (variant.options.compression_level)
    builder.compression_level(*variant.options.compression_level);
  if (!variant.options.dictionary) builder.disable_dictionary();
  if (!variant.options.statistics) builder.disable_statistics();
  if (!variant.options.page_index) builder.disable_write_page_index();
  auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), "open");
  const auto table = value_or_throw(arrow::Table::FromRecordBatches({batch}), "make a table");
  check(parquet::arrow::WriteTable(
            *table, pool(), sink, variant.options.row_group_rows, builder.build(),
            parquet::ArrowWriterProperties::Builder().store_schema()->build()),
        "write");
  return value_or_throw(sink->Finish(), "finish")->ToString();
}

class ParquetAssembly : public ::testing::TestWithParam<Variant> {};

TEST_P(ParquetAssembly, MakesTheVeryBytesThatArrowWritesInOneGo) {
  const auto batch = sample_batch(20'000);
  const std::string ours = write_file(*batch, GetParam().options);
  const std::string direct = write_directly(batch, GetParam());
  ASSERT_EQ(ours.size(), direct.size());
  EXPECT_TRUE(ours == direct);
}

INSTANTIATE_TEST_SUITE_P(Options, ParquetAssembly, ::testing::ValuesIn(variants()),
                         [](const auto& each) { return each.param.name; });

struct Sample {
  std::shared_ptr<arrow::DataType> type;
  std::string json;  // of the plain type
};

std::vector<Sample> samples() {
  using arrow::TimeUnit;
  const auto day_time = arrow::day_time_interval();
  const auto utf8 = arrow::utf8();
  const std::string texts = R"(["a", null, "", "b", "a"])";
  const std::string lists = R"([["a", null], null, [], ["b"], ["a"]])";
  const std::string pairs = R"([["1","2"], null, ["3","4"], ["5",null], ["7","8"]])";
  return {
      {arrow::null(), "[null, null]"},
      {arrow::boolean(), "[true, null, false]"},
      {arrow::int8(), "[-128, null, 127]"},
      {arrow::uint32(), "[0, null, 4294967295]"},
      {arrow::uint64(), "[0, null, 18446744073709551615]"},
      {arrow::float16(), "[1.5, null, -2]"},
      {arrow::float64(), "[1.5, null, NaN, -0.0, Inf]"},
      {arrow::decimal32(5, 1), R"(["1.2", null])"},
      {arrow::decimal64(15, 3), R"(["1.234", null])"},
      {arrow::decimal128(3, 7), R"(["0.0000123", null])"},
      {arrow::decimal256(76, 10), R"(["1.0000000001", null])"},
      {arrow::date32(), "[-1, null, 20000]"},
      {arrow::date64(), "[-86400000, null, 172800000]"},
      {arrow::time32(TimeUnit::SECOND), "[0, null, 86399]"},
      {arrow::time32(TimeUnit::MILLI), "[0, null, 86399999]"},
      {arrow::time64(TimeUnit::MICRO), "[0, null, 1]"},
      {arrow::time64(TimeUnit::NANO), "[0, null, 1]"},
      {arrow::timestamp(TimeUnit::SECOND), "[0, null, -5]"},
      {arrow::timestamp(TimeUnit::SECOND, "Europe/Berlin"), "[0, null, -5]"},
      {arrow::timestamp(TimeUnit::MILLI, "+01:00"), "[0, null, -5]"},
      {arrow::timestamp(TimeUnit::NANO), "[0, null, -5]"},
      {arrow::duration(TimeUnit::SECOND), "[0, null, -5]"},
      {arrow::month_interval(), "[1, null, -5]"},
      {day_time, "[[1, -2], null, [3, 4]]"},
      {arrow::month_day_nano_interval(), "[[1, -2, 3], null, [3, 4, 5]]"},
      {arrow::large_utf8(), texts},
      {arrow::utf8_view(), texts},
      {arrow::binary_view(), texts},
      {arrow::fixed_size_binary(2), R"(["ab", null, "cd"])"},
      {arrow::fixed_size_binary(0), R"(["", null, ""])"},
      {arrow::dictionary(arrow::int8(), utf8), texts},
      {arrow::dictionary(arrow::uint16(), arrow::large_utf8(), true), texts},
      {arrow::dictionary(arrow::int64(), utf8), texts},
      {arrow::dictionary(arrow::int32(), arrow::binary()), texts},
      {arrow::dictionary(arrow::int32(), arrow::float64()), "[1.5, null, 1.5]"},
      {arrow::run_end_encoded(arrow::int32(), utf8), texts},
      {arrow::list(utf8), lists},
      {arrow::list(arrow::field("named", utf8)), lists},
      {arrow::list(arrow::null()), "[[null], null, []]"},
      {arrow::list(day_time), "[[[1, 2], null], null, [], [[3, 4]]]"},
      {arrow::large_list(utf8), lists},
      {arrow::list_view(utf8), lists},
      {arrow::large_list_view(arrow::dictionary(arrow::int32(), utf8)), lists},
      {arrow::fixed_size_list(utf8, 2), pairs},
      {arrow::list(arrow::fixed_size_list(utf8, 2)), "[" + pairs + ", null, []]"},
      {arrow::fixed_size_list(utf8, 0), "[[], null, []]"},
      {arrow::struct_({}), "[{}, null, {}]"},
      {arrow::list(arrow::struct_({})), "[[{}, null], null, []]"},
      {arrow::struct_({arrow::field("a", arrow::date64()), arrow::field("b", arrow::list(utf8))}),
       R"([{"a": 0, "b": ["x"]}, null, {"a": null, "b": null}])"},
      {arrow::map(utf8, arrow::month_interval()), R"([[["k", 1], ["l", null]], null, []])"},
      {arrow::map(utf8, arrow::field("named", arrow::int32()), true), R"([[["k", 1]], null, []])"},
  };
}

void PrintTo(const Sample& sample, std::ostream* out) {
  *out << sample.type->ToString();
}

class ParquetTypes : public ::testing::TestWithParam<Sample> {
 protected:
  std::shared_ptr<arrow::RecordBatch> batch() const {
    const auto& [type, json] = GetParam();
    return batch_of(from_plain(array_of(plain_type(type), json), type, pool()));
  }
};

// Equal values in one schema, the names of list items included. A dictionary may list its values in
// another order.
void expect_same_values(const arrow::RecordBatch& actual, const arrow::RecordBatch& expected) {
  check(actual.ValidateFull(), "validate");
  for (int i = 0; i < expected.num_columns(); ++i)
    EXPECT_TRUE(to_plain(actual.column(i), pool())
                    ->Equals(to_plain(expected.column(i), pool()),
                             arrow::EqualOptions::Defaults().nans_equal(true)))
        << actual.ToString() << expected.ToString();
}

void expect_same(const arrow::RecordBatch& actual, const arrow::RecordBatch& expected) {
  EXPECT_EQ(actual.schema()->ToString(), expected.schema()->ToString());
  expect_same_values(actual, expected);
}

// The values come back from a unit, and their layout too from a file.
void expect_back(const arrow::RecordBatch& batch) {
  const auto codec = make_parquet_codec(batch.schema(), {});
  const auto rows = batch.Slice(0);
  const auto decoded = codec->decode(codec->encode({rows}, pool()), pool());
  ASSERT_EQ(decoded.size(), 1U);
  expect_same_values(*decoded[0], batch);
  const testing::TemporaryFolder folder;
  testing::write_bytes(folder / "x.parquet", write_file(batch, {}));
  const auto read = ParquetFile::open(folder / "x.parquet", batch.schema(), pool()).read();
  expect_same(*value_or_throw(read->Next(), "read back"), batch);
}

TEST_P(ParquetTypes, ComeBackExactlyAsTheyWere) {
  expect_back(*batch());
}

TEST_P(ParquetTypes, MayBeSlices) {
  expect_back(*batch()->Slice(1, batch()->num_rows() - 1));
}

INSTANTIATE_TEST_SUITE_P(Every, ParquetTypes, ::testing::ValuesIn(samples()));

TEST(ParquetCodec, WritesDictionariesThatHoldNulls) {
  const auto dictionary = value_or_throw(
      arrow::DictionaryArray::FromArrays(array_of(arrow::int32(), "[0, 1, 2, null]"),
                                         array_of(arrow::utf8(), R"(["a", null, "b"])")),
      "make a dictionary");
  const auto codec = make_parquet_codec(batch_of(dictionary)->schema(), {});
  const auto decoded = codec->decode(codec->encode({batch_of(dictionary)}, pool()), pool());
  EXPECT_TRUE(to_plain(decoded[0]->column(0), pool())
                  ->Equals(array_of(arrow::large_utf8(), R"(["a", null, "b", null])")));
}

TEST(ParquetCodec, KeepsDecimalsOfNegativeScale) {
  auto hundreds = array_of(arrow::decimal128(5, 0), R"(["123", null])")->data()->Copy();
  hundreds->type = arrow::decimal128(5, -2);
  const auto batch = batch_of(arrow::MakeArray(hundreds));
  const auto codec = make_parquet_codec(batch->schema(), {});
  expect_same(*codec->decode(codec->encode({batch}, pool()), pool()).at(0), *batch);
}

TEST(ParquetCodec, KeepsMetadataOfSchemaAndFields) {
  const auto field = arrow::field("x", arrow::list(arrow::int8()))
                         ->WithMetadata(arrow::key_value_metadata({"unit"}, {"m"}));
  const auto schema =
      arrow::schema({field}, arrow::key_value_metadata({"pandas"}, {"{\"index\": 1}"}));
  const auto batch =
      arrow::RecordBatch::Make(schema, 1, {array_of(arrow::list(arrow::int8()), "[[1]]")});
  const auto codec = make_parquet_codec(schema, {});
  const auto decoded = codec->decode(codec->encode({batch}, pool()), pool());
  EXPECT_TRUE(decoded[0]->schema()->Equals(*schema, /*check_metadata=*/true));
}

TEST(ParquetCodec, MakesOneUnitOfSeveralBatches) {
  const auto batch = sample_batch(1000);
  const auto codec = make_parquet_codec(batch->schema(), {});
  const auto unit = codec->encode({batch->Slice(0, 300), batch->Slice(300)}, pool());
  EXPECT_EQ(unit.rows, 1000);
  const auto decoded = codec->decode(unit, pool());
  ASSERT_EQ(decoded.size(), 1U);
  expect_same(*decoded[0], *batch);
}

TEST(ParquetCodec, WritesAFileWithoutRows) {
  const auto batch = sample_batch(0);
  const std::string file = write_file(*batch, {});
  const auto reader = parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
  EXPECT_EQ(reader->metadata()->num_rows(), 0);
  EXPECT_EQ(reader->metadata()->num_row_groups(), 0);
}

TEST(ParquetCodec, FindsADamagedByteWhenItDecodes) {
  const auto batch = sample_batch(1000);
  const auto codec = make_parquet_codec(batch->schema(), {});
  auto unit = codec->encode({batch}, pool());
  std::string bytes = unit.bytes->ToString();
  bytes[2000] = static_cast<char>(bytes[2000] ^ 1);
  unit.bytes = arrow::Buffer::FromString(bytes);
  EXPECT_EQ(error_of([&] { codec->decode(unit, pool()); })->kind(), ErrorKind::corrupt);
}

TEST(ParquetCodec, NamesTheColumnThatParquetCannotHold) {
  const auto schema = arrow::schema(
      {arrow::field("fine", arrow::int32()),
       arrow::field("either",
                    arrow::list(arrow::sparse_union({arrow::field("a", arrow::int8())})))});
  const auto error = error_of([&] { make_parquet_codec(schema, {}); });
  EXPECT_EQ(error->kind(), ErrorKind::unsupported);
  EXPECT_THAT(error->what(), HasSubstr("column 'either'"));
}

TEST(ParquetCodec, RefusesTablesWithoutColumns) {
  EXPECT_EQ(error_of([&] { make_parquet_codec(arrow::schema({}), {}); })->kind(),
            ErrorKind::unsupported);
}

TEST(ParquetCodec, RefusesValuesThatTheStoredTypeWouldCut) {
  const auto encode = [](const std::shared_ptr<arrow::RecordBatch>& batch) {
    return error_of([&] { make_parquet_codec(batch->schema(), {})->encode({batch}, pool()); });
  };
  EXPECT_THAT(encode(batch_of(arrow::date64(), "[86400001]"))->what(),
              HasSubstr("column 'x': Casting from date64[ms] to date32[day] would lose data"));
  const auto seconds = arrow::timestamp(arrow::TimeUnit::SECOND);
  EXPECT_THAT(encode(batch_of(seconds, "[9223372036854775807]"))->what(), HasSubstr("column 'x'"));
}

TEST(ParquetCodec, WritesKeyValuesIntoTheFooter) {
  const std::string file = write_file(*sample_batch(10), {}, {{"cairn:digest", "cd1:00"}});
  const auto reader = parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(file)));
  const auto& key_values = *reader->metadata()->key_value_metadata();
  EXPECT_EQ(value_or_throw(key_values.Get("cairn:digest"), "find the digest"), "cd1:00");
  EXPECT_TRUE(key_values.Contains("ARROW:schema"));
}

TEST(ParquetOptions, NamesTheOptionThatIsWrong) {
  const auto message = [](auto change) {
    ParquetOptions options;
    change(options);
    return std::string(error_of([&] { options.validate(); })->what());
  };
  EXPECT_THAT(message([](auto& o) { o.compression = "lzo"; }), HasSubstr("compression is 'lzo'"));
  EXPECT_THAT(message([](auto& o) { o.compression_level = 3; }), HasSubstr("compression_level"));
  EXPECT_THAT(message([](auto& o) { o.row_group_rows = 1000; }), HasSubstr("row_group_rows"));
  EXPECT_THAT(message([](auto& o) { o.row_group_bytes = 0; }), HasSubstr("row_group_bytes"));
}

}  // namespace
}  // namespace cairn::formats
