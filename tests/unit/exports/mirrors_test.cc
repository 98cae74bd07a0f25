#include "exports/mirrors.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "exports/manifest.h"
#include "io/file.h"
#include "io/file_lock.h"
#include "support/errors.h"
#include "support/fixed_environment.h"
#include "support/sample_version.h"
#include "support/temporary_folder.h"

namespace cairn::exports {
namespace {

using cairn::testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class MirrorsTest : public ::testing::Test {
 protected:
  std::shared_ptr<store::Store> open() const {
    PipelineConfig config;
    config.output_data_path = folder_ / "out";
    config.temp_data_path = folder_ / "temp";
    return store::Store::open(config, store::Store::Mode::create, environment_);
  }

  // Rows in the catalog, as an export leaves them; a manifest is made from nothing else.
  DatasetVersion commit(const std::string& dataset, const std::string& schema) {
    catalog::VersionDraft draft;
    draft.export_uuid = new_id();
    draft.dataset = dataset;
    draft.created = store_->now();
    draft.digest = "cd1:00";
    draft.message = "nightly";
    draft.tables = {sample_table(*arrow::schema({arrow::field("id", arrow::int64())}))};
    if (!schema.empty()) draft.tables.front().schema = schema;
    draft.files = {sample_file("csv")};
    draft.files.front().path = "csv/" + draft.export_uuid + ".csv";
    store_->catalog().announce({draft.export_uuid, dataset, store_->writer(), store_->now(), {}});
    return store_->catalog().commit(draft);
  }
  DatasetVersion commit(const std::string& dataset) { return commit(dataset, ""); }

  // The source of random bytes is not made for several threads.
  std::string new_id() {
    const std::lock_guard lock(mutex_);
    return store_->new_id().text();
  }

  std::string text_of(const std::string& file) const {
    return io::read_file(folder_.path() / "out" / file, 1 << 24);
  }
  bool exists(const std::string& file) const {
    return io::file_exists(folder_.path() / "out" / file);
  }
  Json history() const { return parse_json(text_of("version_history.json"), "the history"); }

  const cairn::testing::TemporaryFolder folder_;
  const Environment environment_ = cairn::testing::fixed_environment();
  const std::shared_ptr<store::Store> store_ = open();
  std::mutex mutex_;
};

TEST_F(MirrorsTest, HoldTheManifestAndMd5SumsOfEveryVersion) {
  commit("Orders");
  commit("Orders");
  refresh_mirrors(*store_);
  const auto version = store_->catalog().load("Orders", 2);
  EXPECT_EQ(text_of("metadata/orders_v000002.json"), to_pretty_json(render_manifest(version)));
  EXPECT_EQ(text_of("metadata/orders_v000002.md5"), render_md5_sums(version));
  EXPECT_TRUE(exists("metadata/orders_v000001.json"));
  EXPECT_TRUE(store_->catalog().unmirrored().empty());
}

TEST_F(MirrorsTest, ListTheVersionsOfADatasetNewestFirst) {
  commit("Orders");
  const auto newest = commit("Orders");
  refresh_mirrors(*store_);
  const Json dataset = history()["datasets"]["Orders"];
  EXPECT_EQ(dataset["latest"], 2);
  EXPECT_EQ(dataset["version_count"], 2);
  ASSERT_EQ(dataset["versions"].size(), 2U);
  EXPECT_EQ(dataset["versions"][0]["version"], 2);
  EXPECT_EQ(dataset["versions"][0]["export_id"], newest.export_uuid);
  EXPECT_EQ(dataset["versions"][0]["message"], "nightly");
  EXPECT_EQ(dataset["versions"][0]["manifest"], "metadata/orders_v000002.json");
}

TEST_F(MirrorsTest, StayBoundedHoweverManyVersionsThereAre) {
  for (int i = 0; i < 12; ++i) commit("Orders");
  refresh_mirrors(*store_);
  const Json dataset = history()["datasets"]["Orders"];
  EXPECT_EQ(dataset["version_count"], 12);
  EXPECT_EQ(dataset["versions"].size(), 10U);
}

TEST_F(MirrorsTest, FollowTagsThatMove) {
  commit("Orders");
  refresh_mirrors(*store_);
  store_->catalog().tag("Orders", 1, "prod", false);
  refresh_mirrors(*store_);
  EXPECT_EQ(history()["datasets"]["Orders"]["versions"][0]["tags"], Json::array({"prod"}));
}

TEST_F(MirrorsTest, LeaveTheHistoryAloneWhenNothingChanged) {
  commit("Orders");
  refresh_mirrors(*store_);
  const Json before = history();
  const auto clock = std::make_shared<cairn::testing::FixedClock>(environment_.clock->now());
  clock->advance(std::chrono::hours(1));
  PipelineConfig config;
  config.output_data_path = folder_ / "out";
  config.temp_data_path = folder_ / "temp";
  const auto later = store::Store::open(config, store::Store::Mode::existing,
                                        Environment{clock, environment_.random});
  refresh_mirrors(*later);
  EXPECT_EQ(history()["generated"], before["generated"]);
  later->catalog().tag("Orders", 1, "prod", false);
  refresh_mirrors(*later);
  EXPECT_NE(history()["generated"], before["generated"]);
}

TEST_F(MirrorsTest, ReplaceAHistoryThatIsNoHistory) {
  commit("Orders");
  for (const char* damage : {"", "{\"datasets\":", "[]", "\xff\xfe", "7"}) {
    io::replace_file(folder_.path() / "out" / "version_history.json", damage);
    refresh_mirrors(*store_);
    EXPECT_EQ(history()["format"], "cairn-version-history/1") << damage;
  }
}

TEST_F(MirrorsTest, AreNotKeptFromOtherVersionsByOneThatCannotBeDescribed) {
  commit("Broken", "no schema");
  commit("Orders");
  const auto error = error_of([&] { refresh_mirrors(*store_); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("schema"));
  EXPECT_TRUE(exists("metadata/orders_v000001.json"));
  EXPECT_TRUE(history()["datasets"].contains("Broken"));
}

TEST_F(MirrorsTest, AreLeftToWhoeverKeepsThemLocked) {
  commit("Orders");
  {
    const auto held = io::FileLock::acquire(store_->layout().mirrors_lock());
    EXPECT_FALSE(refresh_mirrors(*store_, std::chrono::milliseconds(1)));
    EXPECT_FALSE(exists("metadata/orders_v000001.json"));
    EXPECT_EQ(error_of([&] { repair_mirrors(*store_, {}, std::chrono::milliseconds(1)); })->kind(),
              ErrorKind::busy);
  }
  EXPECT_TRUE(refresh_mirrors(*store_));
  EXPECT_TRUE(exists("metadata/orders_v000001.json"));
}

TEST_F(MirrorsTest, AreWrittenAgainWhereTheyAreGoneOrEdited) {
  const auto version = commit("Orders");
  refresh_mirrors(*store_);
  EXPECT_THAT(repair_mirrors(*store_, {version}), IsEmpty());
  const std::string manifest = text_of("metadata/orders_v000001.json");
  io::remove_file(store_->layout().resolve("metadata/orders_v000001.json"));
  io::replace_file(store_->layout().resolve("metadata/orders_v000001.md5"), "edited");
  io::replace_file(store_->layout().version_history(), "{}");
  EXPECT_THAT(repair_mirrors(*store_, {version}),
              UnorderedElementsAre("metadata/orders_v000001.json", "metadata/orders_v000001.md5",
                                   "version_history.json"));
  EXPECT_EQ(text_of("metadata/orders_v000001.json"), manifest);
  EXPECT_THAT(repair_mirrors(*store_, {version}), IsEmpty());
}

TEST_F(MirrorsTest, HoldEveryVersionWhenWritersRefreshThemAtOnce) {
  const auto export_and_refresh = [&](const std::string& dataset) {
    for (int i = 0; i < 5; ++i) {
      commit(dataset);
      refresh_mirrors(*store_);
    }
  };
  std::thread other(export_and_refresh, "Customers");
  export_and_refresh("Orders");
  other.join();
  const Json datasets = history()["datasets"];
  EXPECT_EQ(datasets["Orders"]["version_count"], 5);
  EXPECT_EQ(datasets["Customers"]["version_count"], 5);
}

}  // namespace
}  // namespace cairn::exports
