#include "checkpoints/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/checkpoint_store.h"
#include "support/errors.h"

namespace cairn {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RetentionTest : public testing::CheckpointStore {
 protected:
  CheckpointInfo save(const std::string& name = "", int64_t rows = 100) {
    CheckpointNote note;
    note.name = name;
    clock_->advance(hours(1));
    return manager().create_checkpoint("etl", content_of({{"data", orders(rows, ++seed_)}}), note);
  }

  std::vector<int64_t> kept() {
    std::vector<int64_t> sequences;
    for (const CheckpointInfo& info : manager().list_checkpoints("etl"))
      sequences.push_back(info.sequence);
    return sequences;
  }

  static CheckpointPolicy keep_last(int64_t count) {
    CheckpointPolicy policy;
    policy.keep_last = count;
    return policy;
  }

  std::vector<std::string> folders() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(checkpoints()))
      names.push_back(entry.path().filename());
    return names;
  }

  uint32_t seed_ = 0;
};

TEST_F(RetentionTest, KeepsTheLastFiveUnlessToldOtherwise) {
  for (int i = 0; i < 7; ++i) save();
  EXPECT_THAT(kept(), ElementsAre(7, 6, 5, 4, 3));
  EXPECT_EQ(folders().size(), 5U);
}

TEST_F(RetentionTest, KeepsNamedOnesUntilTheyAreRemovedOrTheNameMoves) {
  manager().set_policy(keep_last(1));
  save("good");
  const auto second = save("better");
  save();
  save();
  EXPECT_THAT(kept(), ElementsAre(4, 2, 1));
  manager().remove(second.id);
  EXPECT_THAT(kept(), ElementsAre(4, 1));
  save("good");
  manager().cleanup("etl", keep_last(1), false);
  EXPECT_THAT(kept(), ElementsAre(5));
}

TEST_F(RetentionTest, KeepsEveryNthForGood) {
  CheckpointPolicy policy = keep_last(2);
  policy.keep_every = 3;
  manager().set_policy(policy);
  for (int i = 0; i < 8; ++i) save();
  EXPECT_THAT(kept(), ElementsAre(8, 7, 6, 3));
}

TEST_F(RetentionTest, ANewPolicyIsAppliedToAllThatIsThere) {
  for (int i = 0; i < 5; ++i) save();
  manager().set_policy(keep_last(2));
  save();
  EXPECT_THAT(kept(), ElementsAre(6, 5));
}

TEST_F(RetentionTest, AgeOverrulesWhatOtherRulesKeep) {
  CheckpointPolicy policy = keep_last(9);
  policy.max_age = hours(2);
  manager().set_policy(policy);
  for (int i = 0; i < 5; ++i) save();
  EXPECT_THAT(kept(), ElementsAre(5, 4, 3));
}

TEST_F(RetentionTest, TheNewestStaysHoweverOldAndLarge) {
  save();
  CheckpointPolicy policy = keep_last(0);
  policy.max_age = hours(0);
  policy.max_bytes = 0;
  clock_->advance(hours(100));
  EXPECT_THAT(manager().cleanup("etl", policy, false).checkpoints, IsEmpty());
  manager().set_policy(policy);
  save();
  EXPECT_THAT(kept(), ElementsAre(2));
}

TEST_F(RetentionTest, TheNewestThatIsWholeStaysBehindDamagedOnes) {
  save();
  const auto second = save();
  fs::remove(checkpoints() / second.id / "state.json");
  const auto removal = manager().cleanup("etl", keep_last(0), false);
  EXPECT_THAT(removal.checkpoints, IsEmpty());
  EXPECT_EQ(manager().load_latest("etl")->checkpoint.info.sequence, 1);
}

TEST_F(RetentionTest, NothingIsRemovedWhereNothingIsWhole) {
  for (int i = 0; i < 3; ++i) fs::remove(checkpoints() / save().id / "metadata.json");
  const auto removal = manager().cleanup("etl", keep_last(1), false);
  EXPECT_THAT(removal.checkpoints, IsEmpty());
  EXPECT_THAT(removal.set_aside, IsEmpty());
  EXPECT_THAT(kept(), ElementsAre(3, 2, 1));
}

TEST_F(RetentionTest, BytesAreCountedOnceAndTheOldestGoFirst) {
  CheckpointPolicy policy = keep_last(100);
  const int64_t one = save("", 5000).bytes;
  policy.max_bytes = 3 * one + one / 2;
  manager().set_policy(policy);
  for (int i = 0; i < 4; ++i) save("", 5000);
  EXPECT_THAT(kept(), ElementsAre(5, 4, 3));
  // The same table again costs next to nothing, so that nothing has to go.
  const auto table = orders(5000, seed_);
  manager().create_checkpoint("etl", content_of({{"data", table}}));
  manager().create_checkpoint("etl", content_of({{"data", table}}));
  EXPECT_THAT(kept(), ElementsAre(7, 6, 5, 4, 3));
}

TEST_F(RetentionTest, TellsWhatBecomesFree) {
  const auto table = orders(2000);
  for (int i = 0; i < 4; ++i) manager().create_checkpoint("etl", content_of({{"data", table}}));
  // Three share their table with the one that stays.
  const auto shared = manager().cleanup("etl", keep_last(1), true);
  EXPECT_EQ(shared.checkpoints.size(), 3U);
  EXPECT_LT(shared.bytes, 3 * 10000);
  EXPECT_EQ(kept().size(), 4U);
  const auto other = manager().create_checkpoint("etl", content_of({{"data", orders(5)}}));
  const auto freed = manager().cleanup("etl", keep_last(1), false);
  EXPECT_EQ(freed.checkpoints.size(), 4U);
  EXPECT_GT(freed.bytes, 4 * other.bytes);
  EXPECT_THAT(kept(), ElementsAre(5));
}

TEST_F(RetentionTest, CleansAllProcessesAtOnce) {
  for (const char* process : {"a", "b"})
    for (int i = 0; i < 3; ++i) manager().create_checkpoint(process, content_of({}));
  EXPECT_EQ(manager().cleanup("", keep_last(1), false).checkpoints.size(), 4U);
  EXPECT_EQ(manager().list_checkpoints().size(), 2U);
}

TEST_F(RetentionTest, RefusesNumbersBelowZero) {
  EXPECT_EQ(testing::error_kind_of([&] { manager().set_policy(keep_last(-1)); }),
            ErrorKind::invalid_argument);
}

}  // namespace
}  // namespace cairn
