#include "data/text_extremes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace cairn::data {
namespace {

TEST(TextExtremes, OrderTextsByteByByte) {
  std::vector<std::string> texts{"",         std::string(1, '\0'),
                                 "a",        std::string("a\0", 2),
                                 "ab",       "abcdefg",
                                 "abcdefgh", "abcdefghi",
                                 "abcdefgz", "b",
                                 "\xC3\xA9", "\xFF\xFF"};
  for (const std::string& one : texts) {
    for (const std::string& other : texts) {
      TextExtremes extremes;
      extremes.add(one);
      extremes.add(other);
      EXPECT_EQ(extremes.min(), std::min(one, other));
      EXPECT_EQ(extremes.max(), std::max(one, other));
    }
  }
}

TEST(TextExtremes, KnowWhetherThereAreAny) {
  TextExtremes extremes;
  EXPECT_FALSE(extremes.any());
  extremes.add("");
  EXPECT_TRUE(extremes.any());
}

}  // namespace
}  // namespace cairn::data
