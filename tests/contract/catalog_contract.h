#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/catalog_drafts.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::catalog {

/// One way to keep a catalog: its name in the test's, and how to open the catalog of a folder.
struct CatalogKind {
  std::string name;
  std::function<std::unique_ptr<Catalog>(const std::filesystem::path& folder)> open;
};

/// What every implementation of Catalog has to do. A program that instantiates this suite for its
/// implementation has proven it exchangeable.
class CatalogContract : public ::testing::TestWithParam<CatalogKind> {
 protected:
  std::unique_ptr<Catalog> open() const { return GetParam().open(folder_.path()); }

  /// Commit version after version with only their ids differing.
  std::vector<DatasetVersion> commit_versions(const std::string& dataset, int count) {
    std::vector<DatasetVersion> versions;
    for (int i = 1; i <= count; ++i) {
      VersionDraft draft = draft_of(dataset, fmt::format("{}-{}", dataset, i));
      draft.created = at_second(1000 * i);
      versions.push_back(announce_and_commit(*catalog_, draft));
    }
    return versions;
  }

  DatasetVersion rollback(const std::string& dataset, int64_t to, const std::string& uuid) {
    VersionDraft draft;
    draft.dataset = dataset;
    draft.export_uuid = uuid;
    draft.operation = "rollback";
    draft.created = at_second(100000);
    return catalog_->rollback(draft, to);
  }

  std::vector<int64_t> numbers(const std::vector<DatasetVersion>& versions) const {
    std::vector<int64_t> numbers;
    for (const DatasetVersion& version : versions) numbers.push_back(version.version);
    return numbers;
  }

  cairn::testing::TemporaryFolder folder_;
  std::unique_ptr<Catalog> catalog_ = open();
};

using cairn::testing::error_kind_of;
using cairn::testing::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Publishing.

TEST_P(CatalogContract, StartsEmpty) {
  EXPECT_THAT(catalog_->list("", 0), IsEmpty());
  EXPECT_THAT(catalog_->datasets(0), IsEmpty());
  EXPECT_THAT(catalog_->unfinished(), IsEmpty());
  EXPECT_THAT(catalog_->unmirrored(), IsEmpty());
  EXPECT_THAT(catalog_->referenced_paths(), IsEmpty());
  EXPECT_FALSE(catalog_->latest("orders"));
}

TEST_P(CatalogContract, LoadsEverythingThatWasCommittedAfterOpeningAgain) {
  VersionDraft draft = draft_of("Orders 2026", "u1");
  draft.tags = {"gold"};
  announce_and_commit(*catalog_, draft);
  catalog_ = open();

  const Version version = catalog_->load("Orders 2026", 1);
  EXPECT_EQ(version.dataset, "Orders 2026");
  EXPECT_EQ(version.slug, "orders_2026");
  EXPECT_EQ(version.version, 1);
  EXPECT_EQ(version.export_uuid, "u1");
  EXPECT_EQ(version.operation, "export");
  EXPECT_EQ(version.created, at_second(1000));
  EXPECT_FALSE(version.clock_ran_backwards);
  EXPECT_EQ(version.digest, "cd1:aa");
  EXPECT_EQ(version.rows, 3);
  EXPECT_EQ(version.bytes, 70);
  EXPECT_EQ(version.tables, 1);
  EXPECT_EQ(version.files, 2);
  EXPECT_EQ(version.message, draft.message);
  EXPECT_EQ(version.author, draft.author);
  EXPECT_EQ(version.state, "committed");
  EXPECT_THAT(version.tags, ElementsAre("gold"));
  EXPECT_EQ(version.details, draft.details);

  ASSERT_EQ(version.table_rows.size(), 1U);
  const TableRow& table = version.table_rows[0];
  EXPECT_EQ(table.name, "orders");
  EXPECT_EQ(table.role, "processed");
  EXPECT_EQ(table.rows, 3);
  EXPECT_EQ(table.columns, 2);
  EXPECT_EQ(table.digest, "cd1:aa");
  EXPECT_EQ(table.schema_fingerprint, "sf1:bb");
  EXPECT_EQ(table.schema, draft.tables[0].schema);
  EXPECT_EQ(table.leaves, draft.tables[0].leaves);
  EXPECT_EQ(table.profile, draft.tables[0].profile);

  ASSERT_EQ(version.file_rows.size(), 2U);
  const FileRow& file = version.file_rows[1];
  EXPECT_EQ(file.table, "orders");
  EXPECT_EQ(file.format, "parquet");
  EXPECT_EQ(file.path, draft.files[1].path);
  EXPECT_EQ(file.rows, 3);
  EXPECT_EQ(file.bytes, 35);
  EXPECT_EQ(file.md5, draft.files[1].md5);
  EXPECT_EQ(file.xxh3_128, draft.files[1].xxh3_128);
  EXPECT_EQ(file.sha256, "");
  EXPECT_EQ(file.details, draft.files[1].details);
}

TEST_P(CatalogContract, KeepsTablesAndFilesInTheOrderOfTheDraft) {
  VersionDraft draft = draft_of("orders", "u1");
  for (const char* name : {"by_month", "a_first"}) {
    TableRow table = draft.tables[0];
    table.name = name;
    draft.tables.push_back(table);
    FileRow file = draft.files[0];
    file.table = name;
    file.path = std::string("analytical/") + name + ".csv";
    draft.files.push_back(file);
  }
  announce_and_commit(*catalog_, draft);
  const Version version = catalog_->load("orders", 1);
  ASSERT_EQ(version.table_rows.size(), 3U);
  EXPECT_EQ(version.table_rows[1].name, "by_month");
  EXPECT_EQ(version.table_rows[2].name, "a_first");
  ASSERT_EQ(version.file_rows.size(), 4U);
  EXPECT_EQ(version.file_rows[3].path, "analytical/a_first.csv");
}

TEST_P(CatalogContract, NumbersTheVersionsOfEachDatasetFromOne) {
  EXPECT_THAT(numbers(commit_versions("orders", 3)), ElementsAre(1, 2, 3));
  EXPECT_THAT(numbers(commit_versions("items", 2)), ElementsAre(1, 2));
  EXPECT_EQ(catalog_->latest("orders")->version, 3);
  EXPECT_EQ(catalog_->latest("items")->export_uuid, "items-2");
}

TEST_P(CatalogContract, TellsDatasetsApartThatDifferInCaseOnlyAndGivesEachItsSlug) {
  EXPECT_EQ(announce_and_commit(*catalog_, draft_of("Orders", "u1")).slug, "orders");
  EXPECT_EQ(announce_and_commit(*catalog_, draft_of("orders", "u2")).slug, "orders_2");
  EXPECT_EQ(announce_and_commit(*catalog_, draft_of("ORDERS", "u3")).slug, "orders_3");
  EXPECT_EQ(announce_and_commit(*catalog_, draft_of("Orders", "u4")).slug, "orders");
}

TEST_P(CatalogContract, KeepsSlugsWithinTheirLengthWhenTheyNeedASuffix) {
  const std::string name(60, 'x');
  announce_and_commit(*catalog_, draft_of(name, "u1"));
  const DatasetVersion second = announce_and_commit(*catalog_, draft_of(name + "y", "u2"));
  EXPECT_EQ(second.slug, std::string(46, 'x') + "_2");
}

TEST_P(CatalogContract, RefusesNamesThatNoDatasetCanHave) {
  EXPECT_EQ(error_kind_of([&] {
              catalog_->announce({"u1", "a/b", "writer-1", at_second(0), {}});
            }),
            ErrorKind::invalid_argument);
}

TEST_P(CatalogContract, RefusesToAnnounceAnExportTwice) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  const auto error = error_of([&] { catalog_->announce(intent_of(draft_of("orders", "u1"))); });
  EXPECT_EQ(error->kind(), ErrorKind::already_exists);
}

TEST_P(CatalogContract, RefusesToCommitWhatWasNotAnnounced) {
  const auto error = error_of([&] { catalog_->commit(draft_of("orders", "u1")); });
  EXPECT_EQ(error->kind(), ErrorKind::conflict);
  EXPECT_THAT(error->what(), HasSubstr("fenced"));
  EXPECT_FALSE(catalog_->latest("orders"));
}

TEST_P(CatalogContract, RefusesFilesOfTablesThatTheVersionDoesNotHave) {
  VersionDraft draft = draft_of("orders", "u1");
  draft.files[1].table = "other";
  EXPECT_EQ(error_kind_of([&] { announce_and_commit(*catalog_, draft); }),
            ErrorKind::invalid_argument);
  EXPECT_FALSE(catalog_->latest("orders"));
  EXPECT_EQ(catalog_->unfinished().size(), 1U);
}

TEST_P(CatalogContract, RefusesFilesThatBelongToAnotherVersion) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  VersionDraft draft = draft_of("orders", "u2");
  draft.files[0].path = draft_of("orders", "u1").files[0].path;
  EXPECT_EQ(error_kind_of([&] { announce_and_commit(*catalog_, draft); }),
            ErrorKind::already_exists);
  EXPECT_EQ(catalog_->latest("orders")->version, 1);
}

TEST_P(CatalogContract, ReturnsTheSameVersionWhenAnExportIsCommittedAgain) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  EXPECT_EQ(catalog_->commit(draft_of("orders", "u1")).version, 1);
  EXPECT_EQ(catalog_->list("orders", 0).size(), 1U);
}

TEST_P(CatalogContract, ReturnsTheVersionOfAnIdempotencyKeyAndLeavesTheNewExportAnnounced) {
  VersionDraft first = draft_of("orders", "u1");
  first.idempotency_key = "2026-01-15";
  announce_and_commit(*catalog_, first);
  VersionDraft again = draft_of("orders", "u2");
  again.idempotency_key = "2026-01-15";
  const DatasetVersion version = announce_and_commit(*catalog_, again);
  EXPECT_EQ(version.export_uuid, "u1");
  ASSERT_EQ(catalog_->unfinished().size(), 1U);
  EXPECT_EQ(catalog_->unfinished()[0].uuid, "u2");
  EXPECT_TRUE(catalog_->abandon("u2"));
  EXPECT_EQ(catalog_->find_by_key("orders", "2026-01-15")->version, 1);
  EXPECT_FALSE(catalog_->find_by_key("items", "2026-01-15"));
}

TEST_P(CatalogContract, RefusesAnIdempotencyKeyThatBelongsToOtherData) {
  VersionDraft first = draft_of("orders", "u1");
  first.idempotency_key = "key";
  announce_and_commit(*catalog_, first);
  VersionDraft other = draft_of("orders", "u2", "cd1:bb");
  other.idempotency_key = "key";
  const auto error = error_of([&] { announce_and_commit(*catalog_, other); });
  EXPECT_EQ(error->kind(), ErrorKind::already_exists);
  EXPECT_THAT(error->what(), HasSubstr("version 1"));
}

TEST_P(CatalogContract, CommitsOnlyOnTopOfTheExpectedParent) {
  VersionDraft draft = draft_of("orders", "u1");
  draft.expected_parent = 0;
  EXPECT_EQ(announce_and_commit(*catalog_, draft).version, 1);
  draft = draft_of("orders", "u2");
  draft.expected_parent = 0;
  const auto error = error_of([&] { announce_and_commit(*catalog_, draft); });
  EXPECT_EQ(error->kind(), ErrorKind::conflict);
  EXPECT_THAT(error->what(), HasSubstr("newest version is 1"));
  draft.expected_parent = 1;
  EXPECT_EQ(catalog_->commit(draft).version, 2);
}

TEST_P(CatalogContract, FlagsAClockThatStoodStillOrRanBackwardsButKeepsTheOrder) {
  VersionDraft draft = draft_of("orders", "u1");
  EXPECT_FALSE(announce_and_commit(*catalog_, draft).clock_ran_backwards);
  draft = draft_of("orders", "u2");
  EXPECT_TRUE(announce_and_commit(*catalog_, draft).clock_ran_backwards);
  draft = draft_of("orders", "u3");
  draft.created = at_second(5);
  EXPECT_TRUE(announce_and_commit(*catalog_, draft).clock_ran_backwards);
  draft = draft_of("orders", "u4");
  draft.created = at_second(6);
  EXPECT_FALSE(announce_and_commit(*catalog_, draft).clock_ran_backwards);
  EXPECT_EQ(catalog_->latest("orders")->version, 4);
}

// Abandoning.

TEST_P(CatalogContract, ListsAnnouncedExportsWithTheirWritersAndPaths) {
  catalog_->announce({"u1", "orders", "writer-1", at_second(0), {"csv/b.csv", "csv/a.csv"}});
  catalog_->announce({"u2", "orders", "writer-2", at_second(0), {}});
  const auto unfinished = catalog_->unfinished();
  ASSERT_EQ(unfinished.size(), 2U);
  EXPECT_EQ(unfinished[0].uuid, "u1");
  EXPECT_EQ(unfinished[0].writer, "writer-1");
  EXPECT_THAT(unfinished[0].paths, UnorderedElementsAre("csv/a.csv", "csv/b.csv"));
  EXPECT_THAT(unfinished[1].paths, IsEmpty());
}

TEST_P(CatalogContract, FencesTheCommitOfAnAbandonedExport) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  EXPECT_TRUE(catalog_->abandon("u1"));
  EXPECT_TRUE(catalog_->abandon("u1"));
  const auto error = error_of([&] { catalog_->commit(draft_of("orders", "u1")); });
  EXPECT_EQ(error->kind(), ErrorKind::conflict);
  EXPECT_THAT(error->what(), HasSubstr("fenced"));
  EXPECT_FALSE(catalog_->latest("orders"));
  EXPECT_EQ(catalog_->unfinished().size(), 1U);
}

TEST_P(CatalogContract, AbandonsNeitherCommittedNorUnknownExports) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  EXPECT_FALSE(catalog_->abandon("u1"));
  EXPECT_FALSE(catalog_->abandon("u2"));
  EXPECT_EQ(catalog_->latest("orders")->version, 1);
}

TEST_P(CatalogContract, ForgetsAbandonedExportsOnly) {
  catalog_->announce(intent_of(draft_of("orders", "u1")));
  catalog_->forget("u1");
  EXPECT_EQ(catalog_->unfinished().size(), 1U);
  catalog_->abandon("u1");
  catalog_->forget("u1");
  EXPECT_THAT(catalog_->unfinished(), IsEmpty());
  EXPECT_FALSE(catalog_->abandon("u1"));
}

// Finding.

TEST_P(CatalogContract, FindsVersionsByNumberExportTagAndIdPrefix) {
  commit_versions("orders", 3);
  catalog_->tag("orders", 2, "gold", false);
  EXPECT_EQ(catalog_->find("orders", 2)->export_uuid, "orders-2");
  EXPECT_FALSE(catalog_->find("orders", 4));
  EXPECT_FALSE(catalog_->find("items", 1));
  EXPECT_EQ(catalog_->find_by_export("orders-3")->version, 3);
  EXPECT_FALSE(catalog_->find_by_export("orders-9"));
  EXPECT_EQ(catalog_->find_by_tag("orders", "gold")->version, 2);
  EXPECT_FALSE(catalog_->find_by_tag("orders", "silver"));
  EXPECT_THAT(numbers(catalog_->find_by_id_prefix("orders", "orders-2")), ElementsAre(2));
  EXPECT_EQ(catalog_->find_by_id_prefix("orders", "orders").size(), 2U);
  EXPECT_THAT(catalog_->find_by_id_prefix("items", "orders"), IsEmpty());
}

TEST_P(CatalogContract, FindsTheVersionThatWasNewestAtATime) {
  commit_versions("orders", 3);  // at 1000, 2000 and 3000
  EXPECT_FALSE(catalog_->find_as_of("orders", at_second(999)));
  EXPECT_EQ(catalog_->find_as_of("orders", at_second(1000))->version, 1);
  EXPECT_EQ(catalog_->find_as_of("orders", at_second(2999))->version, 2);
  EXPECT_EQ(catalog_->find_as_of("orders", at_second(9999))->version, 3);
  EXPECT_FALSE(catalog_->find_as_of("items", at_second(9999)));
}

TEST_P(CatalogContract, FindsTheNewestNumberAsOfATimeWhenTheClockRanBackwards) {
  const std::vector<int64_t> seconds{10, 20, 30, 15, 25, 5, 30, 30};
  for (size_t i = 0; i < seconds.size(); ++i) {
    VersionDraft draft = draft_of("orders", fmt::format("u{}", i));
    draft.created = at_second(seconds[i]);
    announce_and_commit(*catalog_, draft);
  }
  for (int64_t second = 0; second < 40; ++second) {
    int64_t expected = 0;
    for (size_t i = 0; i < seconds.size(); ++i) {
      if (seconds[i] <= second) expected = static_cast<int64_t>(i) + 1;
    }
    const auto found = catalog_->find_as_of("orders", at_second(second));
    EXPECT_EQ(found ? found->version : 0, expected) << "as of " << second;
  }
}

TEST_P(CatalogContract, SaysWhatThereIsWhenAVersionIsNotThere) {
  commit_versions("orders", 2);
  const auto version = error_of([&] { catalog_->load("orders", 7); });
  EXPECT_EQ(version->kind(), ErrorKind::not_found);
  EXPECT_THAT(version->what(), HasSubstr("its newest is 2"));
  const auto dataset = error_of([&] { catalog_->load("items", 1); });
  EXPECT_EQ(dataset->kind(), ErrorKind::not_found);
  EXPECT_THAT(dataset->what(), HasSubstr("no dataset 'items'"));
}

TEST_P(CatalogContract, ListsTheVersionsOfADatasetNewestFirstInPages) {
  commit_versions("orders", 5);
  EXPECT_THAT(numbers(catalog_->list("orders", 0)), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(numbers(catalog_->list("orders", 2)), ElementsAre(5, 4));
  EXPECT_THAT(numbers(catalog_->list("orders", 2, 4)), ElementsAre(3, 2));
  EXPECT_THAT(numbers(catalog_->list("orders", 0, 1)), IsEmpty());
  EXPECT_THAT(catalog_->list("items", 0), IsEmpty());
}

TEST_P(CatalogContract, ListsTheVersionsOfAllDatasetsInTheOrderOfTheirCommits) {
  announce_and_commit(*catalog_, draft_of("b", "u1"));
  announce_and_commit(*catalog_, draft_of("a", "u2"));
  announce_and_commit(*catalog_, draft_of("b", "u3"));
  std::vector<std::string> uuids;
  for (const DatasetVersion& version : catalog_->list("", 0)) uuids.push_back(version.export_uuid);
  EXPECT_THAT(uuids, ElementsAre("u3", "u2", "u1"));
  EXPECT_EQ(catalog_->list("", 1).size(), 1U);
  EXPECT_EQ(error_kind_of([&] { catalog_->list("", 1, 2); }), ErrorKind::invalid_argument);
}

TEST_P(CatalogContract, ListsDatasetsMostRecentlyChangedFirst) {
  commit_versions("a", 2);
  commit_versions("b", 1);
  announce_and_commit(*catalog_, draft_of("a", "u3"));
  const auto datasets = catalog_->datasets(0);
  ASSERT_EQ(datasets.size(), 2U);
  EXPECT_EQ(datasets[0].name, "a");
  EXPECT_EQ(datasets[0].versions, 3);
  EXPECT_EQ(datasets[0].latest, 3);
  EXPECT_EQ(datasets[0].changed, at_second(1000));
  EXPECT_EQ(datasets[1].slug, "b");
  EXPECT_EQ(catalog_->datasets(1).size(), 1U);
}

TEST_P(CatalogContract, TreatsNamesAsDataNotAsSql) {
  const std::string name = "x'; DROP TABLE version; --";
  announce_and_commit(*catalog_, draft_of(name, "u1"));
  EXPECT_EQ(catalog_->latest(name)->dataset, name);
  EXPECT_FALSE(catalog_->find_by_tag(name, "' OR '1'='1"));
}

// Tags.

TEST_P(CatalogContract, MovesATagOnlyWhenAskedToReplaceIt) {
  commit_versions("orders", 2);
  catalog_->tag("orders", 1, "gold", false);
  catalog_->tag("orders", 1, "gold", false);
  const auto error = error_of([&] { catalog_->tag("orders", 2, "gold", false); });
  EXPECT_EQ(error->kind(), ErrorKind::already_exists);
  EXPECT_EQ(catalog_->find_by_tag("orders", "gold")->version, 1);
  catalog_->tag("orders", 2, "gold", true);
  EXPECT_EQ(catalog_->find_by_tag("orders", "gold")->version, 2);
  EXPECT_THAT(catalog_->find("orders", 1)->tags, IsEmpty());
}

TEST_P(CatalogContract, LetsEveryDatasetHaveTheSameTag) {
  commit_versions("orders", 1);
  commit_versions("items", 1);
  catalog_->tag("orders", 1, "gold", false);
  catalog_->tag("items", 1, "gold", false);
  catalog_->untag("orders", "gold");
  EXPECT_FALSE(catalog_->find_by_tag("orders", "gold"));
  EXPECT_EQ(catalog_->find_by_tag("items", "gold")->dataset, "items");
}

TEST_P(CatalogContract, SaysWhenTheTagOrItsVersionIsNotThere) {
  commit_versions("orders", 1);
  EXPECT_EQ(error_kind_of([&] { catalog_->untag("orders", "gold"); }), ErrorKind::not_found);
  EXPECT_EQ(error_kind_of([&] { catalog_->tag("orders", 2, "gold", false); }),
            ErrorKind::not_found);
}

TEST_P(CatalogContract, PublishesNothingWhenATagOfTheDraftIsTaken) {
  commit_versions("orders", 1);
  catalog_->tag("orders", 1, "gold", false);
  VersionDraft draft = draft_of("orders", "u2");
  draft.tags = {"silver", "gold"};
  EXPECT_EQ(error_kind_of([&] { announce_and_commit(*catalog_, draft); }),
            ErrorKind::already_exists);
  EXPECT_EQ(catalog_->latest("orders")->version, 1);
  EXPECT_FALSE(catalog_->find_by_tag("orders", "silver"));
}

// Rolling back.

TEST_P(CatalogContract, RollsBackToANewVersionWithTheOldFiles) {
  commit_versions("orders", 2);
  const DatasetVersion version = rollback("orders", 1, "back");
  EXPECT_EQ(version.version, 3);
  EXPECT_EQ(version.operation, "rollback");
  EXPECT_EQ(version.digest, "cd1:aa");
  EXPECT_EQ(version.rows, 3);
  EXPECT_EQ(version.bytes, 70);
  EXPECT_EQ(version.tables, 1);
  EXPECT_EQ(version.files, 2);
  const Version restored = catalog_->load("orders", 3);
  EXPECT_EQ(restored.file_rows[0].path, catalog_->load("orders", 1).file_rows[0].path);
  EXPECT_EQ(restored.table_rows[0].leaves, draft_of("orders", "").tables[0].leaves);
  EXPECT_EQ(rollback("orders", 1, "back").version, 3) << "the same rollback again";
}

TEST_P(CatalogContract, RollsBackNeitherToMissingNorToExpiredVersions) {
  commit_versions("orders", 2);
  catalog_->expire("orders", {1}, at_second(0));
  EXPECT_EQ(error_kind_of([&] { rollback("orders", 1, "back"); }), ErrorKind::conflict);
  EXPECT_EQ(error_kind_of([&] { rollback("orders", 9, "back"); }), ErrorKind::not_found);
  EXPECT_EQ(catalog_->latest("orders")->version, 2);
}

// Removing.

TEST_P(CatalogContract, LeavesTheFilesOfExpiredVersionsToBeSwept) {
  commit_versions("orders", 3);
  const auto paths = catalog_->expire("orders", {1, 2}, at_second(50));
  EXPECT_THAT(paths, UnorderedElementsAre("csv/orders_orders-1.csv", "csv/orders_orders-2.csv",
                                          "parquet/orders_orders-1.parquet",
                                          "parquet/orders_orders-2.parquet"));
  EXPECT_EQ(catalog_->find("orders", 1)->state, "expired");
  EXPECT_EQ(catalog_->load("orders", 1).table_rows[0].digest, "cd1:aa");
  EXPECT_EQ(catalog_->datasets(0)[0].versions, 1);

  const auto unfinished = catalog_->unfinished();
  ASSERT_EQ(unfinished.size(), 1U);
  EXPECT_EQ(unfinished[0].paths.size(), 4U);
  EXPECT_TRUE(catalog_->abandon(unfinished[0].uuid));
  catalog_->forget(unfinished[0].uuid);
  EXPECT_THAT(catalog_->unfinished(), IsEmpty());
  EXPECT_THAT(catalog_->referenced_paths(),
              UnorderedElementsAre("csv/orders_orders-3.csv", "parquet/orders_orders-3.parquet"));
}

TEST_P(CatalogContract, KeepsTheFilesThatARollbackStillNeeds) {
  commit_versions("orders", 2);
  rollback("orders", 1, "back");
  EXPECT_THAT(catalog_->expire("orders", {1}, at_second(0)), IsEmpty());
  EXPECT_THAT(catalog_->unfinished(), IsEmpty());
  announce_and_commit(*catalog_, draft_of("orders", "u4"));
  EXPECT_EQ(catalog_->expire("orders", {3}, at_second(0)).size(), 2U);
}

TEST_P(CatalogContract, CountsWhatCommittedVersionsReferToAndSharedFilesOnce) {
  EXPECT_EQ(catalog_->totals().bytes, 0);
  commit_versions("orders", 2);
  const int64_t bytes_of_two = catalog_->totals().bytes;
  EXPECT_GT(bytes_of_two, 0);
  rollback("orders", 1, "back");
  commit_versions("reviews", 1);
  EXPECT_EQ(catalog_->totals().datasets, 2);
  EXPECT_EQ(catalog_->totals().versions, 4);
  EXPECT_EQ(catalog_->totals().bytes, bytes_of_two / 2 * 3);
  catalog_->expire("orders", {2}, at_second(0));
  EXPECT_EQ(catalog_->totals().versions, 3);
  EXPECT_EQ(catalog_->totals().bytes, bytes_of_two);
}

TEST_P(CatalogContract, ExpiresNeitherTheNewestNorTaggedVersionsAndNothingElseWithThem) {
  commit_versions("orders", 3);
  catalog_->tag("orders", 2, "gold", false);
  const auto newest = error_of([&] { catalog_->expire("orders", {1, 3}, at_second(0)); });
  EXPECT_EQ(newest->kind(), ErrorKind::conflict);
  const auto tagged = error_of([&] { catalog_->expire("orders", {1, 2}, at_second(0)); });
  EXPECT_EQ(tagged->kind(), ErrorKind::conflict);
  EXPECT_THAT(tagged->what(), HasSubstr("gold"));
  EXPECT_EQ(catalog_->find("orders", 1)->state, "committed");
  EXPECT_EQ(error_kind_of([&] { catalog_->expire("orders", {8}, at_second(0)); }),
            ErrorKind::not_found);
}

TEST_P(CatalogContract, ExpiresAVersionOnce) {
  commit_versions("orders", 2);
  EXPECT_EQ(catalog_->expire("orders", {1}, at_second(0)).size(), 2U);
  EXPECT_THAT(catalog_->expire("orders", {1}, at_second(0)), IsEmpty());
  EXPECT_EQ(catalog_->datasets(0)[0].versions, 1);
}

TEST_P(CatalogContract, RefersToThePathsOfVersionsAndOfAnnouncedExports) {
  announce_and_commit(*catalog_, draft_of("orders", "u1"));
  catalog_->announce({"u2", "orders", "writer-1", at_second(0), {"csv/.u2.tmp"}});
  EXPECT_THAT(
      catalog_->referenced_paths(),
      UnorderedElementsAre("csv/orders_u1.csv", "parquet/orders_u1.parquet", "csv/.u2.tmp"));
}

// Mirrors, events, health.

TEST_P(CatalogContract, RemembersWhichVersionsHaveNoMirror) {
  commit_versions("orders", 3);
  catalog_->mark_mirrored("orders", 1);
  catalog_->mark_mirrored("orders", 3);
  EXPECT_THAT(numbers(catalog_->unmirrored()), ElementsAre(2));
}

TEST_P(CatalogContract, ReturnsEventsNewestFirst) {
  catalog_->record({0, at_second(1), "orders", 1, "verify", Json{{"outcome", "pass"}}});
  catalog_->record({0, at_second(2), "items", 0, "expire", Json()});
  catalog_->record({0, at_second(3), "orders", 2, "tag", Json()});
  const auto events = catalog_->events("orders", 0);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, "tag");
  EXPECT_GT(events[0].id, events[1].id);
  EXPECT_EQ(events[1].time, at_second(1));
  EXPECT_EQ(events[1].version, 1);
  EXPECT_EQ(events[1].details, (Json{{"outcome", "pass"}}));
  EXPECT_EQ(catalog_->events("", 2).size(), 2U);
}

TEST_P(CatalogContract, FindsNoDamageInAnOrdinaryCatalog) {
  commit_versions("orders", 3);
  catalog_->expire("orders", {1}, at_second(0));
  EXPECT_THAT(catalog_->check_health(), IsEmpty());
}

TEST_P(CatalogContract, OpensAgainWithoutChangingTheSchema) {
  commit_versions("orders", 2);
  const int schema = catalog_->schema_version();
  EXPECT_GE(schema, 1);
  catalog_ = open();
  EXPECT_EQ(catalog_->schema_version(), schema);
  EXPECT_EQ(catalog_->latest("orders")->version, 2);
}

}  // namespace cairn::catalog
