#include "base/json.h"
#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

class Report : public LineageTest {
 protected:
  static constexpr const char* kHostile = "</script><img src=x onerror=alert(1)>\"]`|#&";
};

TEST_F(Report, DrawsATreeInWhichWhatComesAgainIsMarked) {
  track("t1", {"raw"}, {"a", "b"});
  track("t2", {"a", "b"}, {"report"});
  EXPECT_EQ(tracker_.upstream("report").to_text(),
            "report@1\n"
            "├─ a@1  (read by: job)\n"
            "│  └─ raw@1  (read by: job)\n"
            "└─ b@1  (read by: job)\n"
            "   └─ raw@1  (read by: job)\n");
  track("t3", {"origin"}, {"raw"});
  track("t4", {"raw@2"}, {"a", "b"});
  track("t5", {"a", "b"}, {"report"});
  EXPECT_EQ(tracker_.upstream("report").to_text(),
            "report@2\n"
            "├─ a@2  (read by: job)\n"
            "│  └─ raw@2  (read by: job)\n"
            "│     └─ origin@1  (read by: job)\n"
            "└─ b@2  (read by: job)\n"
            "   └─ raw@2  (read by: job)  (see above)\n");
}

TEST_F(Report, DrawsBothWaysUnderTheirNames) {
  track("t1", {"raw"}, {"clean"});
  track("t2", {"clean"}, {"report"});
  EXPECT_EQ(tracker_.around("clean").to_text(),
            "clean@1\n"
            "made of\n"
            "└─ raw@1  (read by: job)\n"
            "used for\n"
            "└─ report@1  (made by: job)\n");
}

TEST_F(Report, TellsOfRunsThatDidNotCompleteAndOfFailedChecks) {
  const LineageRun run = tracker_.start_run("slow");
  tracker_.add_input(run.id, LineageNode::parse("a"));
  tracker_.add_output(run.id, LineageNode::parse("b"));
  store_->catalog().lineage().mark_check({"cairn", "a"}, 1, "ROWCOUNT in a.csv");
  const std::string text = tracker_.upstream("b", {.depth = 1}).to_text();
  EXPECT_EQ(text, "b@1\n└─ a@1  (read by: slow, RUNNING)  FAILED CHECK: ROWCOUNT in a.csv\n");
}

TEST_F(Report, IsJsonWithNodesRunsAndEdges) {
  track("t1", {"raw"}, {"clean"});
  const Json json = parse_json(tracker_.upstream("clean").to_json(), "the report");
  EXPECT_EQ(json["nodes"][1]["id"], "raw@1");
  EXPECT_EQ(json["runs"][0]["state"], "COMPLETE");
  EXPECT_EQ(json["edges"][0], (Json{{"from", "raw@1"}, {"to", "clean@1"}, {"run", "t1"}}));
  EXPECT_EQ(json["truncated"], false);
}

TEST_F(Report, IsAFlowchartForMermaid) {
  track("t1", {"raw"}, {"clean"});
  EXPECT_THAT(tracker_.upstream("clean").to_mermaid(), HasSubstr("flowchart LR\n"
                                                                 "  n0[\"clean@1\"]:::focus\n"
                                                                 "  n1[\"raw@1\"]\n"
                                                                 "  n1 -->|\"job\"| n0\n"));
}

TEST_F(Report, IsADigraphForDot) {
  track("t1", {"raw"}, {"clean"});
  EXPECT_THAT(tracker_.upstream("clean").to_dot(), HasSubstr("n1 -> n0 [label=\"job\"];\n"));
}

TEST_F(Report, LetsNoNameBreakOutOfItsPlace) {
  tracker_.track_transformation("t", {kHostile}, {"out"}, kHostile, {{kHostile, kHostile}});
  const LineageGraph graph = tracker_.upstream("out");
  const std::string html = graph.to_html();
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  size_t scripts = 0;
  for (size_t at = html.find("</script"); at != html.npos; at = html.find("</script", at + 1))
    ++scripts;
  EXPECT_EQ(scripts, 2U);
  EXPECT_THAT(graph.to_mermaid(), Not(HasSubstr("<img")));
  EXPECT_THAT(graph.to_mermaid(), Not(HasSubstr("|#&")));
  EXPECT_THAT(graph.to_dot(), HasSubstr("onerror=alert(1)>\\\"]"));
}

TEST_F(Report, IsAPageThatFetchesNothingAndHoldsItsData) {
  track("t1", {"raw"}, {"clean"});
  const std::string html = tracker_.upstream("clean").to_html();
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  EXPECT_THAT(html, Not(HasSubstr("src=\"")));
  const std::string start = "<script type=\"application/json\" id=\"graph\">";
  const size_t begin = html.find(start) + start.size();
  const Json data = parse_json(html.substr(begin, html.find("</script>", begin) - begin), "data");
  EXPECT_EQ(data["edges"][0], Json::array({1, 0, 0}));
}

TEST_F(Report, OfNothingSaysSo) {
  EXPECT_THAT(LineageGraph().to_text(), HasSubstr("no way"));
  EXPECT_THAT(LineageGraph().to_html(), HasSubstr("Lineage of nothing"));
  EXPECT_THAT(LineageGraph().to_mermaid(), HasSubstr("flowchart"));
}

}  // namespace
}  // namespace cairn::lineage
