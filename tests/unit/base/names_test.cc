#include "base/names.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace cairn {
namespace {

using testing::error_kind_of;

TEST(Names, AcceptOrdinaryTextInAnyScript) {
  for (const char* name : {"orders", "Orders 2026", "büro_é", "注文", "a.b-c", "Q1 (final)"})
    EXPECT_NO_THROW(check_name("dataset name", name)) << name;
}

TEST(Names, RefuseWhatCouldLeaveItsFolderOrHide) {
  using namespace std::string_literals;
  for (const std::string& name : {""s, "."s, ".."s, "../x"s, "a/b"s, "a\\b"s, "a\0b"s, "a\nb"s,
                                  " a"s, "a "s, "\u202Etxt.exe"s, "a\u200Bb"s, "\xff\xfe"s,
                                  "\xc0\xaf"s, "\xed\xa0\x80"s, std::string(300, 'a')}) {
    EXPECT_EQ(error_kind_of([&] { check_name("dataset name", name); }), ErrorKind::invalid_argument)
        << name;
  }
}

TEST(Names, AreRefusedUnlessComposedWithTheNameToUseInstead) {
  EXPECT_NO_THROW(check_name("dataset name", "caf\u00E9"));
  for (const char* name : {"cafe\u0301", "\u212B", "\u1100\u1161"}) {
    const auto error = testing::error_of([&] { check_name("dataset name", name); });
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  }
  const auto error = testing::error_of([] { check_name("dataset name", "cafe\u0301"); });
  EXPECT_NE(error->message().find("'caf\u00E9'"), std::string::npos) << error->message();
}

TEST(Names, ErrorsAreOneLineAndShowWhatCannotBeSeen) {
  const auto error = testing::error_of([] { check_name("tag", "a\u202Eb\nc"); });
  EXPECT_EQ(std::string(error->what()).find('\n'), std::string::npos);
  EXPECT_NE(std::string(error->what()).find("\\u{202e}"), std::string::npos) << error->what();
}

TEST(Slug, KeepsOnlyWhatIsSafeInAPath) {
  EXPECT_EQ(slug("Orders 2026/é"), "orders_2026___");
  EXPECT_EQ(slug(std::string(100, 'x')).size(), 48U);
  EXPECT_EQ(slug(""), "_");
}

TEST(Closest, FindsTheLikelyWordAndNothingForAStranger) {
  EXPECT_EQ(closest("output_fromats", {"output_formats", "output_data_path"}), "output_formats");
  EXPECT_EQ(closest("zebra", {"output_formats", "output_data_path"}), "");
}

TEST(Printable, CutsLongTextWithoutBreakingACharacter) {
  const std::string shown = printable(std::string(500, 'x') + "é");
  EXPECT_LT(shown.size(), 120U);
  EXPECT_TRUE(is_utf8(shown));
}

}  // namespace
}  // namespace cairn
