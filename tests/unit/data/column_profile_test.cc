#include "data/column_profile.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cairn/error.h"
#include "support/arrow_values.h"

namespace cairn::data {
namespace {

using testing::array_of;
using testing::batch_of;
using ::testing::Optional;

ColumnProfile profile_of(const std::shared_ptr<arrow::Array>& column) {
  return profile_columns(*batch_of(column)).front();
}

ColumnProfile profile_of(const std::shared_ptr<arrow::DataType>& type, const std::string& json) {
  return profile_of(array_of(type, json));
}

TEST(ColumnProfile, CountsRowsNullsEmptiesAndNans) {
  const ColumnProfile strings = profile_of(arrow::utf8(), R"(["a", null, "", "", "bcd"])");
  EXPECT_EQ(strings.name, "x");
  EXPECT_EQ(strings.rows, 5);
  EXPECT_EQ(strings.nulls, 1);
  EXPECT_EQ(strings.empties, 2);
  EXPECT_EQ(strings.min_length, 0);
  EXPECT_EQ(strings.max_length, 3);
  EXPECT_EQ(strings.distinct.count(), 3);
  const ColumnProfile floats = profile_of(arrow::float64(), "[1, NaN, null, NaN, -2.5]");
  EXPECT_EQ(floats.nans, 2);
  EXPECT_EQ(floats.nulls, 1);
  EXPECT_THAT(floats.min, Optional(std::string("-2.5")));
  EXPECT_THAT(floats.max, Optional(std::string("1.0")));
}

TEST(ColumnProfile, HasTheExtremesOfEveryTypeAsText) {
  struct Case {
    std::shared_ptr<arrow::DataType> type;
    std::string json;
    std::string min;
    std::string max;
  };
  const std::vector<Case> cases = {
      {arrow::boolean(), "[true, false, null]", "false", "true"},
      {arrow::boolean(), "[true]", "true", "true"},
      {arrow::int8(), "[10, 9, -128]", "-128", "10"},
      {arrow::uint64(), "[18446744073709551615, 9]", "9", "18446744073709551615"},
      {arrow::float32(), "[0.1, Inf]", "0.1", "INF"},
      {arrow::float64(), "[1e300, -Inf]", "-INF", "1e+300"},
      {arrow::float16(), "[0.5, 2]", "0.5", "2.0"},
      {arrow::decimal128(12, 2), R"(["10.50", "9.00", "-1.00"])", "-1.00", "10.50"},
      {arrow::decimal32(5, 2), R"(["10.50", "9.00"])", "9.00", "10.50"},
      {arrow::decimal64(12, 1), R"(["10.5", "9.0"])", "9.0", "10.5"},
      {arrow::decimal256(50, 0), R"(["10", "9"])", "9", "10"},
      {arrow::date32(), "[0, -1, 19782]", "1969-12-31", "2024-02-29"},
      {arrow::date64(), "[-86400000, 86400000]", "1969-12-31", "1970-01-02"},
      {arrow::time32(arrow::TimeUnit::SECOND), "[0, 86399]", "00:00:00", "23:59:59"},
      {arrow::time64(arrow::TimeUnit::MICRO), "[1]", "00:00:00.000001", "00:00:00.000001"},
      {arrow::timestamp(arrow::TimeUnit::MILLI), "[-1, 1500]", "1969-12-31T23:59:59.999",
       "1970-01-01T00:00:01.500"},
      {arrow::timestamp(arrow::TimeUnit::SECOND, "Europe/Berlin"), "[0]", "1970-01-01T00:00:00Z",
       "1970-01-01T00:00:00Z"},
      {arrow::timestamp(arrow::TimeUnit::NANO), "[-9223372036854775808]",
       "1677-09-21T00:12:43.145224192", "1677-09-21T00:12:43.145224192"},
      {arrow::timestamp(arrow::TimeUnit::SECOND), "[253402300800, -62167219201]",
       "-0001-12-31T23:59:59", "+10000-01-01T00:00:00"},
      {arrow::duration(arrow::TimeUnit::SECOND), "[-5, 7]", "-5", "7"},
      {arrow::utf8(), R"(["b", "a", "ü"])", "a", "ü"},
      {arrow::utf8_view(), R"(["longer than twelve bytes", "a"])", "a", "longer than twelve bytes"},
      {arrow::binary(), R"(["b", "a"])", "YQ==", "Yg=="},
      {arrow::fixed_size_binary(1), R"(["b", "a"])", "YQ==", "Yg=="},
  };
  for (const auto& [type, json, min, max] : cases) {
    const ColumnProfile profile = profile_of(type, json);
    EXPECT_THAT(profile.min, Optional(min)) << type->ToString();
    EXPECT_THAT(profile.max, Optional(max)) << type->ToString();
  }
}

TEST(ColumnProfile, HasNoExtremesWithoutValues) {
  for (const auto& [type, json] :
       std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>>{
           {arrow::int64(), "[]"},
           {arrow::int64(), "[null]"},
           {arrow::float64(), "[NaN]"},
           {arrow::null(), "[null]"}}) {
    const ColumnProfile profile = profile_of(type, json);
    EXPECT_FALSE(profile.min.has_value()) << json;
    EXPECT_FALSE(profile.max.has_value()) << json;
  }
}

TEST(ColumnProfile, HasLengthsOfLists) {
  for (const auto& type :
       {arrow::list(arrow::int8()), arrow::large_list(arrow::int8()),
        arrow::list_view(arrow::int8()), arrow::large_list_view(arrow::int8())}) {
    const ColumnProfile profile = profile_of(type, "[[1, 2, 3], null, [], [4]]");
    EXPECT_EQ(profile.min_length, 0);
    EXPECT_EQ(profile.max_length, 3);
    EXPECT_EQ(profile.empties, 1);
    EXPECT_EQ(profile.nulls, 1);
  }
}

TEST(ColumnProfile, CutsLongTextBetweenCharacters) {
  const std::string text = std::string(63, 'a') + "ü";
  EXPECT_THAT(profile_of(arrow::utf8(), "[\"" + text + "\"]").min, Optional(std::string(63, 'a')));
}

TEST(ColumnProfile, SeesNewlinesOnlyInValues) {
  EXPECT_TRUE(profile_of(arrow::utf8(), R"(["a", "b\nc"])").has_newlines);
  EXPECT_TRUE(profile_of(arrow::utf8(), R"(["\r", null])").has_newlines);
  EXPECT_TRUE(profile_of(arrow::utf8_view(), R"(["a long line\nand a second one"])").has_newlines);
  EXPECT_FALSE(profile_of(arrow::utf8(), R"(["a", "b c"])").has_newlines);
  EXPECT_FALSE(profile_of(arrow::binary(), R"(["a\n"])").has_newlines);
  EXPECT_FALSE(
      profile_of(array_of(arrow::utf8(), R"(["\n", "a", "b", "\n"])")->Slice(1, 2)).has_newlines);

  auto masked = array_of(arrow::utf8(), R"(["a", "\n", "b"])")->data()->Copy();
  masked->buffers[0] = arrow::Buffer::FromString("\x05");
  masked->null_count = 1;
  EXPECT_FALSE(profile_of(arrow::MakeArray(masked)).has_newlines);
}

TEST(ColumnProfile, OfADictionaryCountsEveryRowButOnlyUsedEntries) {
  const auto dictionary =
      arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int8(), arrow::utf8()),
                                         array_of(arrow::int8(), "[1, 1, 2, null, 3, 3, 1]"),
                                         array_of(arrow::utf8(), R"(["unused\n", "", "b", null])"))
          .ValueOrDie();
  const ColumnProfile profile = profile_of(dictionary);
  EXPECT_EQ(profile.nulls, 3);
  EXPECT_EQ(profile.empties, 3);
  EXPECT_EQ(profile.distinct.count(), 2);
  EXPECT_EQ(profile.max_length, 1);
  EXPECT_THAT(profile.max, Optional(std::string("b")));
  EXPECT_FALSE(profile.has_newlines);
  EXPECT_EQ(profile_of(dictionary->Slice(0, 2)).to_json(),
            profile_of(arrow::utf8(), R"(["", ""])").to_json());
}

TEST(ColumnProfile, OfPartsMergesIntoThatOfTheWhole) {
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> columns = {
      {arrow::int64(), "[10, 9, null, -1, 100, 2]"},
      {arrow::uint64(), "[18446744073709551615, 9, 10, 1, 2, 3]"},
      {arrow::float64(), "[NaN, NaN, NaN, 10, -Inf, 9]"},
      {arrow::decimal128(5, 2), R"(["9.00", "10.00", "-3.00", null, "99.00", "0.10"])"},
      {arrow::utf8(), R"(["b", "", null, "a\n", "zz", "c"])"},
      {arrow::list(arrow::int8()), "[[1], [], null, [1, 2], [], [3]]"},
  };
  for (const auto& [type, json] : columns) {
    const auto column = array_of(type, json);
    const Json whole = profile_of(column).to_json();
    for (int64_t cut = 0; cut <= column->length(); ++cut) {
      std::vector<ColumnProfile> merged;
      merge_profiles(merged, profile_columns(*batch_of(column->Slice(0, cut))));
      merge_profiles(merged, profile_columns(*batch_of(column->Slice(cut))));
      EXPECT_EQ(merged.front().to_json(), whole) << json << " cut at " << cut;
    }
  }
}

TEST(ColumnProfile, MergesNumbersAsNumbersAndWholeStrings) {
  ColumnProfile numbers = profile_of(arrow::int64(), "[10]");
  numbers.merge(profile_of(arrow::int64(), "[9]"));
  EXPECT_THAT(numbers.min, Optional(std::string("9")));
  EXPECT_THAT(numbers.max, Optional(std::string("10")));

  const std::string prefix(70, 'p');
  ColumnProfile texts = profile_of(arrow::utf8(), "[\"" + prefix + "b\"]");
  texts.merge(profile_of(arrow::utf8(), "[\"" + prefix + "a\"]"));
  EXPECT_THAT(texts.min, Optional(prefix.substr(0, 64)));
}

TEST(ColumnProfile, SaysInJsonOnlyWhatThereIsToSay) {
  EXPECT_EQ(to_canonical_json(profile_of(arrow::int64(), "[1, null]").to_json()),
            R"({"distinct":1,"max":"1","min":"1","name":"x","nulls":1,"rows":2})");
}

TEST(ColumnProfile, RefusesUnions) {
  const auto type = arrow::sparse_union(arrow::FieldVector{});
  const auto column = arrow::MakeArrayOfNull(arrow::int8(), 0).ValueOrDie()->data()->Copy();
  column->type = type;
  const auto batch =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("u", type)}), 0, {column});
  EXPECT_THROW(profile_columns(*batch), Error);
}

TEST(DistinctEstimate, IsWithinAFewPercentFromFewToMany) {
  for (const int64_t count : {1, 100, 5000, 12000, 100000, 1000000}) {
    arrow::Int64Builder builder;
    for (int64_t i = 0; i < count; ++i) ASSERT_TRUE(builder.Append(i * 3 - 7).ok());
    const ColumnProfile profile = profile_of(builder.Finish().ValueOrDie());
    EXPECT_NEAR(static_cast<double>(profile.distinct.count()), static_cast<double>(count),
                0.05 * static_cast<double>(count))
        << count;
  }
}

}  // namespace
}  // namespace cairn::data
