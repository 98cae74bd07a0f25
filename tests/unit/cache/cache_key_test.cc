// The vectors of tests/golden/cache_key were made by tests/python/cache_key_reference.py, an
// independent implementation of docs/formats.md.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/json.h"
#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "io/file.h"
#include "support/cache_folder.h"
#include "support/errors.h"

namespace cairn {
namespace {

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using ::testing::HasSubstr;
using testing::identity_of;

CacheIdentity identity_in(const Json& vector) {
  const Value parameters = Value::from_json(vector.at("parameters").get<std::string>());
  CacheIdentity identity{vector.at("process"),
                         vector.at("step"),
                         std::get<Value::Map>(parameters.get()),
                         {},
                         vector.at("code")};
  for (const Json& input : vector.at("inputs"))
    identity.inputs.push_back({input.at(0), input.at(1), {}});
  return identity;
}

TEST(CacheKey, IsWhatTheReferenceGives) {
  const std::string text = io::read_file(CAIRN_TESTS_DIR "/golden/cache_key/vectors.json", 1 << 20);
  const Json vectors = parse_json(text, "the golden vectors");
  EXPECT_GE(vectors.size(), 60u);
  for (const Json& vector : vectors)
    EXPECT_EQ(identity_in(vector).key(), vector.at("key")) << vector;
}

TEST(CacheKey, TellsTypesApart) {
  const auto key = [](Value value) { return identity_of("s", {{"x", std::move(value)}}).key(); };
  EXPECT_NE(key(1), key(1.0));
  EXPECT_NE(key(1), key("1"));
  EXPECT_NE(key(1), key(true));
  EXPECT_NE(key(Value()), identity_of("s").key());
  EXPECT_EQ(key(0.0), key(-0.0));
  EXPECT_EQ(key(std::nan("1")), key(-std::nan("2")));
  EXPECT_EQ(key(5), key(BigInteger{"5"}));
}

TEST(CacheKey, NamesTheValueThatHasNone) {
  const auto why = [](Value value) {
    const auto error = error_of([&] {
      identity_of("s", {{"x", Value::List{1, std::move(value)}}}).key();
    });
    EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
    return std::string(error->what());
  };
  EXPECT_THAT(why("\xff"), HasSubstr("at .x[1] is text that is not UTF-8"));
  EXPECT_THAT(why(BigInteger{"007"}),
              HasSubstr("at .x[1] is a number that is not in plain digits"));
  EXPECT_THAT(why(Decimal{"-0", 1}), HasSubstr("at .x[1]"));
  EXPECT_THAT(why(ValueSet{{1, 1}}), HasSubstr("at .x[1] is a set with a member twice"));
  EXPECT_THAT(why(Date{10'000'000}), HasSubstr("years 0000 to 9999"));
  Value deep = 1;
  for (int i = 0; i < 40; ++i) deep = Value::List{deep};
  EXPECT_THAT(why(deep), HasSubstr("nested too deep"));
}

TEST(CacheKey, RefusesIdentitiesThatSayTooMuchOrTooLittle) {
  const auto kind = [](const CacheIdentity& identity) {
    return error_kind_of([&] { (void)identity.key(); });
  };
  EXPECT_EQ(kind(identity_of("")), ErrorKind::invalid_argument);
  EXPECT_EQ(kind(identity_of("a/b")), ErrorKind::invalid_argument);
  EXPECT_EQ(kind(identity_of("s", {{"x", std::string(2 << 20, 'x')}})),
            ErrorKind::invalid_argument);
  CacheIdentity twice = identity_of("s");
  twice.inputs.push_back(twice.inputs.front());
  EXPECT_EQ(kind(twice), ErrorKind::invalid_argument);
  CacheIdentity without_digest = identity_of("s");
  without_digest.inputs.front().digest.clear();
  EXPECT_EQ(kind(without_digest), ErrorKind::invalid_argument);
}

TEST(CacheKey, SeesTheContentOfATableAndNotItsLayout) {
  const auto whole = testing::orders_table(5000);
  const auto pieces = testing::orders_reader(5000)->ToTable().ValueOrDie();
  EXPECT_EQ(CacheInput::of_table("orders", *whole).digest,
            CacheInput::of_table("orders", *pieces).digest);
  const auto input = CacheInput::of_table("orders", *whole);
  ASSERT_EQ(input.columns.size(), 3u);
  EXPECT_EQ(input.columns.front().first, "id");
  EXPECT_NE(input.digest, CacheInput::of_table("orders", *testing::orders_table(5001)).digest);
}

}  // namespace
}  // namespace cairn
