#include "base/quantities.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace cairn {
namespace {

TEST(Bytes, AreReadInPowersOfTenAndOfTwo) {
  EXPECT_EQ(parse_bytes("4096", "size"), 4096);
  EXPECT_EQ(parse_bytes("256MB", "size"), 256'000'000);
  EXPECT_EQ(parse_bytes("1.5 GiB", "size"), 1'610'612'736);
  EXPECT_EQ(parse_bytes("2gb", "size"), 2'000'000'000);
}

TEST(Bytes, RefuseWhatIsNoSize) {
  for (const char* text : {"", "MB", "-1MB", "12 parsecs", "nan", "1e30", "1MBx"}) {
    EXPECT_EQ(testing::error_kind_of([&] { parse_bytes(text, "size"); }),
              ErrorKind::invalid_argument)
        << text;
  }
}

TEST(Durations, AreReadInCommonUnits) {
  EXPECT_EQ(parse_duration("90s", "age").count(), 90);
  EXPECT_EQ(parse_duration("24h", "age").count(), 86400);
  EXPECT_EQ(parse_duration("7d", "age").count(), 604800);
  EXPECT_EQ(testing::error_kind_of([] { parse_duration("7", "age"); }), ErrorKind::invalid_argument)
      << "a unit is needed";
}

TEST(Formatting, IsForPeople) {
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1536), "1.5 kB");
  EXPECT_EQ(format_bytes(73'400'320), "73.4 MB");
  EXPECT_EQ(format_bytes(999'999), "1.0 MB");
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(1048576), "1,048,576");
  EXPECT_EQ(format_count(-1234), "-1,234");
}

}  // namespace
}  // namespace cairn
