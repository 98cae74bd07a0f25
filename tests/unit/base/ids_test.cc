#include "base/ids.h"

#include <gtest/gtest.h>

#include <regex>

#include "support/fixed_environment.h"

namespace cairn {
namespace {

TEST(Uuid, IsAVersionSevenUuidThatCarriesItsTime) {
  const Environment environment = testing::fixed_environment();
  const std::string text = Uuid::make(*environment.clock, *environment.random).text();
  EXPECT_TRUE(std::regex_match(
      text, std::regex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
      << text;
  EXPECT_EQ(text.substr(0, 13), "019bc0fd-ba41") << "2026-01-15T09:30:12.417Z in milliseconds";
}

TEST(Uuid, DiffersAtTheSameMoment) {
  const Environment environment = testing::fixed_environment();
  const Uuid first = Uuid::make(*environment.clock, *environment.random);
  const Uuid second = Uuid::make(*environment.clock, *environment.random);
  EXPECT_NE(first.text(), second.text());
  EXPECT_NE(first.id8(), second.id8());
  EXPECT_EQ(first.id8().size(), 8U);
}

}  // namespace
}  // namespace cairn
