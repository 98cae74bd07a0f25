#include "formats/json_text_reader.h"

#include <arrow/api.h>
#include <gmock/gmock.h>

#include <string>

#include "support/arrow_values.h"

namespace cairn::formats {
namespace {

using cairn::testing::array_of;
using TypePtr = std::shared_ptr<arrow::DataType>;

bool reads(const TypePtr& type, const std::string& text) {
  return JsonTextReader(type, arrow::default_memory_pool()).append(text);
}

TEST(JsonTextReader, KeepsNumbersExactAtAnyDepth) {
  const TypePtr type = arrow::list(arrow::struct_({
      arrow::field("u", arrow::uint64()),
      arrow::field("d", arrow::decimal128(38, 1)),
      arrow::field("f", arrow::float32()),
  }));
  JsonTextReader reader(type, arrow::default_memory_pool());
  ASSERT_TRUE(reader.append(
      R"([{"u":18446744073709551615,"d":"1234567890123456789012345678901234567.8","f":0.1}])"));
  reader.append_null();
  ASSERT_TRUE(reader.append("[null]"));
  const auto array = reader.finish();
  const arrow::Status valid = array->ValidateFull();
  EXPECT_TRUE(valid.ok()) << valid.ToString();
  const auto expected = array_of(
      type,
      R"([[{"u": 18446744073709551615, "d": "1234567890123456789012345678901234567.8", "f": 0.1}],
              null, [null]])");
  EXPECT_TRUE(array->Equals(*expected)) << array->ToString();
}

TEST(JsonTextReader, TakesMembersInAnyOrder) {
  const TypePtr type =
      arrow::struct_({arrow::field("a", arrow::int8()), arrow::field("b", arrow::utf8())});
  EXPECT_TRUE(reads(type, R"({"b":"x","a":1})"));
}

TEST(JsonTextReader, RefusesMembersThatAreMissingUnknownOrThereTwice) {
  const TypePtr type =
      arrow::struct_({arrow::field("a", arrow::int8()), arrow::field("b", arrow::utf8())});
  for (const char* text :
       {R"({"a":1})", R"({"a":1,"b":"x","c":1})", R"({"a":1,"a":2,"b":"x"})", "{}"})
    EXPECT_FALSE(reads(type, text)) << text;
}

TEST(JsonTextReader, RefusesWhatTheTypeHasNoPlaceFor) {
  const TypePtr list = arrow::list(arrow::int8());
  for (const char* text : {"[1,[2]]", "{}", "1", "\"[1]\"", "[1.0]", "[true]", "[\"1\"]", "[300]"})
    EXPECT_FALSE(reads(list, text)) << text;
  const TypePtr map = arrow::map(arrow::utf8(), arrow::int8());
  for (const char* text : {R"([["k"]])", R"([["k",1,2]])", R"([[null,1]])", R"(["k",1])",
                           R"([null])", R"([{"k":1}])", R"({"k":1})", R"([[["k",1]]])"})
    EXPECT_FALSE(reads(map, text)) << text;
  for (const char* text : {"[1]", "[1,2,3]", "[]"})
    EXPECT_FALSE(reads(arrow::fixed_size_list(arrow::int8(), 2), text)) << text;
  for (const char* text : {R"({"days":1})", R"({"days":null,"milliseconds":1})", "[1,2]"})
    EXPECT_FALSE(reads(arrow::day_time_interval(), text)) << text;
  EXPECT_FALSE(reads(arrow::list(arrow::utf8()), "[1]"));
  EXPECT_FALSE(reads(arrow::list(arrow::boolean()), "[\"true\"]"));
}

TEST(JsonTextReader, RefusesTextThatIsNotOneJsonValue) {
  for (const char* text :
       {"", "[", "[1", "[1]]", "[1] x", "[01]", "[1,]", "[1e999]", "nul", "\xFF"})
    EXPECT_FALSE(reads(arrow::list(arrow::float64()), text)) << text;
}

TEST(JsonTextReader, RefusesHostileDepthAtOnce) {
  EXPECT_FALSE(reads(arrow::list(arrow::int8()), std::string(1'000'000, '[')));
  EXPECT_FALSE(reads(arrow::map(arrow::utf8(), arrow::int8()), std::string(1'000'000, '[')));
}

}  // namespace
}  // namespace cairn::formats
