#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

using Tracker = LineageTest;

TEST_F(Tracker, AnswersTheExampleOfTheSpecification) {
  tracker_.register_dataset("raw_sales_data",
                            {{"source", "sales_db"}, {"records", 1000000}, {"date", "2023-01-01"}});
  tracker_.track_transformation("sales_cleaning_001", {"raw_sales_data"}, {"cleaned_sales_data"},
                                "data_cleaning",
                                {{"remove_duplicates", true}, {"validate_emails", true}});
  const LineageGraph graph = tracker_.upstream("cleaned_sales_data");
  EXPECT_THAT(texts(graph), ElementsAre("cleaned_sales_data@1", "raw_sales_data@1"));
  EXPECT_THAT(edges(graph), ElementsAre("raw_sales_data@1 -> cleaned_sales_data@1"));
  EXPECT_EQ(graph.nodes[1].metadata.at("records"), Value(1000000));
  ASSERT_EQ(graph.runs.size(), 1U);
  EXPECT_EQ(graph.runs[0].id, "sales_cleaning_001");
  EXPECT_EQ(graph.runs[0].kind, "data_cleaning");
  EXPECT_EQ(graph.runs[0].state, RunState::COMPLETE);
  EXPECT_EQ(graph.runs[0].parameters.at("validate_emails"), Value(true));
  EXPECT_THAT(texts(tracker_.downstream("raw_sales_data")),
              ElementsAre("raw_sales_data@1", "cleaned_sales_data@1"));
}

TEST_F(Tracker, LeavesADatasetAloneThatIsRegisteredAgainWithTheSameMetadata) {
  EXPECT_EQ(tracker_.register_dataset("raw", {{"source", "a"}}).text(), "raw@1");
  EXPECT_EQ(tracker_.register_dataset("raw", {{"source", "a"}}).text(), "raw@1");
  EXPECT_EQ(tracker_.register_dataset("raw").text(), "raw@1");
}

TEST_F(Tracker, MakesANewVersionOfADatasetWithOtherMetadataAndKeepsTheOld) {
  tracker_.register_dataset("raw", {{"source", "a"}});
  EXPECT_EQ(tracker_.register_dataset("raw", {{"source", "b"}}).text(), "raw@2");
  const auto versions = tracker_.versions({"cairn", "raw"});
  EXPECT_THAT(texts(versions), ElementsAre("raw@2", "raw@1"));
  EXPECT_EQ(versions[1].metadata.at("source"), Value("a"));
  EXPECT_EQ(tracker_.find("raw").sequence, 2);
  EXPECT_EQ(tracker_.find("raw@1").sequence, 1);
}

TEST_F(Tracker, KeepsEveryTypeOfParameter) {
  const Value::Map parameters{{"int", 1},
                              {"float", 1.0},
                              {"text", "1"},
                              {"list", Value::List{1, "a", Value()}},
                              {"set", ValueSet{{1, 2}}},
                              {"day", Date{20000}}};
  tracker_.track_transformation("t", {"a"}, {"b"}, "job", parameters);
  EXPECT_EQ(tracker_.find_run("t").parameters, parameters);
}

TEST_F(Tracker, GivesEveryOutputANewVersionAndReadsTheNewest) {
  track("t1", {"raw"}, {"clean"});
  track("t2", {"clean"}, {"clean"});
  const LineageRun third = track("t3", {"clean", "raw"}, {"clean", "report"});
  EXPECT_THAT(texts(third.inputs), UnorderedElementsAre("clean@2", "raw@1"));
  EXPECT_THAT(texts(third.outputs), UnorderedElementsAre("clean@3", "report@1"));
}

TEST_F(Tracker, ChangesNothingWhenToldTheSameTransformationAgain) {
  track("t1", {"raw"}, {"clean"});
  EXPECT_THAT(texts(track("t1", {"raw"}, {"clean"}).outputs), ElementsAre("clean@1"));
  EXPECT_THAT(texts(tracker_.versions({"cairn", "clean"})), ElementsAre("clean@1"));
}

TEST_F(Tracker, RefusesAnIdThatBelongsToAnotherTransformation) {
  track("t1", {"raw"}, {"clean"});
  EXPECT_EQ(error_kind_of([&] { track("t1", {"raw"}, {"other"}); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] {
              tracker_.track_transformation("t1", {"raw"}, {"clean"}, "job", {{"x", 1}});
            }),
            ErrorKind::conflict);
  EXPECT_THAT(texts(tracker_.datasets()), UnorderedElementsAre("raw@1", "clean@1"));
}

TEST_F(Tracker, SaysThatAVersionWhichIsThereWasMadeByATransformation) {
  tracker_.register_dataset("orders", {{"n", 1}});
  track("t1", {"raw"}, {"orders@1"});
  EXPECT_THAT(texts(tracker_.upstream("orders@1")), ElementsAre("orders@1", "raw@1"));
  EXPECT_EQ(error_kind_of([&] { track("t2", {"raw"}, {"orders@9"}); }), ErrorKind::not_found);
}

TEST_F(Tracker, MakesAnOutputOfThoseInputsOnlyThatItsColumnsName) {
  tracker_.track_transformation("t", {"orders", "people"}, {"sales", "staff", "log"}, "split", {},
                                {{"orders", "amount", "sales", "total", "DIRECT", "AGGREGATION"},
                                 {"people", "name", "staff", "name", "DIRECT", "IDENTITY"}});
  EXPECT_THAT(texts(tracker_.upstream("sales")), ElementsAre("sales@1", "orders@1"));
  EXPECT_THAT(texts(tracker_.upstream("staff")), ElementsAre("staff@1", "people@1"));
  EXPECT_THAT(texts(tracker_.upstream("log")),
              ElementsAre("log@1", "orders@1", "people@1"));  // no column tells
  EXPECT_EQ(tracker_.find_run("t").columns.size(), 2U);
}

TEST_F(Tracker, NamesTheNearestDatasetWhereOneIsNotThere) {
  tracker_.register_dataset("orders");
  const auto error = error_of([&] { tracker_.find("ordesr"); });
  EXPECT_EQ(error->kind(), ErrorKind::not_found);
  EXPECT_THAT(error->what(), HasSubstr("did you mean 'orders'"));
  EXPECT_THAT(error_of([&] { tracker_.find("orders@7"); })->what(), HasSubstr("its newest is 1"));
}

TEST_F(Tracker, RefusesNamesThatCannotBeStored) {
  for (const std::string name : {"", "a\nb", "\xff", ":x", "x:"}) {
    EXPECT_EQ(error_kind_of([&] { tracker_.register_dataset(name); }), ErrorKind::invalid_argument)
        << name;
  }
  EXPECT_EQ(error_kind_of([&] { track("", {"a"}, {"b\x01"}); }), ErrorKind::invalid_argument);
  EXPECT_EQ(error_kind_of([&] { tracker_.register_dataset(std::string(2000, 'x')); }),
            ErrorKind::invalid_argument);
  EXPECT_THAT(tracker_.datasets(), IsEmpty());
}

TEST_F(Tracker, FindsWhatHasTheSameContentWhereverItIs) {
  LineageNode file;
  file.dataset = {"file", "raw.csv"};
  file.digest = "cd1:ab";
  const LineageRun run = tracker_.start_run("load");
  tracker_.add_input(run.id, file);
  EXPECT_EQ(tracker_.find_by_digest("cd1:ab")->text(), "file:raw.csv@1");
  EXPECT_FALSE(tracker_.find_by_digest("cd1:cd"));
  EXPECT_FALSE(tracker_.find_by_digest(""));
}

TEST_F(Tracker, ListsTheNewestVersionOfEachDatasetLastChangedFirst) {
  track("t1", {"raw"}, {"clean"});
  track("t2", {"clean"}, {"report"});
  tracker_.register_dataset("raw", {{"changed", true}});
  EXPECT_THAT(texts(tracker_.datasets()), ElementsAre("raw@2", "report@1", "clean@1"));
  EXPECT_THAT(texts(tracker_.datasets(1)), ElementsAre("raw@2"));
}

TEST_F(Tracker, ListsVersionsThatNoRunKnowsAsOrphans) {
  track("t1", {"raw"}, {"clean"});
  tracker_.register_dataset("forgotten");
  EXPECT_THAT(texts(tracker_.orphans()), ElementsAre("forgotten@1"));
}

TEST_F(Tracker, RecordsManyRunsAtOnce) {
  std::vector<LineageRun> runs(3);
  for (size_t i = 0; i < runs.size(); ++i) {
    runs[i].job = "hit";
    runs[i].kind = "cache_hit";
    runs[i].inputs.resize(1);
    runs[i].inputs[0].dataset = {"cache", "k" + std::to_string(i)};
  }
  const auto recorded = tracker_.record_runs(runs);
  EXPECT_THAT(texts(recorded[2].inputs), ElementsAre("cache:k2@1"));
  EXPECT_EQ(tracker_.runs("hit").size(), 3U);
  EXPECT_EQ(tracker_.runs("hit", 2).size(), 2U);
  EXPECT_EQ(tracker_.runs("hit")[0].id, recorded[2].id);
  EXPECT_GT(recorded[0].started, 0);
}

}  // namespace
}  // namespace cairn::lineage
