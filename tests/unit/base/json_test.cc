#include "base/json.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace cairn {
namespace {

TEST(Json, CanonicalTextIsTheSameWhateverTheOrderOfMembers) {
  EXPECT_EQ(to_canonical_json(parse_json(R"({"b":1,"a":[true,null]})", "x")),
            R"({"a":[true,null],"b":1})");
}

TEST(Json, RefusesWhatIsTooDeepTooLargeOrNoJson) {
  EXPECT_EQ(testing::error_kind_of([] { parse_json(std::string(100, '['), "x"); }),
            ErrorKind::corrupt);
  EXPECT_EQ(testing::error_kind_of([] { parse_json(std::string(1'000'000, '['), "x"); }),
            ErrorKind::corrupt);
  EXPECT_EQ(testing::error_kind_of([] { parse_json("{", "x"); }), ErrorKind::corrupt);
  EXPECT_EQ(testing::error_kind_of([] { parse_json(std::string(17 << 20, ' '), "x"); }),
            ErrorKind::corrupt);
}

}  // namespace
}  // namespace cairn
