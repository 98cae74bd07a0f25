#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

using Graph = LineageTest;

TEST_F(Graph, GoesAsDeepAsAskedAndSaysThatThereIsMore) {
  track("t1", {"a"}, {"b"});
  track("t2", {"b"}, {"c"});
  track("t3", {"c"}, {"d"});
  const LineageGraph near = tracker_.upstream("d", {.depth = 2});
  EXPECT_THAT(texts(near), ElementsAre("d@1", "c@1", "b@1"));
  EXPECT_THAT(edges(near), UnorderedElementsAre("c@1 -> d@1", "b@1 -> c@1"));
  EXPECT_TRUE(near.truncated);
  EXPECT_FALSE(tracker_.upstream("d", {.depth = 3}).truncated);
  EXPECT_THAT(texts(tracker_.downstream("a", {.depth = 1})), ElementsAre("a@1", "b@1"));
}

TEST_F(Graph, StopsAtItsLimit) {
  std::vector<std::string> outputs;
  for (int i = 0; i < 10; ++i) outputs.push_back("out" + std::to_string(i));
  track("t", {"a"}, outputs);
  const LineageGraph some = tracker_.downstream("a", {.limit = 4});
  EXPECT_EQ(some.nodes.size(), 4U);
  EXPECT_EQ(some.edges.size(), 3U);
  EXPECT_TRUE(some.truncated);
  EXPECT_FALSE(tracker_.downstream("a", {.limit = 11}).truncated);
}

TEST_F(Graph, ListsEachNodeOnceHoweverManyWaysLeadToIt) {
  track("t1", {"a"}, {"b", "c"});
  track("t2", {"b", "c"}, {"d"});
  const LineageGraph graph = tracker_.upstream("d");
  EXPECT_THAT(texts(graph), ElementsAre("d@1", "b@1", "c@1", "a@1"));
  EXPECT_EQ(graph.edges.size(), 4U);
}

TEST_F(Graph, EndsWhereADatasetIsMadeOfItself) {
  track("t1", {"raw"}, {"state"});
  for (int i = 2; i <= 5; ++i) track("t" + std::to_string(i), {"state", "raw"}, {"state"});
  const LineageGraph graph = tracker_.upstream("state");
  EXPECT_EQ(graph.nodes.size(), 6U);
  EXPECT_EQ(graph.edges.size(), 9U);
  EXPECT_THAT(texts(tracker_.upstream("state@1")), ElementsAre("state@1", "raw@1"));
}

TEST_F(Graph, EndsWhereDatasetsAreMadeOfEachOther) {
  track("t1", {"a"}, {"b"});
  track("t2", {"b"}, {"a"});
  track("t3", {"a"}, {"b"});
  EXPECT_THAT(texts(tracker_.upstream("b")), ElementsAre("b@2", "a@2", "b@1", "a@1"));
  EXPECT_THAT(texts(tracker_.downstream("a@1")), ElementsAre("a@1", "b@1", "a@2", "b@2"));
}

TEST_F(Graph, HasNoCycleEvenWhereOneIsTold) {
  tracker_.register_dataset("a");
  track("t1", {"a@1"}, {"b"});
  track("t2", {"b@1"}, {"a@1"});  // cannot be: b is made of a
  track("t3", {"a@1"}, {"a@1"});
  EXPECT_THAT(edges(tracker_.around("a@1")), ElementsAre("a@1 -> b@1"));
}

TEST_F(Graph, AroundIsWhatANodeIsMadeOfAndWhatIsMadeOfIt) {
  track("t1", {"raw", "other"}, {"clean"});
  track("t2", {"clean"}, {"report"});
  track("t3", {"other"}, {"elsewhere"});
  EXPECT_THAT(texts(tracker_.around("clean")),
              ElementsAre("clean@1", "raw@1", "other@1", "report@1"));
}

TEST_F(Graph, IsAsItWasThen) {
  track("t1", {"raw"}, {"clean"});
  const LineageQuery then{.as_of = now()};
  track("t2", {"clean"}, {"report"});
  track("t3", {"raw"}, {"clean"});
  EXPECT_THAT(texts(tracker_.downstream("raw", then)), ElementsAre("raw@1", "clean@1"));
  EXPECT_THAT(texts(tracker_.upstream("clean", then)), ElementsAre("clean@1", "raw@1"));
  EXPECT_EQ(error_kind_of([&] { tracker_.upstream("report", then); }), ErrorKind::not_found);
}

TEST_F(Graph, ShowsRunsAsRunningThatEndedLater) {
  const LineageRun run = tracker_.start_run("slow");
  tracker_.add_input(run.id, LineageNode::parse("a"));
  tracker_.add_output(run.id, LineageNode::parse("b"));
  const LineageQuery then{.as_of = now()};
  clock().advance(std::chrono::seconds(1));
  tracker_.finish_run(run.id, "too late");
  EXPECT_EQ(tracker_.upstream("b", then).runs[0].state, RunState::RUNNING);
  EXPECT_EQ(tracker_.upstream("b").runs[0].state, RunState::FAIL);
}

TEST_F(Graph, OfPathsHoldsAllWaysFromOneToTheOther) {
  track("t1", {"a", "noise"}, {"b"});
  track("t2", {"a"}, {"c"});
  track("t3", {"b", "c"}, {"d"});
  track("t4", {"d"}, {"later"});
  EXPECT_THAT(texts(tracker_.paths("a", "d")), UnorderedElementsAre("a@1", "b@1", "c@1", "d@1"));
  EXPECT_THAT(texts(tracker_.paths("d", "a")), IsEmpty());
  tracker_.register_dataset("a", {{"newer", true}});  // of which nothing is made
  EXPECT_EQ(tracker_.paths("a", "d").nodes.size(), 4U);
  EXPECT_THAT(texts(tracker_.paths("a@2", "d")), IsEmpty());
}

TEST_F(Graph, ImpactCountsTheVersionsThatAChangeReaches) {
  track("t1", {"raw"}, {"clean"});
  track("t2", {"clean"}, {"report"});
  track("t3", {"raw"}, {"clean"});
  track("t4", {"other"}, {"report"});
  const auto impact = tracker_.impact("raw");
  ASSERT_EQ(impact.size(), 2U);
  EXPECT_EQ(impact[0].first.name, "clean");
  EXPECT_EQ(impact[0].second, 2);
  EXPECT_EQ(impact[1].first.name, "report");
  EXPECT_EQ(impact[1].second, 1);
  EXPECT_THAT(tracker_.impact("report"), IsEmpty());
}

TEST_F(Graph, AChainOfManyIsWalkedAndDrawnWithoutRecursion) {
  constexpr size_t kLength = 20'000;
  std::vector<LineageRun> runs(kLength);
  for (size_t i = 0; i < kLength; ++i) {
    runs[i].job = "step";
    runs[i].inputs = {LineageNode::parse("n" + std::to_string(i))};
    runs[i].outputs = {LineageNode::parse("n" + std::to_string(i + 1))};
  }
  tracker_.record_runs(runs);
  const LineageGraph graph = tracker_.upstream("n20000");
  EXPECT_EQ(graph.nodes.size(), kLength + 1);
  EXPECT_EQ(graph.nodes.back().text(), "n0@1");
  const std::string text = graph.to_text();
  EXPECT_THAT(text, HasSubstr("n0@1"));
  EXPECT_LT(text.size(), kLength * 200);
  EXPECT_EQ(tracker_.impact("n0").size(), kLength);
}

}  // namespace
}  // namespace cairn::lineage
