#include <arrow/api.h>
#include <arrow/compare.h>
#include <arrow/util/decimal.h>
#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "support/arrow_values.h"
#include "support/errors.h"

namespace cairn::formats {
namespace {

using cairn::testing::array_of;
using cairn::testing::error_of;
using ArrayPtr = std::shared_ptr<arrow::Array>;
using TypePtr = std::shared_ptr<arrow::DataType>;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::shared_ptr<arrow::RecordBatch> decode(const arrow::FieldVector& fields,
                                           const std::string& records,
                                           const CsvDialect& dialect = {}) {
  const CsvDecoder decoder(arrow::schema(fields), dialect);
  auto batch = decoder.decode(records, 1, "sales.csv", arrow::default_memory_pool());
  const arrow::Status valid = batch->ValidateFull();
  EXPECT_TRUE(valid.ok()) << valid.ToString();
  return batch;
}

ArrayPtr decode_column(const TypePtr& type, const std::string& records,
                       const CsvDialect& dialect = {}) {
  return decode({arrow::field("x", type)}, records, dialect)->column(0);
}

void expect_same(const ArrayPtr& actual, const ArrayPtr& expected) {
  const auto exact = arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
  EXPECT_TRUE(actual->type()->Equals(*expected->type())) << actual->type()->ToString();
  EXPECT_TRUE(actual->Equals(*expected, exact)) << actual->ToString() << "\nbut expected\n"
                                                << expected->ToString();
}

std::string why_not(const TypePtr& type, const std::string& records,
                    const CsvDialect& dialect = {}) {
  const auto error = error_of([&] { decode_column(type, records, dialect); });
  EXPECT_EQ(error->kind(), ErrorKind::corrupt) << error->what();
  return error->what();
}

struct Text {
  std::string name;
  TypePtr type;
  std::string records;  // of one column, null is \N
  std::string json;
};

class CsvDecoderText : public ::testing::TestWithParam<Text> {};

TEST_P(CsvDecoderText, StandsForItsValues) {
  CsvDialect dialect;
  dialect.null_token = "\\N";
  expect_same(decode_column(GetParam().type, GetParam().records, dialect),
              array_of(GetParam().type, GetParam().json));
}

std::vector<Text> texts() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  const TypePtr point = struct_({field("x", int8()), field("tags", list(utf8()))});
  return {
      {"null", null(), "\\N\n\\N\n", "[null, null]"},
      {"bool", boolean(), "true\nfalse\n\\N\n", "[true, false, null]"},
      {"int8", int8(), "-128\n127\n\\N\n", "[-128, 127, null]"},
      {"uint8", uint8(), "255\n0\n", "[255, 0]"},
      {"int64", int64(), "-9223372036854775808\n9223372036854775807\n7\n",
       "[-9223372036854775808, 9223372036854775807, 7]"},
      {"uint64", uint64(), "18446744073709551615\n", "[18446744073709551615]"},
      {"half", float16(), "1.5\n-0.0\n65504.0\n\\N\n", "[1.5, -0.0, 65504.0, null]"},
      {"date32", date32(), "1970-01-02\n1969-12-31\n2024-02-29\n+10000-01-01\n-0001-12-31\n\\N\n",
       "[1, -1, 19782, 2932897, -719529, null]"},
      {"date64", date64(), "1970-01-02\n1969-12-31\n", "[86400000, -86400000]"},
      {"time32_s", time32(TimeUnit::SECOND), "23:59:59\n", "[86399]"},
      {"time64_ns", time64(TimeUnit::NANO), "00:00:00.000000001\n", "[1]"},
      {"timestamp_s", timestamp(TimeUnit::SECOND), "1969-12-31T23:59:59\n2000-01-01T00:00:00\n",
       "[-1, 946684800]"},
      {"timestamp_ms", timestamp(TimeUnit::MILLI, "Europe/Berlin"),
       "1970-01-01T00:00:01.500Z\n\\N\n", "[1500, null]"},
      {"timestamp_ns_ends", timestamp(TimeUnit::NANO),
       "1677-09-21T00:12:43.145224192\n2262-04-11T23:47:16.854775807\n",
       "[-9223372036854775808, 9223372036854775807]"},
      {"foreign_timestamps", timestamp(TimeUnit::MICRO, "UTC"),
       "1970-01-01 02:00:00+02:00\n1969-12-31T21:30:00.5-0230\n1970-01-01T00:00:00.000001Z\n",
       "[0, 500000, 1]"},
      {"duration", duration(TimeUnit::MILLI), "-86400000\n\\N\n", "[-86400000, null]"},
      {"months", month_interval(), "-14\n", "[-14]"},
      {"day_time", day_time_interval(), "\"{\"\"days\"\":1,\"\"milliseconds\"\":-5}\"\n\\N\n",
       "[[1, -5], null]"},
      {"month_day_nano", month_day_nano_interval(),
       "\"{\"\"months\"\":1,\"\"days\"\":2,\"\"nanoseconds\"\":-3}\"\n", "[[1, 2, -3]]"},
      {"decimal32", decimal32(4, 2), "-0.50\n12.00\n\\N\n", R"(["-0.50", "12.00", null])"},
      {"decimal64", decimal64(18, 3), "999999999999999.999\n", R"(["999999999999999.999"])"},
      {"decimal128", decimal128(38, 2), "-123456789012345678901234567890123456.78\n0.00\n",
       R"(["-123456789012345678901234567890123456.78", "0.00"])"},
      {"decimal256", decimal256(76, 0), std::string(76, '9') + "\n",
       "[\"" + std::string(76, '9') + "\"]"},
      {"utf8", utf8(), "plain\n\"\"\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"two\nlines\"\n\\N\n\xC3\xBC\n",
       R"(["plain", "", "a,b", "say \"hi\"", "two\nlines", null, "ü"])"},
      {"large_utf8", large_utf8(), "a long string that is more than sixteen bytes\n\\N\n",
       R"(["a long string that is more than sixteen bytes", null])"},
      {"utf8_view", utf8_view(), "a\n\\N\n", R"(["a", null])"},
      {"binary", binary(), "YWI=\n\"\"\nYWJj\nYQ==\n\\N\n", R"(["ab", "", "abc", "a", null])"},
      {"fixed_binary", fixed_size_binary(3), "YWJj\n\\N\n", R"(["abc", null])"},
      {"dictionary", dictionary(int8(), utf8()), "a\nb\n\\N\na\n", R"(["a", "b", null, "a"])"},
      {"list", list(int32()), "\"[1,null,3]\"\n[]\n\\N\n[4]\n", "[[1, null, 3], [], null, [4]]"},
      {"large_list", large_list(float64()), "\"[0.1,\"\"NaN\"\",\"\"-INF\"\",1e+300]\"\n",
       "[[0.1, NaN, -Inf, 1e300]]"},
      {"list_view", list_view(utf8()), "\"[\"\"a\"\",\"\"b\"\"]\"\n[]\n", R"([["a", "b"], []])"},
      {"fixed_list", fixed_size_list(int64(), 2), "\"[9223372036854775807,-1]\"\n\\N\n",
       "[[9223372036854775807, -1], null]"},
      {"struct", point, "\"{\"\"x\"\":1,\"\"tags\"\":[\"\"a\\n\"\",null]}\"\n\\N\n",
       R"([{"x": 1, "tags": ["a\n", null]}, null])"},
      {"map", map(utf8(), decimal128(9, 2)),
       "\"[[\"\"k\"\",\"\"1.50\"\"],[\"\"l\"\",null]]\"\n[]\n",
       R"([[["k", "1.50"], ["l", null]], []])"},
  };
}

INSTANTIATE_TEST_SUITE_P(Types, CsvDecoderText, ::testing::ValuesIn(texts()),
                         [](const auto& text) { return text.param.name; });

TEST(CsvDecoder, ReadsEveryBitOfADouble) {
  const auto expect_double = [](const std::string& text, double expected) {
    const ArrayPtr column = decode_column(arrow::float64(), text + "\n");
    EXPECT_EQ(static_cast<const arrow::DoubleArray&>(*column).Value(0), expected) << text;
  };
  expect_double("0.1", 0.1);
  expect_double("-1234.5678", -1234.5678);
  expect_double("9007199254740993.0", 9007199254740992.0);
  expect_double("1.7976931348623157e+308", std::numeric_limits<double>::max());
  expect_double("5e-324", std::numeric_limits<double>::denorm_min());
  expect_double("2.2250738585072011e-308", 2.2250738585072011e-308);
  expect_double("1e23", 1e23);
  expect_double("0.30000000000000004", 0.30000000000000004);
  expect_double("12345678901234567890123", 12345678901234567890123.0);
  expect_double("INF", std::numeric_limits<double>::infinity());
  const ArrayPtr zero = decode_column(arrow::float64(), "-0.0\n");
  EXPECT_TRUE(std::signbit(static_cast<const arrow::DoubleArray&>(*zero).Value(0)));
}

TEST(CsvDecoder, DividesDecimalsOfNegativeScaleExactly) {
  const ArrayPtr column = decode_column(arrow::decimal128(4, -2), "1200\n0\n-100\n999900\n");
  const auto& decimals = static_cast<const arrow::Decimal128Array&>(*column);
  EXPECT_EQ(arrow::Decimal128(decimals.Value(0)), arrow::Decimal128(12));
  EXPECT_EQ(arrow::Decimal128(decimals.Value(1)), arrow::Decimal128(0));
  EXPECT_EQ(arrow::Decimal128(decimals.Value(2)), arrow::Decimal128(-1));
  EXPECT_EQ(arrow::Decimal128(decimals.Value(3)), arrow::Decimal128(9999));
}

TEST(CsvDecoder, RoundsAFloatOnceFromItsText) {
  // Rounded to double first, this would lie halfway between two floats and go to the wrong one.
  const ArrayPtr column = decode_column(arrow::float32(), "1.000000059604644775390626\n0.1\n");
  const auto& floats = static_cast<const arrow::FloatArray&>(*column);
  EXPECT_EQ(floats.Value(0), 1.00000011920928955F);
  EXPECT_EQ(floats.Value(1), 0.1F);
}

TEST(CsvDecoder, TellsNullFromTheEmptyString) {
  const auto batch = decode({arrow::field("a", arrow::utf8()), arrow::field("b", arrow::utf8())},
                            ",\"\"\n\"\",\n");
  expect_same(batch->column(0), array_of(arrow::utf8(), R"([null, ""])"));
  expect_same(batch->column(1), array_of(arrow::utf8(), R"(["", null])"));
}

TEST(CsvDecoder, TakesAQuotedNullTokenForText) {
  CsvDialect dialect;
  dialect.null_token = "NA";
  expect_same(decode_column(arrow::utf8(), "NA\n\"NA\"\n", dialect),
              array_of(arrow::utf8(), R"([null, "NA"])"));
}

TEST(CsvDecoder, ReadsQuotedValuesOfAllTypes) {
  const auto batch = decode({arrow::field("i", arrow::int8()), arrow::field("d", arrow::date32())},
                            "\"1\",\"1970-01-02\"\n");
  expect_same(batch->column(0), array_of(arrow::int8(), "[1]"));
  expect_same(batch->column(1), array_of(arrow::date32(), "[1]"));
}

TEST(CsvDecoder, AcceptsBothLineEndingsAndAMissingLastOne) {
  const arrow::FieldVector fields{arrow::field("a", arrow::utf8()),
                                  arrow::field("b", arrow::int8())};
  const auto batch = decode(fields, "x,1\r\n\"y\",2\n\"z\r\n\",\"3\"\r\nlast,4");
  expect_same(batch->column(0), array_of(arrow::utf8(), R"(["x", "y", "z\r\n", "last"])"));
  expect_same(batch->column(1), array_of(arrow::int8(), "[1, 2, 3, 4]"));
}

TEST(CsvDecoder, TakesOneGuardOffEscapedFormulas) {
  CsvDialect dialect;
  dialect.formula_policy = FormulaPolicy::escape;
  const std::string records = "'=1+1\n''=1\n'plain\n'\n\"'@a\"\n";
  expect_same(decode_column(arrow::utf8(), records, dialect),
              array_of(arrow::utf8(), R"(["=1+1", "'=1", "'plain", "'", "@a"])"));
  expect_same(decode_column(arrow::utf8(), "'=1+1\n"), array_of(arrow::utf8(), R"(["'=1+1"])"));
}

TEST(CsvDecoder, TakesQuotesWithinUnquotedFieldsForText) {
  expect_same(decode_column(arrow::utf8(), "5\" disk\na\"\"b\n"),
              array_of(arrow::utf8(), R"(["5\" disk", "a\"\"b"])"));
}

TEST(CsvDecoder, KeepsSpacesAndOtherDelimiters) {
  CsvDialect dialect;
  dialect.delimiter = '\t';
  const auto batch = decode({arrow::field("a", arrow::utf8()), arrow::field("b", arrow::utf8())},
                            " a ,\tb;\n", dialect);
  expect_same(batch->column(0), array_of(arrow::utf8(), R"([" a ,"])"));
  expect_same(batch->column(1), array_of(arrow::utf8(), R"(["b;"])"));
}

TEST(CsvDecoder, ReadsManyBlocksOfRecordsAsOneColumn) {
  std::string records;
  arrow::Int64Builder numbers;
  arrow::StringBuilder words;
  for (int i = 0; i < 50'000; ++i) {
    const std::string word = i % 7 == 0 ? "a \"quoted\" word" : std::string(i % 40, 'w');
    const std::string quoted = i % 7 == 0 ? "\"a \"\"quoted\"\" word\"" : '"' + word + '"';
    records += (i % 3 == 0 ? "" : std::to_string(i)) + "," + quoted + "\n";
    ASSERT_TRUE((i % 3 == 0 ? numbers.AppendNull() : numbers.Append(i)).ok());
    ASSERT_TRUE(words.Append(word).ok());
  }
  const auto batch =
      decode({arrow::field("n", arrow::int64()), arrow::field("w", arrow::utf8())}, records);
  expect_same(batch->column(0), value_or_throw(numbers.Finish(), "build"));
  expect_same(batch->column(1), value_or_throw(words.Finish(), "build"));
}

TEST(CsvDecoder, MakesNoRowsOfNoText) {
  EXPECT_EQ(decode({arrow::field("a", arrow::int8())}, "")->num_rows(), 0);
}

TEST(CsvDecoder, NamesRecordColumnAndTextOfABadValue) {
  const CsvDecoder decoder(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("price", arrow::float64())}),
      {});
  const auto error = error_of(
      [&] { decoder.decode("1,2.5\n2,cheap\n", 41, "sales.csv", arrow::default_memory_pool()); });
  EXPECT_EQ(error->kind(), ErrorKind::corrupt);
  EXPECT_THAT(error->message(), AllOf(HasSubstr("sales.csv"), HasSubstr("record 42"),
                                      HasSubstr("'price'"), HasSubstr("'cheap' is no double")));
}

TEST(CsvDecoder, SaysHowManyFieldsARaggedRecordHas) {
  const arrow::FieldVector fields{arrow::field("a", arrow::utf8()),
                                  arrow::field("b", arrow::utf8())};
  for (const auto& [records, message] : std::vector<std::pair<std::string, std::string>>{
           {"1,2\n1,2,3\n", "record 2 has 3 fields, the header names 2"},
           {"1,2\n1\n", "record 2 has 1 field, the header names 2"},
           {"1,2\n\"a,\nb\"\n", "record 2 has 1 field, the header names 2"}}) {
    const auto error = error_of([&] { decode(fields, records); });
    EXPECT_THAT(error->message(), HasSubstr(message)) << records;
  }
}

TEST(CsvDecoder, RefusesWhatIsNoValueOfTheType) {
  EXPECT_THAT(why_not(arrow::int8(), "128\n"), HasSubstr("'128' is no int8"));
  EXPECT_THAT(why_not(arrow::int64(), "9223372036854775808\n"), HasSubstr("is no int64"));
  EXPECT_THAT(why_not(arrow::uint8(), "-1\n"), HasSubstr("'-1'"));
  EXPECT_THAT(why_not(arrow::int32(), "\"\"\n"), HasSubstr("quoted ''"));
  for (const char* text : {"+5", " 5", "5 ", "0x10", "1,5", "-", "1e3", "\xC2\xB2"})
    EXPECT_THAT(why_not(arrow::int32(), '"' + std::string(text) + "\"\n"),
                HasSubstr("is no int32"));
  for (const char* text :
       {"NAN", "Inf", "+INF", "Infinity", "1e400", ".", "-", "1e", "e5", "1.2.3", "0x1p3"})
    EXPECT_THAT(why_not(arrow::float64(), std::string(text) + "\n"), HasSubstr("is no double"));
  for (const char* text : {"TRUE", "1", "t"})
    EXPECT_THAT(why_not(arrow::boolean(), std::string(text) + "\n"), HasSubstr("is no bool"));
  for (const char* text :
       {"2023-02-29", "2024-13-01", "24-01-01", "2024-1-1", "20240101", "10000-01-01",
        "2024-01-01T00:00:00", "+999999999999-01-01", "+9999999999999-01-01"})
    EXPECT_THAT(why_not(arrow::date32(), std::string(text) + "\n"), HasSubstr("is no date32"));
  for (const char* text : {"24:00:00", "12:60:00", "12:00:60", "12:00", "12:00:00.5"})
    EXPECT_THAT(why_not(arrow::time32(arrow::TimeUnit::SECOND), std::string(text) + "\n"),
                HasSubstr("is no time32"));
  const TypePtr nanoseconds = arrow::timestamp(arrow::TimeUnit::NANO);
  for (const char* text : {"2262-04-11T23:47:16.854775808", "1677-09-21T00:12:43.145224191",
                           "2024-01-01", "2024-01-01T", "2024-01-01X00:00:00",
                           "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.1234567890"})
    EXPECT_THAT(why_not(nanoseconds, std::string(text) + "\n"), HasSubstr("is no timestamp"));
  EXPECT_THAT(why_not(arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"), "2024-01-01T00:00:00\n"),
              HasSubstr("is no timestamp"));
  for (const char* text : {"1.234", "12345.6", "1e2", "", "-", "1.", "--1"})
    EXPECT_THAT(why_not(arrow::decimal128(5, 2), '"' + std::string(text) + "\"\n"),
                HasSubstr("is no decimal128(5, 2)"));
  EXPECT_THAT(why_not(arrow::decimal128(4, -2), "1250\n"), HasSubstr("is no decimal128"));
  for (const char* text : {"YQ", "YQ=", "YR==", "Y===", "YQ==YQ==", "*A==", "===="})
    EXPECT_THAT(why_not(arrow::binary(), std::string(text) + "\n"), HasSubstr("is no binary"));
  EXPECT_THAT(why_not(arrow::fixed_size_binary(2), "YWJj\n"), HasSubstr("is no fixed_size_binary"));
  EXPECT_THAT(why_not(arrow::null(), "x\n"), HasSubstr("is no null"));
}

TEST(CsvDecoder, RefusesQuotesThatNeverCloseOrCloseTooEarly) {
  EXPECT_THAT(why_not(arrow::utf8(), "a\n\"b\n"),
              AllOf(HasSubstr("record 2"), HasSubstr("never ends")));
  EXPECT_THAT(why_not(arrow::utf8(), "\""), HasSubstr("never ends"));
  EXPECT_THAT(why_not(arrow::utf8(), "\"\"\""), HasSubstr("never ends"));
  EXPECT_THAT(why_not(arrow::utf8(), "\"a\"b\n"), HasSubstr("text follows the closing quote"));
  EXPECT_THAT(why_not(arrow::utf8(), "\"a\" \n"), HasSubstr("text follows the closing quote"));
  EXPECT_THAT(why_not(arrow::utf8(), "\"a\"\rb\n"), HasSubstr("text follows the closing quote"));
}

TEST(CsvDecoder, RefusesBytesThatAreNotUtf8) {
  for (const char* bytes : {"\xFF", "\xC3", "\xED\xA0\x80", "\xC0\x80", "\xF5\x80\x80\x80"})
    EXPECT_THAT(
        why_not(arrow::utf8(), "ok\n" + std::string(bytes) + "\n"),
        AllOf(HasSubstr("record 2, column 'x'"), HasSubstr("not UTF-8"), HasSubstr("iconv")));
  // Beyond the first block, and in a block after one that is not ASCII.
  std::string records = "\xC3\xBC\n";
  for (int i = 0; i < 20'000; ++i) records += "plain\n";
  EXPECT_THAT(why_not(arrow::utf8(), records + "\xFF\n"), HasSubstr("record 20002"));
}

TEST(CsvDecoder, KeepsNulBytesOfStrings) {
  const ArrayPtr column = decode_column(arrow::utf8(), std::string("a\0b\n", 4));
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*column).GetString(0), std::string("a\0b", 3));
}

TEST(CsvDecoder, RefusesATableWithoutColumns) {
  EXPECT_THROW(CsvDecoder(arrow::schema({}), {}), Error);
}

}  // namespace
}  // namespace cairn::formats
