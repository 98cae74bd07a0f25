#include "cairn/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/errors.h"

namespace cairn {
namespace {

Value::Map one_of_each() {
  return {{"null", Value()},
          {"bool", true},
          {"int", 3},
          {"large", std::numeric_limits<int64_t>::min()},
          {"huge", BigInteger{"-170141183460469231731687303715884105728"}},
          {"float", 3.0},
          {"minus_zero", -0.0},
          {"nan", std::nan("")},
          {"infinite", -HUGE_VAL},
          {"text", "Åse \"\n"},
          {"decimal", Decimal{"-150", 2}},
          {"bytes", Binary{std::string("\0\xff", 2)}},
          {"date", Date{-719528}},
          {"before_1970", Timestamp{-1, "Europe/Berlin"}},
          {"wall_clock", Timestamp{1'700'000'000'123'456'789, ""}},
          {"duration", Duration{-5}},
          {"list", Value::List{1, 1.0, "1"}},
          {"set", ValueSet{{"b", "a"}}},
          {"map", Value::Map{{"", Value::Map{}}}},
          {"looks_like_a_tag", Value::Map{{"$int", "7"}, {"$", 1}}}};
}

TEST(Value, ComesBackFromJsonAsTheTypeItWas) {
  const Value value = one_of_each();
  EXPECT_EQ(Value::from_json(value.to_json()), value) << value.to_json();
}

TEST(Value, KeepsOneAndOnePointZeroAndTheTextOneApart) {
  EXPECT_NE(Value(1), Value(1.0));
  EXPECT_NE(Value(1), Value("1"));
  EXPECT_NE(Value(1).to_json(), Value(1.0).to_json());
  EXPECT_EQ(Value(std::nan("")), Value(-std::nan("")));
  EXPECT_NE(Value(0.0), Value(-0.0));
}

TEST(Value, WritesEqualSetsAsEqualText) {
  const Value one = ValueSet{{1, "a", Value::List{2}}};
  const Value other = ValueSet{{Value::List{2}, 1, "a"}};
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.to_json(), other.to_json());
}

TEST(Value, NamesThePlaceOfWhatHasNoJson) {
  const Value value = Value::Map{{"steps", Value::List{1, std::string("\xff")}}};
  const auto error = testing::error_of([&] { value.to_json(); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_NE(error->message().find(".steps[1]"), std::string::npos) << error->message();
}

TEST(Value, RefusesWhatItCouldNotReadBack) {
  Value deep;
  for (int i = 0; i < 32; ++i) deep = Value::List{deep};
  EXPECT_EQ(Value::from_json(deep.to_json()), deep);
  const Value deeper = Value::List{deep};
  EXPECT_EQ(testing::error_kind_of([&] { deeper.to_json(); }), ErrorKind::invalid_argument);
  EXPECT_EQ(testing::error_kind_of([] { Value(Date{4'000'000}).to_json(); }),
            ErrorKind::invalid_argument);
}

TEST(Value, RefusesTagsItDoesNotKnow) {
  for (const auto* text :
       {R"({"$pickle":"gASV"})", R"({"$int":"7x"})", R"({"$int":7})", R"({"$bytes":"abc"})",
        R"({"$bytes":"xy"})", R"({"$timestamp":"2026-01-15T00:00:00.000000000"})",
        R"({"$timestamp":"now","zone":""})", R"({"$date":"2026-02-30"})", R"({"$float":"1"})",
        R"({"$decimal":"1"})", R"({"$int":""})", R"({"$int":"-"})"}) {
    EXPECT_EQ(testing::error_kind_of([&] { Value::from_json(text); }), ErrorKind::corrupt) << text;
  }
}

}  // namespace
}  // namespace cairn
