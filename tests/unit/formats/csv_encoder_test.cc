#include "formats/csv/csv_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <string_view>

#include <arrow/api.h>

#include "cairn/error.h"
#include "data/arrow_error.h"
#include "support/arrow_values.h"
#include "support/errors.h"

namespace cairn::formats {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using testing::array_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Type = std::shared_ptr<arrow::DataType>;
using Array = std::shared_ptr<arrow::Array>;

Rows rows_of(const std::vector<Array>& columns) {
  arrow::FieldVector fields;
  for (size_t i = 0; i < columns.size(); ++i)
    fields.push_back(arrow::field(std::string(1, static_cast<char>('a' + i)), columns[i]->type()));
  return {arrow::RecordBatch::Make(arrow::schema(fields), columns.front()->length(), columns)};
}

EncodedUnit encode(const Rows& rows, const CsvDialect& dialect = {}) {
  return encode_csv(rows, dialect, arrow::default_memory_pool());
}

std::string csv(const Rows& rows, const CsvDialect& dialect = {}) {
  return encode(rows, dialect).bytes->ToString();
}

// The records of one column, as lines.
std::string csv(const Type& type, const std::string& json, const CsvDialect& dialect = {}) {
  return csv(rows_of({array_of(type, json)}), dialect);
}

std::string csv(const Array& column, const CsvDialect& dialect = {}) {
  return csv(rows_of({column}), dialect);
}

CsvDialect with_policy(FormulaPolicy policy) {
  CsvDialect dialect;
  dialect.formula_policy = policy;
  return dialect;
}

CsvDialect with_quoting(CsvDialect::Quoting quoting) {
  CsvDialect dialect;
  dialect.quoting = quoting;
  return dialect;
}

CsvDialect with_null_token(const char* token) {
  CsvDialect dialect;
  dialect.null_token = token;
  return dialect;
}

TEST(CsvEncoder, WritesNullAsBareFieldAndEmptyStringQuoted) {
  EXPECT_EQ(csv(rows_of({array_of(arrow::utf8(), R"(["x", null, ""])"),
                         array_of(arrow::int32(), "[1, null, 3]")})),
            "x,1\n,\n\"\",3\n");
}

TEST(CsvEncoder, WritesTheNullTokenUnquotedUnderEveryQuoting) {
  for (const auto quoting : {CsvDialect::Quoting::minimal, CsvDialect::Quoting::strings}) {
    CsvDialect dialect = with_null_token("NULL");
    dialect.quoting = quoting;
    EXPECT_EQ(
        csv(rows_of({array_of(arrow::utf8(), R"([null, ""])"),
                     array_of(arrow::int32(), "[null, 1]"), array_of(arrow::null(), "[null, null]"),
                     array_of(arrow::list(arrow::int8()), "[null, null]")}),
            dialect),
        "NULL,NULL,NULL,NULL\n\"\",1,NULL,NULL\n");
  }
}

TEST(CsvEncoder, QuotesTextOnlyWhereItCouldBeMisread) {
  EXPECT_EQ(csv(arrow::utf8(),
                R"(["plain", "a,b", "say \"hi\"", "a\nb", "a\rb", " x", "x ", "x y", "ä"])"),
            "plain\n\"a,b\"\n\"say \"\"hi\"\"\"\n\"a\nb\"\n\"a\rb\"\n\" x\"\n\"x \"\nx y\nä\n");
}

TEST(CsvEncoder, FindsASpecialByteAtEveryPlaceOfTextOfEveryLength) {
  for (size_t length = 1; length <= 40; ++length) {
    for (size_t place = 0; place < length; ++place) {
      std::string text(length, '-');
      text[place] = ',';
      arrow::StringBuilder strings;
      check(strings.Append(text), "append");
      ASSERT_EQ(csv(strings.Finish().ValueOrDie()), "\"" + text + "\"\n");
    }
  }
}

TEST(CsvEncoder, QuotesTheDelimiterInUseAndNoOther) {
  CsvDialect dialect;
  dialect.delimiter = ';';
  EXPECT_EQ(csv(arrow::utf8(), R"(["a,b", "a;b"])", dialect), "a,b\n\"a;b\"\n");
}

TEST(CsvEncoder, QuotesAllTextOrAllFieldsWhenAsked) {
  const Rows rows =
      rows_of({array_of(arrow::utf8(), R"(["x", null])"), array_of(arrow::int32(), "[1, 2]"),
               array_of(arrow::binary(), R"(["abc", ""])")});
  EXPECT_EQ(csv(rows, with_quoting(CsvDialect::Quoting::strings)), "\"x\",1,\"YWJj\"\n,2,\"\"\n");
  EXPECT_EQ(csv(rows, with_quoting(CsvDialect::Quoting::all)),
            "\"x\",\"1\",\"YWJj\"\n,\"2\",\"\"\n");
}

TEST(CsvEncoder, EndsRecordsInCrLfWhenAsked) {
  CsvDialect dialect;
  dialect.crlf = true;
  EXPECT_EQ(csv(arrow::int8(), "[1, 2]", dialect), "1\r\n2\r\n");
}

TEST(CsvEncoder, RefusesAValueThatEqualsTheNullToken) {
  for (const Type& type : {arrow::utf8(), arrow::large_utf8(), arrow::utf8_view()}) {
    const auto error = error_of([&] { csv(type, R"(["x", "NULL"])", with_null_token("NULL")); });
    EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
    EXPECT_THAT(error->message(), HasSubstr("column 'a'"));
    EXPECT_THAT(error->message(), HasSubstr("'NULL'"));
    EXPECT_THAT(error->next_step(), HasSubstr("another null token"));
  }
}

TEST(CsvEncoder, RefusesBinaryWhoseBase64EqualsTheNullToken) {
  EXPECT_THROW(csv(arrow::binary(), R"(["5\u0002\u000b"])", with_null_token("NQIL")), Error);
}

TEST(CsvEncoder, RefusesStringsThatAreNotUtf8) {
  const auto bytes = array_of(arrow::binary(), R"(["x"])");
  auto data = bytes->data()->Copy();
  data->type = arrow::utf8();
  data->buffers[2] = arrow::Buffer::FromString("\xFF");
  const auto error = error_of([&] { csv(arrow::MakeArray(data)); });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("column 'a'"));
}

TEST(CsvEncoder, WritesStringsOfEveryLayoutAlike) {
  const std::string json = R"(["", "short", "longer than what a view holds inline", null, "a,b"])";
  const std::string expected = csv(arrow::utf8(), json);
  EXPECT_EQ(expected, "\"\"\nshort\nlonger than what a view holds inline\n\n\"a,b\"\n");
  EXPECT_EQ(csv(arrow::large_utf8(), json), expected);
  EXPECT_EQ(csv(arrow::utf8_view(), json), expected);
  EXPECT_EQ(csv(arrow::dictionary(arrow::int8(), arrow::utf8()), json), expected);
}

TEST(CsvEncoder, WritesScalarsAsTheFormatSays) {
  EXPECT_EQ(csv(arrow::boolean(), "[true, false]"), "true\nfalse\n");
  EXPECT_EQ(csv(arrow::int8(), "[-128]"), "-128\n");
  EXPECT_EQ(csv(arrow::int64(), "[-9223372036854775808]"), "-9223372036854775808\n");
  EXPECT_EQ(csv(arrow::uint64(), "[18446744073709551615]"), "18446744073709551615\n");
  EXPECT_EQ(csv(arrow::float64(), "[0.1, -0.0, 1, 1e300, 0.30000000000000004]"),
            "0.1\n-0.0\n1.0\n1e+300\n0.30000000000000004\n");
  EXPECT_EQ(csv(arrow::float32(), "[0.1]"), "0.1\n");
  EXPECT_EQ(csv(arrow::float16(), "[0.1]"), "0.1\n");
  EXPECT_EQ(csv(arrow::duration(arrow::TimeUnit::MILLI), "[-5]"), "-5\n");
  EXPECT_EQ(csv(arrow::month_interval(), "[14]"), "14\n");
}

TEST(CsvEncoder, WritesDecimalsOfEveryWidthAtFullScale) {
  for (const Type& type : {arrow::decimal32(9, 2), arrow::decimal64(18, 2),
                           arrow::decimal128(38, 2), arrow::decimal256(76, 2)})
    EXPECT_EQ(csv(type, R"(["-0.50", "1234567.89", "0.00"])"), "-0.50\n1234567.89\n0.00\n");
  EXPECT_EQ(csv(arrow::decimal128(38, 10), R"(["-1234567890123456789012345678.0123456789"])"),
            "-1234567890123456789012345678.0123456789\n");
  EXPECT_EQ(csv(arrow::decimal128(38, 0), R"(["9223372036854775808", "-9223372036854775808"])"),
            "9223372036854775808\n-9223372036854775808\n");
}

TEST(CsvEncoder, WritesTimesWithTheDigitsOfTheirUnit) {
  EXPECT_EQ(csv(arrow::date32(), "[19782]"), "2024-02-29\n");
  EXPECT_EQ(csv(arrow::date64(), "[86400000]"), "1970-01-02\n");
  EXPECT_EQ(csv(arrow::time32(arrow::TimeUnit::SECOND), "[86399]"), "23:59:59\n");
  EXPECT_EQ(csv(arrow::time64(arrow::TimeUnit::NANO), "[1]"), "00:00:00.000000001\n");
  EXPECT_EQ(csv(arrow::timestamp(arrow::TimeUnit::MICRO), "[0]"), "1970-01-01T00:00:00.000000\n");
  EXPECT_EQ(csv(arrow::timestamp(arrow::TimeUnit::SECOND, "Asia/Tokyo"), "[0]"),
            "1970-01-01T00:00:00Z\n");
}

TEST(CsvEncoder, RefusesTimesThatTheirTypeForbids) {
  EXPECT_THROW(csv(arrow::time32(arrow::TimeUnit::SECOND), "[86400]"), Error);
  EXPECT_THROW(csv(arrow::time64(arrow::TimeUnit::MICRO), "[-1]"), Error);
  EXPECT_THROW(csv(arrow::date64(), "[1]"), Error);
}

TEST(CsvEncoder, WritesBinaryAsBase64) {
  for (const Type& type : {arrow::binary(), arrow::large_binary(), arrow::binary_view()})
    EXPECT_EQ(csv(type, R"(["abc", "", null])"), "YWJj\n\"\"\n\n");
  EXPECT_EQ(csv(arrow::fixed_size_binary(3), R"(["abc", null])"), "YWJj\n\n");
}

TEST(CsvEncoder, WritesNestedValuesAsJson) {
  EXPECT_EQ(csv(arrow::list(arrow::int64()), "[[1, null, 3], [], null]"), "\"[1,null,3]\"\n[]\n\n");
  EXPECT_EQ(
      csv(arrow::struct_({arrow::field("a", arrow::int8()), arrow::field("b", arrow::utf8())}),
          R"([{"a": 1, "b": "x"}, null])"),
      "\"{\"\"a\"\":1,\"\"b\"\":\"\"x\"\"}\"\n\n");
  EXPECT_EQ(csv(arrow::map(arrow::utf8(), arrow::int8()), R"([[["k", 1], ["l", null]]])"),
            "\"[[\"\"k\"\",1],[\"\"l\"\",null]]\"\n");
}

TEST(CsvEncoder, WritesDictionariesAndRunsAsTheirValues) {
  EXPECT_EQ(csv(arrow::dictionary(arrow::int32(), arrow::utf8()), R"(["b", "a", null, "b", ""])"),
            "b\na\n\nb\n\"\"\n");
  const auto runs =
      value_or_throw(arrow::RunEndEncodedArray::Make(7, array_of(arrow::int32(), "[2, 5, 7]"),
                                                     array_of(arrow::float64(), "[1.5, null, 2]")),
                     "build a test array");
  EXPECT_EQ(csv(runs), "1.5\n1.5\n\n\n\n2.0\n2.0\n");
  EXPECT_EQ(csv(runs->Slice(1, 5)), "1.5\n\n\n\n2.0\n");
}

TEST(CsvEncoder, IgnoresDictionaryValuesThatNoRowUses) {
  const auto dictionary = value_or_throw(
      arrow::DictionaryArray::FromArrays(array_of(arrow::int8(), "[0, 0]"),
                                         array_of(arrow::utf8(), R"(["x", "NULL", "=1"])")),
      "build a test array");
  CsvDialect dialect = with_null_token("NULL");
  dialect.formula_policy = FormulaPolicy::reject;
  EXPECT_EQ(csv(dictionary, dialect), "x\nx\n");
}

TEST(CsvEncoder, WritesOnlyTheRowsOfASlice) {
  const Rows rows =
      rows_of({array_of(arrow::utf8(), R"(["a", "b", "", null, "e"])"),
               array_of(arrow::int32(), "[1, 2, null, 4, 5]"),
               array_of(arrow::boolean(), "[true, false, true, false, true]"),
               array_of(arrow::decimal128(5, 1), R"(["0.1", "0.2", "0.3", "0.4", "0.5"])"),
               array_of(arrow::list(arrow::int8()), "[[1], [2], [3], [4], [5]]"),
               array_of(arrow::struct_({arrow::field("s", arrow::int8())}),
                        R"([{"s": 1}, {"s": 2}, {"s": 3}, {"s": 4}, {"s": 5}])")});
  EXPECT_EQ(csv({rows[0]->Slice(1, 3)}),
            "b,2,false,0.2,[2],\"{\"\"s\"\":2}\"\n"
            "\"\",,true,0.3,[3],\"{\"\"s\"\":3}\"\n"
            ",4,false,0.4,[4],\"{\"\"s\"\":4}\"\n");
}

TEST(CsvEncoder, WritesTheSameBytesHoweverRowsAreBatched) {
  std::mt19937 random(3);
  arrow::StringBuilder strings;
  arrow::DoubleBuilder numbers;
  constexpr int64_t kRows = 5000;
  for (int64_t i = 0; i < kRows; ++i) {
    const std::string_view texts[] = {"", "plain", "a,b", "\"",
                                      "a longer text of over 32 bytes, too"};
    check(random() % 7 == 0 ? strings.AppendNull() : strings.Append(texts[random() % 5]), "append");
    check(random() % 7 == 0 ? numbers.AppendNull() : numbers.Append(random() / 1e3), "append");
  }
  const Rows whole = rows_of({strings.Finish().ValueOrDie(), numbers.Finish().ValueOrDie()});
  Rows pieces;
  for (int64_t first = 0; first < kRows; first += 1300)
    pieces.push_back(whole[0]->Slice(first, 1300));
  const EncodedUnit unit = encode(pieces);
  EXPECT_EQ(unit.rows, kRows);
  EXPECT_EQ(unit.bytes->ToString(), csv(whole));
}

TEST(CsvEncoder, WritesRowsThatGrowBeyondWhatTheFirstOnesPromise) {
  arrow::StringBuilder strings;
  std::string expected;
  for (int i = 0; i < 4000; ++i) {
    const std::string text(static_cast<size_t>(i / 10 + 1), 'x');
    check(strings.Append(text), "append");
    expected += text + "\n";
  }
  EXPECT_EQ(csv(strings.Finish().ValueOrDie()), expected);
}

TEST(CsvEncoder, WritesNothingForNoRows) {
  EXPECT_EQ(csv(arrow::int8(), "[]"), "");
  EXPECT_EQ(encode({}).rows, 0);
}

TEST(CsvEncoder, CountsFormulasInStringColumnsOnly) {
  const EncodedUnit unit = encode(rows_of(
      {array_of(arrow::utf8(), R"(["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "x=1", null])"),
       array_of(arrow::int8(), "[-1, -1, -1, -1, -1, -1, -1, -1, -1]"),
       array_of(arrow::dictionary(arrow::int8(), arrow::utf8()),
                R"(["=1", "=1", "x", "x", "x", null, "x", "x", "=1"])")}));
  EXPECT_THAT(unit.formula_cells, ElementsAre(7, 0, 3));
}

TEST(CsvEncoder, KeepsFormulasAsTheyAreByDefault) {
  EXPECT_EQ(csv(arrow::utf8(), R"(["=1+1", "'=1"])"), "=1+1\n'=1\n");
}

TEST(CsvEncoder, GuardsFormulasUnderEscape) {
  const CsvDialect dialect = with_policy(FormulaPolicy::escape);
  EXPECT_EQ(csv(arrow::utf8(), R"(["=1", "=A1,B1", "\tx", "－1", "x", "'x", ""])", dialect),
            "'=1\n\"'=A1,B1\"\n'\tx\n'－1\nx\n'x\n\"\"\n");
}

TEST(CsvEncoder, GuardsGuardedFormulasOnceMoreSoThatTakingOneOffIsExact) {
  const CsvDialect dialect = with_policy(FormulaPolicy::escape);
  EXPECT_EQ(csv(arrow::utf8(), R"(["'=1", "''=1"])", dialect), "''=1\n'''=1\n");
  EXPECT_THAT(encode(rows_of({array_of(arrow::utf8(), R"(["'=1"])")}), dialect).formula_cells,
              ElementsAre(0));
}

TEST(CsvEncoder, NamesColumnAndTextOfARejectedFormula) {
  const auto error =
      error_of([] { csv(arrow::utf8(), R"(["x", "=cmd"])", with_policy(FormulaPolicy::reject)); });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("column 'a'"));
  EXPECT_THAT(error->message(), HasSubstr("=cmd"));
}

TEST(CsvHeader, HasTheColumnNamesQuotedWhereNeeded) {
  const auto schema =
      arrow::schema({arrow::field("id", arrow::int8()), arrow::field("a,b", arrow::int8()),
                     arrow::field("", arrow::int8())});
  EXPECT_EQ(csv_header(*schema, {}), "id,\"a,b\",\"\"\n");
  EXPECT_EQ(csv_header(*schema, with_quoting(CsvDialect::Quoting::all)), "\"id\",\"a,b\",\"\"\n");
}

TEST(CsvHeader, QuotesANameThatEqualsTheNullToken) {
  const auto schema =
      arrow::schema({arrow::field("NA", arrow::int8()), arrow::field("b", arrow::int8())});
  for (const auto quoting : {CsvDialect::Quoting::minimal, CsvDialect::Quoting::all}) {
    CsvDialect dialect = with_null_token("NA");
    dialect.quoting = quoting;
    EXPECT_THAT(csv_header(*schema, dialect), ::testing::StartsWith("\"NA\","));
  }
}

TEST(CsvHeader, FollowsByteOrderMarkLineEndingAndAbsence) {
  const auto schema = arrow::schema({arrow::field("x", arrow::int8())});
  CsvDialect dialect;
  dialect.bom = true;
  dialect.crlf = true;
  EXPECT_EQ(csv_header(*schema, dialect), "\xEF\xBB\xBFx\r\n");
  dialect.header = false;
  EXPECT_EQ(csv_header(*schema, dialect), "\xEF\xBB\xBF");
  EXPECT_EQ(csv_header(*schema, with_policy(FormulaPolicy::escape)), "x\n");
}

TEST(CsvHeader, TreatsNamesThatAreFormulasLikeCells) {
  const auto schema = arrow::schema({arrow::field("=1", arrow::int8())});
  EXPECT_EQ(csv_header(*schema, {}), "=1\n");
  EXPECT_EQ(csv_header(*schema, with_policy(FormulaPolicy::escape)), "'=1\n");
  EXPECT_THROW(csv_header(*schema, with_policy(FormulaPolicy::reject)), Error);
}

TEST(CsvSchema, RefusesDuplicateColumnNamesByName) {
  const auto schema =
      arrow::schema({arrow::field("x", arrow::int8()), arrow::field("y", arrow::int8()),
                     arrow::field("x", arrow::int8())});
  const auto error = error_of([&] { check_csv_schema(*schema); });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("'x'"));
}

TEST(CsvSchema, RefusesATableWithoutColumns) {
  EXPECT_EQ(error_kind_of([] { check_csv_schema(*arrow::schema({})); }), ErrorKind::unsupported);
}

TEST(CsvSchema, RefusesUnionsAndAmbiguousStructsAtAnyDepth) {
  const Type one_union = arrow::dense_union({arrow::field("i", arrow::int8())});
  const Type ambiguous =
      arrow::struct_({arrow::field("s", arrow::int8()), arrow::field("s", arrow::int8())});
  for (const Type& type :
       {one_union, arrow::list(one_union), ambiguous, arrow::map(arrow::utf8(), ambiguous)}) {
    const auto error =
        error_of([&] { check_csv_schema(*arrow::schema({arrow::field("bad", type)})); });
    EXPECT_EQ(error->kind(), ErrorKind::unsupported);
    EXPECT_THAT(error->message(), HasSubstr("column 'bad'"));
  }
}

}  // namespace
}  // namespace cairn::formats
