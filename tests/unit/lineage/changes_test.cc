#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

class Changes : public LineageTest {
 protected:
  struct Output {
    std::string name;
    int64_t rows = -1;
    std::string digest = {};
    std::string schema = {};
  };

  LineageRun run(const std::string& id, const std::vector<std::string>& inputs,
                 const Output& output, const Value::Map& parameters = {},
                 const std::string& code = "v1") {
    LineageRun run;
    run.id = id;
    run.job = "job";
    run.parameters = parameters;
    run.code_version = code;
    for (const std::string& input : inputs) run.inputs.push_back(LineageNode::parse(input));
    LineageNode node = LineageNode::parse(output.name);
    node.rows = output.rows;
    node.digest = output.digest;
    node.schema = output.schema;
    run.outputs = {node};
    return tracker_.record_run(run);
  }

  std::vector<std::string> diff(const std::string& before, const std::string& after) {
    std::vector<std::string> lines;
    for (const auto& change : tracker_.diff(before, after).changes)
      lines.push_back(change.what + ": " + change.before + " -> " + change.after);
    return lines;
  }

  std::string cause(const std::string& reference) {
    const auto found = tracker_.root_cause(reference);
    if (!found) return "none";
    return found->node.text() + " (" + std::to_string(found->distance) + "): " + found->reason;
  }
};

TEST_F(Changes, BetweenRunsAreOfParametersCodeInputsAndWhatTheyMade) {
  run("r1", {"raw"}, {"clean", 100, "cd1:aa", "sf1:a"}, {{"threshold", 3}, {"same", 1}});
  tracker_.register_dataset("raw", {{"day", 2}});
  run("r2", {"raw", "extra"}, {"clean", 90, "cd1:bb", "sf1:a"},
      {{"threshold", 3.0}, {"same", 1}, {"new", "x"}}, "v2");
  EXPECT_THAT(
      diff("r1", "r2"),
      ElementsAre("code: v1 -> v2", "parameter new:  -> x", "parameter threshold: 3 -> 3.0",
                  "input extra:  -> extra@1", "input raw: raw@1 -> raw@2",
                  "output rows clean: 100 -> 90", "output content clean: cd1:aa -> cd1:bb"));
}

TEST_F(Changes, BetweenEqualRunsAreNone) {
  run("r1", {"raw"}, {"clean", 100, "cd1:aa", "sf1:a"}, {{"threshold", 3}});
  run("r2", {"raw"}, {"clean", 100, "cd1:aa", "sf1:a"}, {{"threshold", 3}});
  EXPECT_THAT(diff("r1", "r2"), IsEmpty());
  EXPECT_EQ(error_kind_of([&] { diff("r1", "r3"); }), ErrorKind::not_found);
}

TEST_F(Changes, AFailedCheckFurtherUpIsTheCause) {
  run("r1", {"raw"}, {"clean"});
  run("r2", {"clean"}, {"joined"});
  run("r3", {"joined"}, {"report"});
  store_->catalog().lineage().mark_check({"cairn", "clean"}, 1, "CHECKSUM_MISMATCH in clean.csv");
  EXPECT_EQ(cause("report"), "clean@1 (2): failed check: CHECKSUM_MISMATCH in clean.csv");
  EXPECT_EQ(cause("clean"), "clean@1 (0): failed check: CHECKSUM_MISMATCH in clean.csv");
  EXPECT_EQ(cause("raw"), "none");
}

TEST_F(Changes, TheNearestChangeIsTheCause) {
  run("r1", {"raw"}, {"clean", 100}, {{"threshold", 3}});
  run("r2", {"clean"}, {"report", 10});
  run("r3", {"raw"}, {"clean", 100}, {{"threshold", 4}});
  run("r4", {"clean"}, {"report", 10});
  EXPECT_EQ(cause("report"), "clean@2 (1): parameter threshold changed from '3' to '4'");
  run("r5", {"clean"}, {"report", 10}, {}, "v2");
  EXPECT_EQ(cause("report"), "report@3 (0): code changed from 'v1' to 'v2'");
}

TEST_F(Changes, OfSchemaAndOfHowManyRowsAreCauses) {
  run("r1", {"raw"}, {"clean", 100, "", "sf1:a"});
  run("r2", {"raw"}, {"clean", 100, "", "sf1:b"});
  EXPECT_EQ(cause("clean"), "clean@2 (0): schema changed from sf1:a to sf1:b");
  run("r3", {"raw"}, {"clean", 50, "", "sf1:b"});
  EXPECT_EQ(cause("clean"), "clean@3 (0): rows fell from 100 to 50");
  run("r4", {"raw"}, {"clean", 51, "", "sf1:b"});
  EXPECT_EQ(cause("clean"), "none");
}

TEST_F(Changes, AreFoundHoweverFarAway) {
  run("r0", {"raw"}, {"n0"});
  run("r1", {"raw"}, {"n0"}, {}, "v2");
  for (int i = 1; i <= 100; ++i)
    run("s" + std::to_string(i), {"n" + std::to_string(i - 1)}, {"n" + std::to_string(i)});
  EXPECT_EQ(cause("n100"), "n0@2 (100): code changed from 'v1' to 'v2'");
}

}  // namespace
}  // namespace cairn::lineage
