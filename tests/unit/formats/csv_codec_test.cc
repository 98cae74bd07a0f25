#include "formats/csv/csv_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <arrow/api.h>

#include "data/content_digest.h"
#include "formats/physical_layout.h"
#include "support/arrow_samples.h"
#include "support/arrow_values.h"
#include "support/codec_files.h"
#include "support/errors.h"

namespace cairn::formats {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using testing::array_of;
using testing::batch_of;
using testing::encode_units;
using testing::file_of;
using ::testing::HasSubstr;
using testing::sample_batch;
using Type = std::shared_ptr<arrow::DataType>;

Rows encode_and_decode(const Rows& rows, const CsvDialect& dialect = {}) {
  const auto codec = make_csv_codec(rows.front()->schema(), dialect);
  return codec->decode(codec->encode(rows, arrow::default_memory_pool()),
                       arrow::default_memory_pool());
}

std::string digest(const Rows& rows) {
  data::StreamDigester digester(rows.front()->schema());
  for (const auto& batch : rows) digester.update(batch);
  return digester.finish().root;
}

// Also that the arrays are sound, in plain layouts.
void expect_same(const Rows& rows, const CsvDialect& dialect = {}) {
  const Rows back = encode_and_decode(rows, dialect);
  EXPECT_EQ(digest(back), digest(rows));
  EXPECT_TRUE(back.front()->schema()->Equals(*plain_schema(*rows.front()->schema())))
      << back.front()->schema()->ToString();
  for (const auto& batch : back) {
    const arrow::Status status = batch->ValidateFull();
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
}

std::vector<Type> every_flat_type() {
  using arrow::TimeUnit;
  std::vector<Type> types = {arrow::null(),
                             arrow::boolean(),
                             arrow::int8(),
                             arrow::int16(),
                             arrow::int32(),
                             arrow::int64(),
                             arrow::uint8(),
                             arrow::uint16(),
                             arrow::uint32(),
                             arrow::uint64(),
                             arrow::float16(),
                             arrow::float32(),
                             arrow::float64(),
                             arrow::utf8(),
                             arrow::large_utf8(),
                             arrow::utf8_view(),
                             arrow::binary(),
                             arrow::large_binary(),
                             arrow::binary_view(),
                             arrow::fixed_size_binary(5),
                             arrow::date32(),
                             arrow::month_interval(),
                             arrow::day_time_interval(),
                             arrow::month_day_nano_interval()};
  for (const auto unit : {TimeUnit::SECOND, TimeUnit::MILLI, TimeUnit::MICRO, TimeUnit::NANO}) {
    types.push_back(arrow::timestamp(unit));
    types.push_back(arrow::timestamp(unit, "Europe/Berlin"));
    types.push_back(arrow::duration(unit));
  }
  return types;
}

std::shared_ptr<arrow::Buffer> random_bytes(std::mt19937_64& random, int64_t size) {
  std::string bytes(static_cast<size_t>(size), '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return arrow::Buffer::FromString(bytes);
}

// Values of any bits and any ASCII text; half of them null.
std::shared_ptr<arrow::Array> random_array(const Type& type, int64_t rows) {
  std::mt19937_64 random(7);
  if (type->id() == arrow::Type::NA)
    return value_or_throw(arrow::MakeArrayOfNull(type, rows), "make nulls");
  if (arrow::is_fixed_width(type->id())) {
    const auto& layout = static_cast<const arrow::FixedWidthType&>(*type);
    return arrow::MakeArray(
        arrow::ArrayData::Make(type, rows,
                               {random_bytes(random, (rows + 7) / 8),
                                random_bytes(random, rows * layout.bit_width() / 8 + 1)}));
  }
  const auto builder = value_or_throw(arrow::MakeBuilder(type), "make a builder");
  for (int64_t row = 0; row < rows; ++row) {
    std::string text(random() % 40, '\0');
    for (char& c : text) c = static_cast<char>(random() % 0x80);
    const auto value =
        value_or_throw(arrow::MakeScalar(type, arrow::Buffer::FromString(text)), "make");
    check(random() % 2 == 0 ? builder->AppendNull() : builder->AppendScalar(*value), "append");
  }
  return value_or_throw(builder->Finish(), "finish");
}

class CsvCodecOf : public ::testing::TestWithParam<Type> {};

TEST_P(CsvCodecOf, BringsBackRandomValues) {
  const auto column = random_array(GetParam(), 3000);
  const auto schema =
      arrow::schema({arrow::field("v", GetParam()), arrow::field("row", arrow::int16())});
  arrow::Int16Builder numbers;
  for (int16_t row = 0; row < 3000; ++row) check(numbers.Append(row), "append");
  const Rows rows = {
      arrow::RecordBatch::Make(schema, 3000, {column, value_or_throw(numbers.Finish(), "finish")})};
  expect_same(rows);
  expect_same({rows[0]->Slice(11, 2000)});
}

INSTANTIATE_TEST_SUITE_P(EveryFlatType, CsvCodecOf, ::testing::ValuesIn(every_flat_type()),
                         [](const auto& type) { return "type" + std::to_string(type.index); });

TEST(CsvCodec, BringsBackATypicalTableUnderEveryDialect) {
  const Rows rows = {sample_batch(2500)};
  for (const auto quoting :
       {CsvDialect::Quoting::minimal, CsvDialect::Quoting::strings, CsvDialect::Quoting::all}) {
    for (const char* token : {"", "NULL"}) {
      CsvDialect dialect;
      dialect.quoting = quoting;
      dialect.null_token = token;
      expect_same(rows, dialect);
      dialect.delimiter = '\t';
      dialect.crlf = true;
      expect_same(rows, dialect);
    }
  }
}

TEST(CsvCodec, BringsBackDecimalsOfEveryWidthAndSign) {
  for (const Type& type : {arrow::decimal32(9, 2), arrow::decimal64(18, 2),
                           arrow::decimal128(38, 2), arrow::decimal256(76, 2)})
    expect_same({batch_of(type, R"(["-0.01", "0.00", null, "9999999.99", "-9999999.99"])")});
  expect_same({batch_of(arrow::decimal128(38, 0),
                        R"(["99999999999999999999999999999999999999",
                            "-99999999999999999999999999999999999999"])")});
}

TEST(CsvCodec, BringsBackNestedValuesToAnyDepth) {
  const Type inner = arrow::struct_({arrow::field("a", arrow::list(arrow::float64())),
                                     arrow::field("b", arrow::map(arrow::utf8(), arrow::utf8()))});
  expect_same({batch_of(arrow::list(inner), R"([
      [{"a": [0.1, null, NaN, -Inf, -0.0], "b": [["k,\"", "v\n"], ["", null]]}, null],
      null, [], [{"a": null, "b": null}]])")});
}

TEST(CsvCodec, BringsBackDictionariesAndRuns) {
  expect_same({batch_of(arrow::dictionary(arrow::int8(), arrow::utf8()),
                        R"(["x", null, "", "x", "a,b"])")});
  const auto runs =
      value_or_throw(arrow::RunEndEncodedArray::Make(5, array_of(arrow::int32(), "[2, 3, 5]"),
                                                     array_of(arrow::utf8(), R"(["x", null, ""])")),
                     "make runs");
  expect_same({batch_of(runs)});
}

TEST(CsvCodec, BringsBackFormulasUnderEscape) {
  CsvDialect dialect;
  dialect.formula_policy = FormulaPolicy::escape;
  expect_same({batch_of(arrow::utf8(),
                        R"(["=1", "'=1", "''=1", "'x", "'", "\t", "\r=", "＠x", "-", "", null])")},
              dialect);
}

TEST(CsvCodec, TellsNullFromEmptyInATableOfOneColumn) {
  const Rows rows = {batch_of(arrow::utf8(), R"([null, "", "x", null])")};
  EXPECT_EQ(effective_dialect(*rows[0]->schema(), {}).null_token, "\\N");
  const auto codec = make_csv_codec(rows[0]->schema(), {});
  EXPECT_EQ(file_of(*codec, encode_units(*codec, rows[0])), "x\n\\N\n\"\"\nx\n\\N\n");
  expect_same(rows);
}

TEST(CsvCodec, LeavesTheNullTokenAloneWhereOneIsNamedOrNoneIsNeeded) {
  CsvDialect named;
  named.null_token = "NA";
  EXPECT_EQ(effective_dialect(*batch_of(arrow::int8(), "[]")->schema(), named), named);
  EXPECT_EQ(effective_dialect(*sample_batch(1)->schema(), {}), CsvDialect{});
}

TEST(CsvCodec, PutsHeaderAndUnitsIntoOneFile) {
  const auto batch = batch_of(arrow::int8(), "[1, 2, 3]");
  const auto codec = make_csv_codec(batch->schema(), {});
  EXPECT_EQ(file_of(*codec, encode_units(*codec, batch, 2)), "x\n1\n2\n3\n");
  EXPECT_EQ(file_of(*codec, {}), "x\n");
}

TEST(CsvCodec, RefusesWhatHasNoCsvBeforeAnyRow) {
  EXPECT_EQ(error_kind_of([] { make_csv_codec(arrow::schema({}), {}); }), ErrorKind::unsupported);
  const auto field = arrow::field("twin", arrow::int8());
  EXPECT_THAT(error_of([&] {
                make_csv_codec(arrow::schema({field, field}), {});
              })->message(),
              HasSubstr("'twin'"));
  CsvDialect dialect;
  dialect.delimiter = '"';
  EXPECT_EQ(error_kind_of([&] { make_csv_codec(arrow::schema({field}), dialect); }),
            ErrorKind::invalid_argument);
}

TEST(CsvCodec, HasUnitsOfWholeStrides) {
  const auto codec = make_csv_codec(arrow::schema({arrow::field("x", arrow::int8())}), {});
  EXPECT_EQ(codec->unit_rows() % data::kStrideRows, 0);
}

}  // namespace
}  // namespace cairn::formats
