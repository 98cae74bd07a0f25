#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catalog_contract.h"

namespace cairn::catalog {

using cairn::testing::error_kind_of;

/// What every implementation of a catalog has to do for lineage.
class LineageContract : public ::testing::TestWithParam<CatalogKind> {
 protected:
  static LineageNode named(const std::string& reference) { return LineageNode::parse(reference); }

  static LineageRun run_of(const std::string& id, const std::vector<std::string>& inputs,
                           const std::vector<std::string>& outputs) {
    LineageRun run;
    run.id = id;
    run.job = "job";
    for (const std::string& input : inputs) run.inputs.push_back(named(input));
    for (const std::string& output : outputs) run.outputs.push_back(named(output));
    return run;
  }

  LineageRun record(const std::string& id, const std::vector<std::string>& inputs,
                    const std::vector<std::string>& outputs) {
    return lineage().record({run_of(id, inputs, outputs)}, at_second(5)).front();
  }

  LineageRows& lineage() { return catalog_->lineage(); }

  /// What a version was made of.
  std::vector<std::string> sources(const std::string& reference) {
    const LineageNode node = named(reference);
    std::vector<int64_t> keys;
    const int64_t key = lineage().find(node.dataset, node.sequence)->key;
    for (const auto& edge : lineage().walk({key}, {.depth = 1}).edges) keys.push_back(edge.from);
    std::vector<std::string> texts;
    for (const LineageNode& source : lineage().nodes(keys)) texts.push_back(source.text());
    return texts;
  }

  cairn::testing::TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = GetParam().open(folder_.path());
};

// Publications.

TEST_P(LineageContract, HoldsEveryVersionThatIsPublishedWithTheRunThatMadeIt) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  const auto node = lineage().newest({"cairn", "orders"}, std::nullopt);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->node.text(), "orders@1");
  EXPECT_EQ(node->node.digest, "cd1:aa");
  EXPECT_EQ(node->node.schema, "sf1:bb");
  EXPECT_EQ(node->node.rows, 3);
  EXPECT_EQ(node->node.bytes, 70);
  EXPECT_EQ(node->node.path, "metadata/orders_v000001.json");
  const auto run = lineage().find_run("u1");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->kind, "export");
  EXPECT_EQ(run->state, RunState::COMPLETE);
  ASSERT_EQ(run->outputs.size(), 1U);
  EXPECT_EQ(run->outputs[0].text(), "orders@1");
}

TEST_P(LineageContract, HoldsNothingOfAPublicationThatFailed) {
  VersionDraft draft = draft_of("orders", "u1");
  draft.inputs = {{named("file:a.csv"), ""}};
  EXPECT_EQ(error_kind_of([&] { catalog_->commit(draft); }), ErrorKind::conflict);
  EXPECT_FALSE(lineage().find_run("u1"));
  EXPECT_THAT(lineage().datasets(0), IsEmpty());
}

TEST_P(LineageContract, RecordsAPublicationOnceHoweverOftenItIsCommitted) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  catalog_->commit(draft_of("orders", "u1"));
  EXPECT_EQ(lineage().versions({"cairn", "orders"}, 0).size(), 1U);
  EXPECT_EQ(lineage().runs("", 0).size(), 1U);
}

TEST_P(LineageContract, KnowsWhatAVersionWasMadeOf) {
  VersionDraft draft = draft_of("orders", "u1");
  draft.inputs = {{named("file:a.csv"), ""}, {named("file:b.csv"), ""}};
  announce_and_commit(*catalog_, draft);
  EXPECT_THAT(sources("orders@1"), ElementsAre("file:a.csv@1", "file:b.csv@1"));
  draft = draft_of("orders", "u2");
  draft.inputs = {{named("orders"), ""}};
  announce_and_commit(*catalog_, draft);
  EXPECT_THAT(sources("orders@2"), ElementsAre("orders@1"));
}

TEST_P(LineageContract, KnowsWhatARollbackWentBackTo) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  announce_and_commit(*catalog_, draft_of("orders", "u2", "cd1:bb"));
  VersionDraft draft;
  draft.dataset = "orders";
  draft.export_uuid = "u3";
  draft.operation = "rollback";
  catalog_->rollback(draft, 1);
  EXPECT_THAT(sources("orders@3"), ElementsAre("orders@1"));
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 3)->node.schema, "sf1:bb");
  EXPECT_EQ(lineage().find_run("u3")->kind, "rollback");
}

TEST_P(LineageContract, MakesAPublicationPartOfTheRunThatItNames) {
  LineageRun run = run_of("r1", {}, {});
  run.state = RunState::RUNNING;
  lineage().start(run, "writer-1");
  lineage().add_input("r1", named("raw"), at_second(1));
  VersionDraft draft = draft_of("orders", "u1");
  draft.run = "r1";
  announce_and_commit(*catalog_, draft);
  EXPECT_THAT(sources("orders@1"), ElementsAre("raw@1"));
  EXPECT_FALSE(lineage().find_run("u1"));
  EXPECT_EQ(lineage().find_run("r1")->outputs.size(), 1U);
}

TEST_P(LineageContract, PublishesAlthoughTheRunThatWasNamedHasEnded) {
  LineageRun run = run_of("r1", {}, {});
  run.state = RunState::RUNNING;
  lineage().start(run, "writer-1");
  lineage().abort("r1", at_second(2));
  VersionDraft draft = draft_of("orders", "u1");
  draft.run = "r1";
  EXPECT_EQ(error_kind_of([&] { lineage().check_inputs({}, draft.run); }), ErrorKind::conflict);
  announce_and_commit(*catalog_, draft);
  EXPECT_EQ(lineage().find_run("u1")->parent, "r1");
}

TEST_P(LineageContract, TakesAVersionThatWasRecordedInAdvanceForThePublishedOne) {
  LineageNode planned = named("orders");
  planned.metadata = {{"owner", "sales"}};
  lineage().register_version(planned, at_second(1));
  record("r1", {"orders"}, {"report"});
  VersionDraft draft = draft_of("orders", "u1");
  draft.inputs = {{named("file:a.csv"), ""}, {named("report"), ""}};
  announce_and_commit(*catalog_, draft);
  const auto versions = lineage().versions({"cairn", "orders"}, 0);
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].node.digest, "cd1:aa");
  EXPECT_EQ(versions[0].node.metadata.at("owner"), cairn::Value("sales"));
  EXPECT_THAT(sources("report@1"), ElementsAre("orders@1"));
  // What is made of it cannot be what it is made of.
  EXPECT_THAT(sources("orders@1"), ElementsAre("file:a.csv@1"));
}

TEST_P(LineageContract, MovesAVersionOfOtherContentOutOfTheWayOfAPublishedOne) {
  LineageNode other = named("orders");
  other.digest = "cd1:other";
  lineage().register_version(other, at_second(1));
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 1)->node.digest, "cd1:aa");
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 2)->node.digest, "cd1:other");
  announce_and_commit(*catalog_, draft_of("orders", "u2", "cd1:bb"));
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 2)->node.digest, "cd1:bb");
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 3)->node.digest, "cd1:other");
}

TEST_P(LineageContract, RefusesInputsThatCannotBeRecordedBeforeAnythingIsWritten) {
  EXPECT_EQ(error_kind_of([&] {
              lineage().check_inputs({{named("orders@7"), ""}}, std::nullopt);
            }),
            ErrorKind::not_found);
  LineageNode hostile = named("a");
  hostile.dataset.name = "a\nb";
  EXPECT_EQ(error_kind_of([&] {
              lineage().check_inputs({{hostile, ""}}, std::nullopt);
            }),
            ErrorKind::invalid_argument);
  EXPECT_EQ(error_kind_of([&] { lineage().check_inputs({}, "nobody"); }), ErrorKind::not_found);
  lineage().check_inputs({{named("file:new.csv"), ""}}, std::nullopt);
  EXPECT_THAT(lineage().datasets(0), IsEmpty());
}

// Runs.

TEST_P(LineageContract, KeepsRunsAsTheyWereRecordedAfterOpeningAgain) {
  LineageRun run = run_of("r1", {"a"}, {"b"});
  run.kind = "step";
  run.state = RunState::FAIL;
  run.parent = "r0";
  run.code_version = "git:1";
  run.parameters = {{"n", 1}};
  run.error = "disk full";
  run.started = 5;
  run.ended = 7;
  run.columns = {{"a", "x", "b", "y", "INDIRECT", "FILTER"}};
  lineage().record({run}, at_second(1));
  catalog_ = GetParam().open(folder_.path());
  const auto found = lineage().find_run("r1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, "step");
  EXPECT_EQ(found->state, RunState::FAIL);
  EXPECT_EQ(found->parent, "r0");
  EXPECT_EQ(found->code_version, "git:1");
  EXPECT_EQ(found->parameters, run.parameters);
  EXPECT_EQ(found->error, "disk full");
  EXPECT_EQ(found->started, 5);
  EXPECT_EQ(found->ended, 7);
  EXPECT_EQ(found->columns, run.columns);
  EXPECT_EQ(found->inputs[0].text(), "a@1");
  EXPECT_EQ(found->outputs[0].text(), "b@1");
}

TEST_P(LineageContract, RecordsAllRunsOrNone) {
  const auto good = run_of("r1", {"a"}, {"b"});
  const auto bad = run_of("r2", {"a@9"}, {"b"});
  EXPECT_EQ(error_kind_of([&] {
              lineage().record({good, bad}, at_second(1));
            }),
            ErrorKind::not_found);
  EXPECT_FALSE(lineage().find_run("r1"));
  EXPECT_EQ(lineage().totals().versions, 0);
}

TEST_P(LineageContract, ListsRunsNewestFirstOfAllJobsOrOfOne) {
  record("r1", {"a"}, {"b"});
  LineageRun other = run_of("r2", {"a"}, {"c"});
  other.job = "other";
  lineage().record({other}, at_second(1));
  record("r3", {"a"}, {"b"});
  const auto ids = [](const std::vector<LineageRun>& runs) {
    std::vector<std::string> list;
    for (const LineageRun& run : runs) list.push_back(run.id);
    return list;
  };
  EXPECT_THAT(ids(lineage().runs("", 0)), ElementsAre("r3", "r2", "r1"));
  EXPECT_THAT(ids(lineage().runs("", 1)), ElementsAre("r3"));
  EXPECT_THAT(ids(lineage().runs("job", 0)), ElementsAre("r3", "r1"));
}

TEST_P(LineageContract, NumbersVersionsWithoutGapsHoweverManyRecordThem) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this, thread] {
      const auto catalog = GetParam().open(folder_.path());
      for (int i = 0; i < 10; ++i) {
        const std::string id = fmt::format("r{}-{}", thread, i);
        catalog->lineage().record({run_of(id, {"raw"}, {"clean"})}, at_second(i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto versions = lineage().versions({"cairn", "clean"}, 0);
  ASSERT_EQ(versions.size(), 40U);
  for (size_t i = 0; i < versions.size(); ++i)
    EXPECT_EQ(versions[i].node.sequence, 40 - static_cast<int64_t>(i));
  EXPECT_EQ(lineage().versions({"cairn", "raw"}, 0).size(), 1U);
}

TEST_P(LineageContract, CountsWhatThereIs) {
  record("r1", {"a", "b"}, {"c"});
  record("r2", {"c"}, {"c"});
  const LineageTotals totals = lineage().totals();
  EXPECT_EQ(totals.datasets, 3);
  EXPECT_EQ(totals.versions, 4);
  EXPECT_EQ(totals.runs, 2);
}

TEST_P(LineageContract, RemembersTheCheckThatAVersionFailed) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  lineage().mark_check({"cairn", "orders"}, 1, "SIZE_MISMATCH in a.csv");
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 1)->node.failed_check, "SIZE_MISMATCH in a.csv");
  lineage().mark_check({"cairn", "orders"}, 1, "");
  EXPECT_EQ(lineage().find({"cairn", "orders"}, 1)->node.failed_check, "");
}

}  // namespace cairn::catalog
