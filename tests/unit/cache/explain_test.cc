#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "cairn/data_cache.h"
#include "support/cache_folder.h"

namespace cairn {
namespace {

using ::testing::AllOf;
using testing::CacheFolder;
using ::testing::HasSubstr;
using testing::orders_reader;
using testing::orders_table;

const CacheIdentity kStored{
    "shop",
    "clean",
    {{"threshold", 2.5}, {"mode", "fast"}, {"model", Value::Map{{"depth", 3}, {"seed", 1}}}},
    {CacheInput::of_table("orders", *orders_table(10)), {"rates", "cd1:7", {}}},
    "v1"};

class ExplainTest : public ::testing::Test {
 protected:
  void expect(const CacheIdentity& asked, MissReason reason, const std::string& explanation) {
    const CacheResult result = cache_.explain(asked);
    EXPECT_EQ(result.miss, reason) << result.explanation;
    EXPECT_EQ(result.explanation, explanation);
    EXPECT_EQ(cache_.get(asked).explanation, explanation);
  }

  CacheFolder folder_;
  DataCache cache_ = folder_.open();
};

TEST_F(ExplainTest, SaysThatThereWouldBeAHit) {
  cache_.put(kStored, orders_reader(10));
  EXPECT_TRUE(cache_.explain(kStored).hit());
}

TEST_F(ExplainTest, NamesTheParameter) {
  cache_.put(kStored, orders_reader(10));
  CacheIdentity asked = kStored;
  asked.parameters["threshold"] = 3.0;
  expect(asked, MissReason::parameter, "parameter 'threshold' was 2.5, is 3.0");
  asked.parameters["threshold"] = "2.5";
  expect(asked, MissReason::parameter, "parameter 'threshold' was 2.5 (float), is \"2.5\" (text)");
  asked.parameters.erase("threshold");
  expect(asked, MissReason::parameter, "parameter 'threshold' is gone, it was 2.5");
  asked = kStored;
  asked.parameters["extra"] = true;
  expect(asked, MissReason::parameter, "parameter 'extra' is new: true");
  asked = kStored;
  asked.parameters["model"] = Value::Map{{"depth", 4}, {"seed", 1}};
  expect(asked, MissReason::parameter, "parameter 'model.depth' was 3, is 4");
}

TEST_F(ExplainTest, NamesTheInputAndItsColumns) {
  cache_.put(kStored, orders_reader(10));
  CacheIdentity asked = kStored;
  auto changed = orders_table(10);
  changed = changed->SetColumn(1, changed->field(1), orders_table(10, 1)->column(1)).ValueOrDie();
  asked.inputs[0] = CacheInput::of_table("orders", *changed);
  expect(asked, MissReason::input, "input 'orders' changed: column 'amount' changed");
  asked.inputs[0] = CacheInput::of_table("orders", *orders_table(10)->RemoveColumn(2).ValueOrDie());
  expect(asked, MissReason::input, "input 'orders' changed: column 'name' is gone");
  asked = kStored;
  asked.inputs[1].digest = "cd1:8";
  expect(asked, MissReason::input, "input 'rates' changed");
  asked.inputs.pop_back();
  expect(asked, MissReason::input, "input 'rates' is gone");
}

TEST_F(ExplainTest, NamesTheCode) {
  cache_.put(kStored, orders_reader(10));
  CacheIdentity asked = kStored;
  asked.code_version = "v2";
  expect(asked, MissReason::code, "code version was 'v1', is 'v2'");
  asked.code_version = "";
  expect(asked, MissReason::code, "code version was 'v1', is not given");
}

TEST_F(ExplainTest, NamesAllThatDiffers) {
  cache_.put(kStored, orders_reader(10));
  CacheIdentity asked = kStored;
  asked.parameters["threshold"] = 3.0;
  asked.code_version = "v2";
  asked.inputs[1].digest = "cd1:8";
  expect(asked, MissReason::parameter,
         "parameter 'threshold' was 2.5, is 3.0; input 'rates' changed; code version was 'v1', is "
         "'v2'");
}

TEST_F(ExplainTest, KnowsNothingOfOtherSteps) {
  cache_.put(kStored, orders_reader(10));
  CacheIdentity asked = kStored;
  asked.step_name = "load";
  expect(asked, MissReason::never_stored, "nothing of step 'load' of process 'shop' is known");
}

TEST_F(ExplainTest, NamesTheOneThingThatChangedWhateverElseIsKept) {
  // A grid of two parameters, of which most entries differ from what is asked in both.
  for (int a = 0; a < 12; ++a) {
    for (int b = 0; b < 12; ++b) {
      CacheIdentity identity = kStored;
      identity.parameters["a"] = a;
      identity.parameters["b"] = b;
      cache_.put(identity, orders_reader(1));
    }
  }
  std::mt19937 random(1);
  for (int i = 0; i < 60; ++i) {
    CacheIdentity asked = kStored;
    asked.parameters["a"] = static_cast<int>(random() % 12);
    asked.parameters["b"] = static_cast<int>(random() % 12);
    MissReason reason = MissReason::parameter;
    std::string named;
    switch (random() % 5) {
      case 0:
        asked.parameters["a"] = 100;
        named = "'a'";
        break;
      case 1:
        asked.parameters["mode"] = "slow";
        named = "'mode'";
        break;
      case 2:
        asked.parameters.erase("threshold");
        named = "'threshold'";
        break;
      case 3:
        asked.inputs[1].digest = "cd1:0";
        named = "'rates'";
        reason = MissReason::input;
        break;
      default:
        asked.code_version = "v3";
        named = "code version";
        reason = MissReason::code;
    }
    const CacheResult result = cache_.explain(asked);
    EXPECT_EQ(result.miss, reason) << result.explanation;
    EXPECT_THAT(result.explanation, HasSubstr(named));
    EXPECT_EQ(result.explanation.find(';'), std::string::npos) << result.explanation;
  }
}

TEST_F(ExplainTest, RemembersWhatWasEvicted) {
  CacheOptions& options = folder_.options;
  options.max_bytes = 60'000;
  cache_ = folder_.open();
  for (int i = 0; i < 10; ++i) {
    CacheIdentity identity = kStored;
    identity.parameters["i"] = i;
    cache_.put(identity, orders_reader(1000, i));
  }
  CacheIdentity asked = kStored;
  asked.parameters["i"] = 0;
  const CacheResult result = cache_.explain(asked);
  EXPECT_EQ(result.miss, MissReason::evicted);
  EXPECT_THAT(result.explanation, AllOf(HasSubstr("made room"), HasSubstr("2026-01-15")));
  asked.code_version = "v9";
  EXPECT_EQ(cache_.explain(asked).miss, MissReason::code) << "also what is gone can be compared";
}

}  // namespace
}  // namespace cairn
