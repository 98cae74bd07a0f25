#include "base/clock.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(Rfc3339, IsReadBackAsWritten) {
  for (const char* text : {"1970-01-01T00:00:00.000000Z", "2026-01-15T09:30:12.417003Z",
                           "1969-12-31T23:59:59.999999Z", "2024-02-29T12:00:00.000000Z"}) {
    ASSERT_TRUE(parse_rfc3339(text)) << text;
    EXPECT_EQ(to_rfc3339(*parse_rfc3339(text)), text);
  }
}

TEST(Rfc3339, TakesDatesShortTimesAndOffsets) {
  EXPECT_EQ(parse_rfc3339("2026-01-15"), parse_rfc3339("2026-01-15T00:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2026-01-15T00:00Z"), parse_rfc3339("2026-01-15"));
  EXPECT_EQ(parse_rfc3339("2026-01-15 10:30:00.5+02:00"),
            parse_rfc3339("2026-01-15T08:30:00.500000Z"));
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const char* text :
       {"", "2026", "2026-13-01", "2026-02-30", "2026-01-15T25:00", "2026-01-15T10:61",
        "2026-01-15T10:00:00.", "2026-01-15T10:00:00.1234567", "2026-01-15x",
        "2026-01-15T10:00:00Zx", "-026-01-15", "2026-1-15", "tomorrow"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(FileStamp, HasSecondsAndSortsByTime) {
  EXPECT_EQ(to_file_stamp(*parse_rfc3339("2026-01-15T09:30:12.417Z")), "20260115_093012");
}

}  // namespace
}  // namespace cairn
