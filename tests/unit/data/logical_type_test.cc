#include "data/logical_type.h"

#include <arrow/extension/uuid.h>
#include <arrow/type.h>
#include <arrow/util/base64.h>
#include <arrow/util/key_value_metadata.h>
#include <gtest/gtest.h>

#include "cairn/error.h"

namespace cairn::data {
namespace {

TEST(LogicalType, NamesEveryType) {
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> expected = {
      {arrow::null(), "null"},
      {arrow::boolean(), "bool"},
      {arrow::uint8(), "uint8"},
      {arrow::int64(), "int64"},
      {arrow::float16(), "float16"},
      {arrow::float32(), "float32"},
      {arrow::float64(), "float64"},
      {arrow::decimal128(12, 2), "decimal(12, 2)"},
      {arrow::decimal256(40, -3), "decimal(40, -3)"},
      {arrow::utf8(), "utf8"},
      {arrow::binary(), "binary"},
      {arrow::fixed_size_binary(16), "fixed_size_binary[16]"},
      {arrow::date32(), "date32"},
      {arrow::date64(), "date64"},
      {arrow::time32(arrow::TimeUnit::SECOND), "time32[s]"},
      {arrow::time64(arrow::TimeUnit::NANO), "time64[ns]"},
      {arrow::timestamp(arrow::TimeUnit::MILLI), "timestamp[ms]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin"), "timestamp[us, Europe/Berlin]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO, "+02:00"), "timestamp[us, \"+02:00\"]"},
      {arrow::duration(arrow::TimeUnit::SECOND), "duration[s]"},
      {arrow::month_interval(), "interval[months]"},
      {arrow::day_time_interval(), "interval[days, ms]"},
      {arrow::month_day_nano_interval(), "interval[months, days, ns]"},
      {arrow::list(arrow::utf8()), "list<utf8>"},
      {arrow::fixed_size_list(arrow::int8(), 3), "fixed_size_list<int8, 3>"},
      {arrow::map(arrow::utf8(), arrow::int32()), "map<utf8, int32>"},
      {arrow::struct_({arrow::field("a", arrow::int64()), arrow::field("b c", arrow::utf8())}),
       "struct<a: int64, \"b c\": utf8>"},
      {arrow::extension::uuid(), "fixed_size_binary[16]"},
  };
  for (const auto& [type, text] : expected) EXPECT_EQ(logical_type(*type), text);
}

TEST(LogicalType, IsTheSameForEveryLayoutOfTheSameValues) {
  EXPECT_EQ(logical_type(*arrow::dictionary(arrow::int8(), arrow::large_utf8())), "utf8");
  EXPECT_EQ(logical_type(*arrow::run_end_encoded(arrow::int32(), arrow::utf8_view())), "utf8");
  EXPECT_EQ(logical_type(*arrow::large_list_view(arrow::binary_view())), "list<binary>");
  EXPECT_EQ(logical_type(*arrow::decimal32(7, 2)), logical_type(*arrow::decimal256(7, 2)));
}

TEST(LogicalType, QuotesNamesSoThatNoTwoStructsShareAText) {
  const auto one = arrow::struct_({arrow::field("a: int8, b", arrow::int8())});
  const auto two =
      arrow::struct_({arrow::field("a", arrow::int8()), arrow::field("b", arrow::int8())});
  EXPECT_NE(logical_type(*one), logical_type(*two));
  EXPECT_EQ(logical_type(*arrow::struct_({arrow::field("a\"\\", arrow::int8())})),
            R"(struct<"a\"\\": int8>)");
}

TEST(LogicalType, RefusesUnionsWhereverTheyAre) {
  const auto type = arrow::list(arrow::sparse_union(arrow::FieldVector{}));
  EXPECT_THROW(logical_type(*type), Error);
}

TEST(SchemaFingerprint, SeesNamesTypesOrderAndNullability) {
  const auto a = arrow::field("a", arrow::int8());
  const auto b = arrow::field("b", arrow::utf8());
  const std::string base = schema_fingerprint(*arrow::schema({a, b}));
  EXPECT_EQ(base.substr(0, 4), "sf1:");
  EXPECT_EQ(base.size(), 68u);
  EXPECT_NE(schema_fingerprint(*arrow::schema({b, a})), base);
  EXPECT_NE(schema_fingerprint(*arrow::schema({a->WithName("c"), b})), base);
  EXPECT_NE(schema_fingerprint(*arrow::schema({a->WithType(arrow::int16()), b})), base);
  EXPECT_NE(schema_fingerprint(*arrow::schema({a->WithNullable(false), b})), base);
}

TEST(SchemaFingerprint, DoesNotSeeLayoutsAndMetadata) {
  const auto metadata = arrow::key_value_metadata({"k"}, {"v"});
  EXPECT_EQ(
      schema_fingerprint(*arrow::schema({arrow::field("a", arrow::utf8())})),
      schema_fingerprint(*arrow::schema(
          {arrow::field("a", arrow::dictionary(arrow::int8(), arrow::large_utf8()))}, metadata)));
}

TEST(StoredSchema, SurvivesStoringExactly) {
  const auto schema = arrow::schema(
      {arrow::field("a", arrow::dictionary(arrow::int8(), arrow::large_utf8()), false),
       arrow::field("b", arrow::list_view(arrow::timestamp(arrow::TimeUnit::NANO, "UTC")))},
      arrow::key_value_metadata({"k"}, {"v"}));
  EXPECT_TRUE(decode_schema(encode_schema(*schema))->Equals(*schema, true));
}

TEST(StoredSchema, IsCorruptAfterAnyDamageThatMakesItUnreadable) {
  const std::string text = encode_schema(*arrow::schema({arrow::field("a", arrow::int64())}));
  const auto decode = [](const std::string& damaged) {
    try {
      decode_schema(damaged);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::corrupt) << error.what();
      return false;
    }
    return true;
  };
  EXPECT_FALSE(decode(""));
  EXPECT_FALSE(decode("not base64!"));
  EXPECT_FALSE(decode(text.substr(0, 24)));

  // Damage may leave a readable schema; what it must not do is crash or escape as something else.
  const std::string bytes = arrow::util::base64_decode(text).ValueOrDie();
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const char bit : {'\x01', '\x10', '\x80'}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ bit);
      decode(arrow::util::base64_encode(damaged));
    }
  }
}

}  // namespace
}  // namespace cairn::data
