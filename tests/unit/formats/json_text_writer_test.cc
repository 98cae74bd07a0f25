#include <gtest/gtest.h>

#include <limits>
#include <string>

#include <arrow/api.h>

#include "cairn/error.h"
#include "data/arrow_error.h"
#include "formats/json_text.h"
#include "support/arrow_values.h"

namespace cairn::formats {
namespace {

using Type = std::shared_ptr<arrow::DataType>;
using testing::array_of;
using Array = std::shared_ptr<arrow::Array>;

std::string json_of(const Array& values, int64_t row = 0) {
  std::string text;
  json_appender(values)(row, text);
  return text;
}

// The text of [value] as an item of a list.
std::string item(const Type& type, const std::string& json) {
  return json_of(array_of(arrow::list(type), "[[" + json + "]]"));
}

TEST(JsonText, WritesNullsAtEveryLevel) {
  const Type type = arrow::list(arrow::struct_({arrow::field("a", arrow::list(arrow::int8()))}));
  const Array values = array_of(type, R"([null, [null, {"a": null}, {"a": [null, 1]}]])");
  EXPECT_EQ(json_of(values, 0), "null");
  EXPECT_EQ(json_of(values, 1), R"([null,{"a":null},{"a":[null,1]}])");
}

TEST(JsonText, WritesIntegersExactlyAndBoolsAsLiterals) {
  EXPECT_EQ(item(arrow::int64(), "9223372036854775807"), "[9223372036854775807]");
  EXPECT_EQ(item(arrow::uint64(), "18446744073709551615"), "[18446744073709551615]");
  EXPECT_EQ(item(arrow::boolean(), "true, false"), "[true,false]");
  EXPECT_EQ(item(arrow::duration(arrow::TimeUnit::SECOND), "5"), "[5]");
}

TEST(JsonText, WritesFloatsAsNumbersAndWhatIsNoNumberAsStrings) {
  EXPECT_EQ(item(arrow::float64(), "0.1, -0.0, 1e300"), "[0.1,-0.0,1e+300]");
  EXPECT_EQ(item(arrow::float64(), "NaN, Inf, -Inf"), R"(["NaN","INF","-INF"])");
}

TEST(JsonText, WritesDecimalsAndTimesAsStrings) {
  EXPECT_EQ(item(arrow::decimal128(5, 2), R"("1.50")"), R"(["1.50"])");
  EXPECT_EQ(item(arrow::date32(), "0"), R"(["1970-01-01"])");
  EXPECT_EQ(item(arrow::timestamp(arrow::TimeUnit::SECOND, "UTC"), "0"),
            R"(["1970-01-01T00:00:00Z"])");
}

TEST(JsonText, EscapesWhatJsonMustAndNothingElse) {
  EXPECT_EQ(item(arrow::utf8(), R"("a\"b\\c/d\n\r\t\b\f\u0001ä\u007f")"),
            "[\"a\\\"b\\\\c/d\\n\\r\\t\\b\\f\\u0001ä\x7f\"]");
}

TEST(JsonText, WritesBinaryAsBase64) {
  EXPECT_EQ(item(arrow::binary(), R"("abc", "")"), R"(["YWJj",""])");
  EXPECT_EQ(item(arrow::fixed_size_binary(3), R"("abc")"), R"(["YWJj"])");
}

TEST(JsonText, WritesMapsAsPairsWhateverTheirKeys) {
  EXPECT_EQ(
      json_of(array_of(arrow::map(arrow::int8(), arrow::utf8()), R"([[[1, "x"], [1, null]]])")),
      R"([[1,"x"],[1,null]])");
}

TEST(JsonText, WritesListsOfEveryLayoutAlike) {
  const std::string json = "[[1, null], [3, 4]]";
  for (const Type& type : {arrow::list(arrow::int8()), arrow::large_list(arrow::int8()),
                           arrow::list_view(arrow::int8()), arrow::large_list_view(arrow::int8()),
                           arrow::fixed_size_list(arrow::int8(), 2)}) {
    const Array values = array_of(type, json);
    EXPECT_EQ(json_of(values, 0), "[1,null]") << type->ToString();
    EXPECT_EQ(json_of(values->Slice(1), 0), "[3,4]") << type->ToString();
  }
}

TEST(JsonText, DecodesDictionariesAndRuns) {
  const Array values =
      array_of(arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["x", null, "x"])");
  EXPECT_EQ(json_of(values, 2), R"("x")");
  EXPECT_EQ(json_of(values, 1), "null");
  const Array runs =
      value_or_throw(arrow::RunEndEncodedArray::Make(5, array_of(arrow::int32(), "[2, 5]"),
                                                     array_of(arrow::utf8(), R"(["a", null])")),
                     "build a test array");
  EXPECT_EQ(json_of(runs, 1), R"("a")");
  EXPECT_EQ(json_of(runs->Slice(1), 1), "null");
}

TEST(JsonText, WritesIntervalsOfDaysAsObjects) {
  EXPECT_EQ(item(arrow::day_time_interval(), "[1, -5]"), R"([{"days":1,"milliseconds":-5}])");
  EXPECT_EQ(item(arrow::month_day_nano_interval(), "[1, 2, 3]"),
            R"([{"months":1,"days":2,"nanoseconds":3}])");
}

TEST(JsonText, HasNoTextForUnionsAndAmbiguousStructs) {
  const Type one_union = arrow::sparse_union({arrow::field("i", arrow::int8())});
  EXPECT_THROW(json_appender(array_of(arrow::list(one_union), "[[[0, 1]]]")), Error);
  const Type ambiguous =
      arrow::struct_({arrow::field("s", arrow::int8()), arrow::field("s", arrow::int8())});
  EXPECT_THROW(json_appender(value_or_throw(arrow::MakeArrayOfNull(ambiguous, 1), "build")), Error);
}

}  // namespace
}  // namespace cairn::formats
