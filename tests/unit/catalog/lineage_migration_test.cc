#include <fmt/args.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/lineage_schema.h"
#include "catalog/sqlite_connection.h"
#include "support/catalog_drafts.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {
namespace {

using ::testing::ElementsAre;

// A catalog as it was before there was lineage, brought up to date.
class LineageMigration : public ::testing::Test {
 protected:
  std::unique_ptr<Catalog> open() const { return Catalog::open(location_); }

  void forget_lineage_and_migrate() const {
    const auto connection = open_sqlite(location_, Journal::write_ahead);
    for (const char* table :
         {"lineage_edge", "lineage_part", "lineage_run", "lineage_node", "lineage_dataset"})
      connection->run_script(std::string("DROP TABLE ") + table);
    const auto dialect = connection->dialect();
    connection->run_script(
        fmt::format(fmt::runtime(kLineageSchema), fmt::arg("identity", dialect.identity),
                    fmt::arg("bytes", dialect.bytes), fmt::arg("clustered", dialect.clustered)));
  }

  static DatasetVersion roll_back(Catalog& catalog, int64_t to) {
    VersionDraft draft;
    draft.dataset = "orders";
    draft.export_uuid = "rollback";
    draft.operation = "rollback";
    draft.created = at_second(3000);
    return catalog.rollback(draft, to);
  }

  static void expect_same(const LineageNode& node, const LineageNode& original) {
    EXPECT_EQ(node.text(), original.text());
    EXPECT_EQ(node.digest, original.digest);
    EXPECT_EQ(node.schema, original.schema);
    EXPECT_EQ(node.rows, original.rows);
    EXPECT_EQ(node.bytes, original.bytes);
    EXPECT_EQ(node.path, original.path);
    EXPECT_EQ(node.created, original.created);
    EXPECT_EQ(node.metadata, original.metadata);
  }

  cairn::testing::TemporaryFolder folder_;
  Catalog::Location location_{folder_.path() / "catalog.sqlite", folder_.path() / "lock"};
};

TEST_F(LineageMigration, FillsInVersionsAsIfTheyHadRecordedThemselves) {
  std::vector<KeyedNode> originals;
  {
    const auto catalog = open();
    announce_and_commit(*catalog, draft_of("orders", "u1"));
    announce_and_commit(*catalog, draft_of("Orders 2", "u2", "cd1:bb"));
    announce_and_commit(*catalog, draft_of("orders", "u3", "cd1:cc"));
    roll_back(*catalog, 1);
    originals = catalog->lineage().versions({"cairn", "orders"}, 0);
  }
  forget_lineage_and_migrate();
  const auto catalog = open();
  LineageRows& lineage = catalog->lineage();
  const auto versions = lineage.versions({"cairn", "orders"}, 0);
  ASSERT_EQ(versions.size(), 3U);
  for (size_t i = 0; i < versions.size(); ++i) expect_same(versions[i].node, originals[i].node);
  EXPECT_EQ(lineage.newest({"cairn", "Orders 2"}, std::nullopt)->node.path,
            "metadata/orders_2_v000001.json");
  EXPECT_EQ(lineage.datasets(0).front().node.text(), "orders@3");
  const auto run = lineage.find_run("u3");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->job, "export orders");
  EXPECT_EQ(run->outputs.front().text(), "orders@2");
  EXPECT_EQ(lineage.find_run("rollback")->inputs.front().text(), "orders@1");
  const auto edges = lineage.walk({versions[0].key}, {.depth = 1}).edges;
  ASSERT_EQ(edges.size(), 1U);
  EXPECT_EQ(edges[0].from, versions[2].key);
}

TEST_F(LineageMigration, LetsTheNextVersionFollowTheLastOne) {
  announce_and_commit(*open(), draft_of("orders", "u1"));
  forget_lineage_and_migrate();
  const auto catalog = open();
  announce_and_commit(*catalog, draft_of("orders", "u2"));
  EXPECT_EQ(catalog->lineage().newest({"cairn", "orders"}, std::nullopt)->node.sequence, 2);
  EXPECT_THAT(catalog->lineage().orphans(0), ElementsAre());
}

}  // namespace
}  // namespace cairn::catalog
