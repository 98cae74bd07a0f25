#include <gmock/gmock.h>

#include "support/errors.h"
#include "support/test_store.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using testing::error_kind_of;
using testing::error_of;
using ::testing::HasSubstr;
using testing::TestStore;

TEST(VersionReference, IsADatasetAndASelector) {
  EXPECT_EQ(VersionReference::parse("orders").selector, "latest");
  EXPECT_EQ(VersionReference::parse("orders@tag:gold").selector, "tag:gold");
  EXPECT_EQ(VersionReference::parse("orders@tag:gold").dataset, "orders");
}

TEST(VersionReference, RefusesWhatNamesNothing) {
  for (const char* text : {"", "@1", "orders@", "or\nders"})
    EXPECT_EQ(error_kind_of([&] { VersionReference::parse(text); }), ErrorKind::invalid_argument)
        << text;
}

class FindVersion : public ::testing::Test {
 protected:
  int64_t found(const std::string& selector) {
    return test_.versions->resolve({"orders", selector}).version;
  }
  std::optional<Error> not_found(const std::string& selector) {
    return error_of([&] { found(selector); });
  }

  TestStore test_;
  const ExportSummary first_ = test_.publish(1);
  const ExportSummary second_ = [&] {
    test_.clock->advance(24h);
    return test_.publish(2);
  }();
};

TEST_F(FindVersion, FindsByNumber) {
  EXPECT_EQ(found("1"), 1);
  EXPECT_EQ(found("v2"), 2);
  EXPECT_EQ(found("latest"), 2);
}

TEST_F(FindVersion, FindsWhatWasNewestAtATime) {
  EXPECT_EQ(found("asof:2026-01-15T20:00:00Z"), 1);
  EXPECT_EQ(found("asof:2026-01-17"), 2);
  EXPECT_EQ(not_found("asof:2025-01-01")->kind(), ErrorKind::not_found);
  EXPECT_EQ(not_found("asof:yesterday")->kind(), ErrorKind::invalid_argument);
}

TEST_F(FindVersion, FindsByTheStartOfAnId) {
  EXPECT_EQ(found(first_.version.export_uuid), 1);
  EXPECT_EQ(found(second_.version.export_uuid.substr(0, 20)), 2);
  const auto error = not_found(first_.version.export_uuid.substr(0, 5));
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("several versions"));
}

TEST_F(FindVersion, SaysWhatThereIsInstead) {
  for (const char* selector : {"3", "v0", "tag:none", "zzz"}) {
    const auto error = not_found(selector);
    EXPECT_EQ(error->kind(), ErrorKind::not_found) << selector;
    EXPECT_FALSE(error->next_step().empty()) << selector;
  }
  const auto other = error_of([&] { test_.versions->resolve({"Order", "latest"}); });
  EXPECT_EQ(other->kind(), ErrorKind::not_found);
}

}  // namespace
}  // namespace cairn
