#include <sys/wait.h>
#include <unistd.h>

#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

class Runs : public LineageTest {
 protected:
  static LineageNode named(const std::string& reference) { return LineageNode::parse(reference); }
};

TEST_F(Runs, CollectWhatTheyReadAndMakeUntilTheyEnd) {
  const LineageRun run = tracker_.start_run("clean", {{"threshold", 3}}, "git:abc", "", "step");
  EXPECT_EQ(run.state, RunState::RUNNING);
  EXPECT_EQ(run.ended, 0);
  tracker_.add_input(run.id, named("raw"));
  EXPECT_EQ(tracker_.add_output(run.id, named("clean")).text(), "clean@1");
  clock().advance(std::chrono::seconds(5));
  tracker_.finish_run(run.id);
  const LineageRun found = tracker_.find_run(run.id);
  EXPECT_EQ(found.state, RunState::COMPLETE);
  EXPECT_EQ(found.ended - found.started, 5'000'000);
  EXPECT_EQ(found.code_version, "git:abc");
  EXPECT_EQ(found.kind, "step");
  EXPECT_THAT(texts(found.inputs), ElementsAre("raw@1"));
  EXPECT_THAT(texts(found.outputs), ElementsAre("clean@1"));
}

TEST_F(Runs, MakeOutputsOfWhatTheyHaveReadByThen) {
  const LineageRun run = tracker_.start_run("two_steps");
  tracker_.add_input(run.id, named("a"));
  tracker_.add_output(run.id, named("b"));
  tracker_.add_input(run.id, named("c"));
  tracker_.add_output(run.id, named("d"));
  EXPECT_THAT(texts(tracker_.upstream("b")), ElementsAre("b@1", "a@1"));
  EXPECT_THAT(texts(tracker_.upstream("d")), ElementsAre("d@1", "a@1", "c@1"));
}

TEST_F(Runs, FailWithTheirError) {
  const LineageRun run = tracker_.start_run("clean");
  tracker_.finish_run(run.id, "column 'x' is missing");
  EXPECT_EQ(tracker_.find_run(run.id).state, RunState::FAIL);
  EXPECT_EQ(tracker_.find_run(run.id).error, "column 'x' is missing");
}

TEST_F(Runs, TakeNothingMoreOnceTheyHaveEnded) {
  const LineageRun run = tracker_.start_run("clean");
  tracker_.finish_run(run.id);
  EXPECT_EQ(error_kind_of([&] { tracker_.add_input(run.id, named("a")); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { tracker_.add_output(run.id, named("a")); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { tracker_.finish_run(run.id); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { tracker_.finish_run("nobody"); }), ErrorKind::not_found);
  EXPECT_THAT(tracker_.datasets(), IsEmpty());
}

TEST_F(Runs, ReadTheNewestVersionThatAgreesWithWhatIsSaidOfIt) {
  const LineageRun run = tracker_.start_run("load");
  LineageNode file = named("file:raw.csv");
  file.digest = "cd1:aa";
  file.rows = 3;
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@1");
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@1");
  EXPECT_EQ(tracker_.add_input(run.id, named("file:raw.csv")).text(), "file:raw.csv@1");
  file.digest = "cd1:bb";
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@2");
  file.digest = "cd1:aa";
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@1");
}

TEST_F(Runs, FillInWhatWasNotKnownOfAVersionThatNobodyUsedYet) {
  tracker_.register_dataset("file:raw.csv", {{"owner", "sales"}});
  const LineageRun run = tracker_.start_run("load");
  LineageNode file = named("file:raw.csv");
  file.digest = "cd1:aa";
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@1");
  EXPECT_EQ(tracker_.find("file:raw.csv").digest, "cd1:aa");
  EXPECT_EQ(tracker_.find("file:raw.csv").metadata.at("owner"), Value("sales"));
  file.rows = 7;  // by now somebody has used it
  EXPECT_EQ(tracker_.add_input(run.id, file).text(), "file:raw.csv@2");
}

TEST_F(Runs, OfThisProcessAreNotReaped) {
  const LineageRun run = tracker_.start_run("clean");
  EXPECT_EQ(tracker_.reap_runs(), 0);
  open();
  EXPECT_EQ(tracker_.find_run(run.id).state, RunState::RUNNING);
}

TEST_F(Runs, EndAsAbortedWhenTheirProcessDies) {
  const pid_t child = fork();
  if (child == 0) {
    DataLineageTracker tracker(open());
    tracker.start_run("clean");
    _exit(0);  // as a crash leaves it: nothing is closed
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(tracker_.runs().size(), 1U);
  EXPECT_EQ(tracker_.runs()[0].state, RunState::RUNNING);
  EXPECT_EQ(tracker_.reap_runs(), 1);
  EXPECT_EQ(tracker_.runs()[0].state, RunState::ABORT);
  EXPECT_GT(tracker_.runs()[0].ended, 0);
  EXPECT_EQ(tracker_.reap_runs(), 0);
}

TEST_F(Runs, EndAsAbortedWhenTheStoreIsNextOpened) {
  DataLineageTracker(open()).start_run("clean");  // its store is closed at once
  open();
  EXPECT_EQ(tracker_.runs()[0].state, RunState::ABORT);
}

}  // namespace
}  // namespace cairn::lineage
