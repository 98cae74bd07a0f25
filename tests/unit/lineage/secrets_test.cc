#include "base/json.h"
#include "lineage_fixture.h"

namespace cairn::lineage {
namespace {

class Secrets : public LineageTest {
 protected:
  // Everything that was stored, in one text.
  std::string all_that_is_stored() {
    std::string all = tracker_.to_openlineage();
    for (const LineageNode& node : tracker_.datasets()) all += node.text() + node.path;
    for (const LineageRun& run : tracker_.runs()) {
      all += run.id + run.job + run.error + run.code_version + Value(run.parameters).to_json();
    }
    return all;
  }
};

TEST_F(Secrets, AreNotStoredUnderNamesThatTellThem) {
  for (const std::string name : {"password", "DB_PASSWORD", "apiKey", "api-key", "aws.secret",
                                 "access_token", "credentials", "dbPasswd", "private_key"}) {
    const Value::Map parameters{{name, "hunter2"}, {"depth", Value::Map{{name, "hunter2"}}}};
    tracker_.track_transformation("t-" + name, {"a"}, {"b"}, "job", parameters);
    const LineageRun run = tracker_.find_run("t-" + name);
    EXPECT_EQ(run.parameters.at(name), Value("[redacted]")) << name;
    tracker_.register_dataset("d-" + name, parameters);
  }
  EXPECT_THAT(all_that_is_stored(), Not(HasSubstr("hunter2")));
}

TEST_F(Secrets, AreTakenOutOfUris) {
  const std::string uri = "postgres://scott:hunter2@db:5432/sales?sslmode=require&token=hunter2";
  tracker_.register_dataset("warehouse", {{"source", uri}, {"list", Value::List{uri}}});
  tracker_.register_dataset(uri);
  LineageRun run = tracker_.start_run("load", {{"from", uri}});
  tracker_.finish_run(run.id, "cannot connect to " + uri + " password='hunter2'");
  tracker_.track_transformation("t", {uri}, {"s3://key:hunter2@bucket/x"}, "job");
  LineageNode node;
  node.dataset = {"mysql", "//scott:hunter2@db/sales"};
  run = tracker_.start_run("load");
  EXPECT_EQ(tracker_.add_input(run.id, node).text(), "mysql://db/sales@1");
  EXPECT_EQ(LineageNode::parse("pg://scott:hunter2@7").text(), "pg://7");
  EXPECT_THAT(all_that_is_stored(), Not(HasSubstr("hunter2")));
  EXPECT_THAT(all_that_is_stored(), Not(HasSubstr("scott")));
  EXPECT_EQ(tracker_.find("warehouse").metadata.at("source"),
            Value("postgres://db:5432/sales?sslmode=require&token=[redacted]"));
}

TEST_F(Secrets, AreNotSeenInWordsThatOnlyLookLikeThem) {
  const Value::Map parameters{{"max_tokens", 5},       {"tokenizer", "x"}, {"key", "order_id"},
                              {"primary_key", "id"},   {"author", "Ana"},  {"passed", true},
                              {"mail", "ana@shop.org"}};
  tracker_.track_transformation("t", {"a"}, {"b"}, "job", parameters);
  EXPECT_EQ(tracker_.find_run("t").parameters, parameters);
}

TEST_F(Secrets, DoNotMakeTheSameTransformationAnother) {
  for (int i = 0; i < 2; ++i) {
    tracker_.register_dataset("raw", {{"password", "hunter2"}});
    tracker_.track_transformation("t", {"raw"}, {"b"}, "job", {{"token", "hunter2"}});
  }
  EXPECT_THAT(texts(tracker_.datasets()), UnorderedElementsAre("raw@1", "b@1"));
}

}  // namespace
}  // namespace cairn::lineage
