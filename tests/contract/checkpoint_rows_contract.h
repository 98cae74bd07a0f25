#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/checkpoint_drafts.h"
#include "support/errors.h"

/// What every implementation of CheckpointRows promises; for the suite of catalog_contract.h.
namespace cairn::catalog {

using cairn::testing::error_kind_of;
using ::testing::ElementsAre;

inline std::vector<std::string> ids_of(const std::vector<CheckpointRow>& rows) {
  std::vector<std::string> ids;
  for (const CheckpointRow& row : rows) ids.push_back(row.id);
  return ids;
}

class CheckpointRowsContract : public CatalogContract {
 protected:
  CheckpointRows& rows() { return catalog_->checkpoints(); }
};

TEST_P(CheckpointRowsContract, GivesBackEveryField) {
  CheckpointRow row = announced(rows(), claim_of(rows(), "Étl"));
  row.name = "before";
  rows().commit(row, {}, {});
  const CheckpointRow found = rows().find(row.id).value();
  EXPECT_EQ(found.id, "__tl_19700101_001640-000001");
  EXPECT_EQ(found.process, "Étl");
  EXPECT_EQ(found.sequence, 1);
  EXPECT_EQ(found.epoch, 1);
  EXPECT_EQ(found.step, row.step);
  EXPECT_EQ(found.completed_steps, row.completed_steps);
  EXPECT_EQ(found.name, "before");
  EXPECT_EQ(found.schema_version, "2");
  EXPECT_EQ(found.application_version, "9f3a");
  EXPECT_EQ(found.created, row.created);
  EXPECT_EQ(found.rows, 3);
  EXPECT_EQ(found.bytes, 700);
  EXPECT_EQ(found.new_bytes, 70);
  EXPECT_EQ(found.digest, "ck1:aa");
  EXPECT_EQ(found.metadata_sha256, row.metadata_sha256);
  EXPECT_FALSE(found.set_aside);
}

TEST_P(CheckpointRowsContract, NothingIsThereBeforeItsCommit) {
  const CheckpointRow row = announced(rows(), claim_of(rows(), "etl"));
  EXPECT_FALSE(rows().find(row.id));
  EXPECT_TRUE(rows().list("").empty());
  ASSERT_EQ(rows().unfinished().size(), 1U);
  EXPECT_EQ(rows().unfinished()[0].id, row.id);
  EXPECT_EQ(rows().unfinished()[0].slug, "etl");
  rows().forget({row.id});
  EXPECT_TRUE(rows().unfinished().empty());
}

TEST_P(CheckpointRowsContract, CommittingTwiceIsCommittingOnce) {
  const CheckpointRow row = announced(rows(), claim_of(rows(), "etl"));
  rows().commit(row, {}, {});
  rows().commit(row, {}, {});
  EXPECT_EQ(rows().list("etl").size(), 1U);
}

TEST_P(CheckpointRowsContract, OnlyTheLastToTakeOverMayAnnounceAndCommit) {
  const CheckpointClaim first = claim_of(rows(), "etl");
  const CheckpointRow row = announced(rows(), first);
  EXPECT_TRUE(rows().is_in_force(first));
  const CheckpointClaim second = rows().take_over("etl", "pid 2 on here");
  EXPECT_EQ(second.epoch, first.epoch + 1);
  EXPECT_FALSE(rows().is_in_force(first));
  EXPECT_EQ(rows().holder_of("etl"), "pid 2 on here");
  EXPECT_EQ(error_kind_of([&] { rows().commit(row, {}, {}); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { rows().announce(first, at_second(1)); }), ErrorKind::conflict);
  rows().commit(announced(rows(), second), {}, {});
}

TEST_P(CheckpointRowsContract, ListsTheNewestFirst) {
  const auto etl = ids_of(save_checkpoints(rows(), "etl", 3));
  const auto other = ids_of(save_checkpoints(rows(), "other", 1));
  EXPECT_THAT(ids_of(rows().newest("etl", 2)), ElementsAre(etl[2], etl[1]));
  EXPECT_THAT(ids_of(rows().newest("etl", 0, 3)), ElementsAre(etl[2]));
  EXPECT_THAT(ids_of(rows().list("")), ElementsAre(other[0], etl[2], etl[1], etl[0]));
  EXPECT_THAT(rows().processes(), ElementsAre("etl", "other"));
}

TEST_P(CheckpointRowsContract, ACommitRemovesAndForgetsInTheSameStep) {
  const auto old = ids_of(save_checkpoints(rows(), "etl", 2));
  const CheckpointClaim claim = claim_of(rows(), "etl");
  rows().commit(announced(rows(), claim), {old[0]}, {});
  EXPECT_FALSE(rows().find(old[0]));
  ASSERT_EQ(rows().unfinished().size(), 1U);
  EXPECT_TRUE(rows().unfinished()[0].removed);
  rows().commit(announced(rows(), claim), {}, {old[0]});
  EXPECT_TRUE(rows().unfinished().empty());
}

TEST_P(CheckpointRowsContract, WhatIsCommittedIsNotForgotten) {
  const auto saved = save_checkpoints(rows(), "etl", 1);
  rows().forget({saved[0].id});
  EXPECT_TRUE(rows().find(saved[0].id));
}

TEST_P(CheckpointRowsContract, ANameBelongsToTheNewestThatWasSavedUnderIt) {
  const CheckpointClaim claim = claim_of(rows(), "etl");
  const CheckpointClaim other = claim_of(rows(), "other");
  std::vector<std::string> ids;
  for (const CheckpointClaim& each : {claim, other, claim}) {
    CheckpointRow row = announced(rows(), each);
    row.name = "good";
    rows().commit(row, {}, {});
    ids.push_back(row.id);
  }
  EXPECT_EQ(rows().find(ids[0])->name, "");
  EXPECT_EQ(rows().find(ids[1])->name, "good");
  EXPECT_EQ(rows().find(ids[2])->name, "good");
}

TEST_P(CheckpointRowsContract, WhatIsSetAsideIsListedButNotAmongTheNewest) {
  const auto ids = ids_of(save_checkpoints(rows(), "etl", 2));
  rows().set_aside(ids[1]);
  EXPECT_THAT(ids_of(rows().newest("etl", 0)), ElementsAre(ids[0]));
  EXPECT_THAT(ids_of(rows().list("etl")), ElementsAre(ids[1], ids[0]));
  EXPECT_TRUE(rows().find(ids[1])->set_aside);
  rows().mark_removed({ids[1]});
  EXPECT_FALSE(rows().find(ids[1]));
}

TEST_P(CheckpointRowsContract, ProcessesThatLookAlikeInPathsAreKeptApart) {
  EXPECT_EQ(rows().slug_of("ETL run"), "etl_run");
  EXPECT_EQ(rows().slug_of("etl run"), "etl_run_2");
  EXPECT_EQ(rows().slug_of("ETL run"), "etl_run");
}

TEST_P(CheckpointRowsContract, VersionsAreBehindAMarkInTheOrderOfTheirCommits) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  const int64_t mark = rows().version_mark();
  EXPECT_TRUE(rows().published_since(mark).empty());
  announce_and_commit(*catalog_, draft_of("sales", "u2"));
  VersionDraft old = draft_of("orders", "u3");
  old.created = at_second(1);
  announce_and_commit(*catalog_, old);
  EXPECT_THAT(rows().published_since(mark), ElementsAre("sales@1", "orders@2"));
}

}  // namespace cairn::catalog
