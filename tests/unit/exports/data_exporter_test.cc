#include "cairn/data_exporter.h"

#include <arrow/api.h>
#include <gmock/gmock.h>

#include "support/errors.h"
#include "support/test_store.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using testing::error_kind_of;
using testing::error_of;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::make_orders;
using testing::read_in_pieces;
using ::testing::SizeIs;
using testing::TestStore;

// Rows, and then a failure, as of a source whose disk breaks.
class BreakingReader : public arrow::RecordBatchReader {
 public:
  std::shared_ptr<arrow::Schema> schema() const override { return make_orders(0)->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    if (read_++ > 3) return arrow::Status::IOError("the source broke");
    *batch = make_orders(5000);
    return arrow::Status::OK();
  }

 private:
  int read_ = 0;
};

ExportNote with_key(const std::string& key) {
  ExportNote note;
  note.idempotency_key = key;
  return note;
}

ExportNote after_version(int64_t parent) {
  ExportNote note;
  note.expected_parent = parent;
  return note;
}

ExportNote tagged(const std::string& tag) {
  ExportNote note;
  note.tags = {tag};
  return note;
}

TEST(DataExporter, WritesEveryFormatAsOneVersion) {
  TestStore test;
  ExportNote note;
  note.message = "nightly";
  note.author = "etl";
  const ExportSummary summary = test.publish(250, note);
  EXPECT_EQ(summary.version.version, 1);
  EXPECT_EQ(summary.version.rows, 250);
  EXPECT_EQ(summary.version.message, "nightly");
  EXPECT_EQ(summary.version.author, "etl");
  EXPECT_FALSE(summary.reused);
  ASSERT_THAT(summary.files, SizeIs(2));
  EXPECT_THAT(test.data_files(), ElementsAre(summary.files[0].path, summary.files[1].path));
  EXPECT_TRUE(std::filesystem::exists(summary.manifest));
  EXPECT_TRUE(std::filesystem::exists(summary.md5_sums));
}

TEST(DataExporter, GivesEqualDataEqualDigestsAndEveryVersionFilesOfItsOwn) {
  TestStore test;
  const auto first = test.publish(250);
  const auto second = test.publish(250);
  EXPECT_EQ(second.version.version, 2);
  EXPECT_EQ(second.version.digest, first.version.digest);
  EXPECT_THAT(test.data_files(), SizeIs(4));
}

TEST(DataExporter, PublishesATableWithoutRows) {
  TestStore test;
  EXPECT_EQ(test.publish(0).version.rows, 0);
}

TEST(DataExporter, ReturnsTheVersionThatARetryWithTheSameKeyMade) {
  TestStore test;
  const auto first = test.publish(250, with_key("2026-01-15"));
  const auto again = test.publish(250, with_key("2026-01-15"));
  EXPECT_TRUE(again.reused);
  EXPECT_EQ(again.version.export_uuid, first.version.export_uuid);
  EXPECT_THAT(test.data_files(), SizeIs(2));
  EXPECT_EQ(test.publish(250, with_key("2026-01-16")).version.version, 2);
}

TEST(DataExporter, RefusesAParentThatIsNotTheNewestVersion) {
  TestStore test;
  EXPECT_EQ(error_kind_of([&] { test.publish(10, after_version(1)); }), ErrorKind::conflict);
  test.publish(10, after_version(0));
  EXPECT_EQ(error_kind_of([&] { test.publish(10, after_version(0)); }), ErrorKind::conflict);
  EXPECT_EQ(test.publish(10, after_version(1)).version.version, 2);
  EXPECT_THAT(test.data_files(), SizeIs(4));
}

TEST(DataExporter, LeavesNothingBehindWhenTheSourceBreaks) {
  TestStore test;
  const auto error =
      error_of([&] { test.exporter->export_table(std::make_shared<BreakingReader>(), "orders"); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message(), HasSubstr("the source broke"));
  EXPECT_THAT(test.data_files(), IsEmpty());
  EXPECT_THAT(test.store->catalog().unfinished(), IsEmpty());
  EXPECT_EQ(test.publish(10).version.version, 1);
}

TEST(DataExporter, LeavesNothingBehindWhenAValueHasNoText) {
  TestStore test;
  test.config.csv.null_token = "Ana";
  const auto store = store::Store::open(test.config, store::Store::Mode::existing);
  const auto error = error_of(
      [&] { DataExporter(store).export_table(read_in_pieces(make_orders(10), 5), "orders"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("'name'"));
  EXPECT_THAT(test.data_files(), IsEmpty());
}

TEST(DataExporter, RefusesNamesBeforeItReadsARow) {
  TestStore test;
  for (const char* name : {"", "a/b\n", "\xff"}) {
    const auto source = std::make_shared<BreakingReader>();
    EXPECT_EQ(error_kind_of([&] { test.exporter->export_table(source, name); }),
              ErrorKind::invalid_argument)
        << name;
  }
  EXPECT_EQ(error_kind_of([&] { test.publish(1, tagged("not a tag\n")); }),
            ErrorKind::invalid_argument);
  const auto twice = [&] {
    test.exporter->export_tables(
        {{"t", read_in_pieces(make_orders(1), 1)}, {"t", read_in_pieces(make_orders(1), 1)}},
        "orders");
  };
  EXPECT_THAT(error_of(twice)->message(), HasSubstr("two tables are named 't'"));
  EXPECT_THAT(test.data_files(), IsEmpty());
}

TEST(DataExporter, PlansWithoutWriting) {
  TestStore test;
  test.publish(10);
  const auto before = test.data_files();
  const ExportPlan plan = test.exporter->plan({"orders", "by_city"}, "orders");
  EXPECT_EQ(plan.next_version, 2);
  EXPECT_THAT(plan.files, SizeIs(4));
  EXPECT_GT(plan.memory_budget, 0);
  EXPECT_EQ(test.data_files(), before);
  EXPECT_THAT(test.versions->list(), SizeIs(1));
}

TEST(DataExporter, WarnsOfCellsThatASpreadsheetWouldRun) {
  TestStore test;
  arrow::StringBuilder cells;
  ASSERT_TRUE(cells.AppendValues({"=1+1", "fine"}).ok());
  const auto batch = arrow::RecordBatch::Make(
      arrow::schema({arrow::field("cell", arrow::utf8()), arrow::field("n", arrow::int64())}), 2,
      {*cells.Finish(), make_orders(2)->column(0)});
  const auto summary = test.exporter->export_table(read_in_pieces(batch, 1), "cells");
  ASSERT_THAT(summary.warnings, SizeIs(1));
  EXPECT_THAT(summary.warnings[0], HasSubstr("1 cells of column 'cell'"));
}

TEST(ExportManager, PublishesProcessedAndAnalyticalTablesTogether) {
  TestStore test;
  ExportManager manager(test.store);
  const auto summary =
      manager.export_complete_dataset(read_in_pieces(make_orders(100), 50),
                                      {{"by_city", read_in_pieces(make_orders(5), 5)}}, "orders");
  EXPECT_EQ(summary.version.rows, 105);
  ASSERT_THAT(summary.tables, SizeIs(2));
  EXPECT_EQ(summary.tables[0].name, kProcessedTable);
  EXPECT_EQ(summary.tables[0].role, "processed");
  EXPECT_EQ(summary.tables[1].name, "by_city");
  EXPECT_EQ(summary.tables[1].role, "analytical");
  EXPECT_THAT(summary.files[2].path, HasSubstr("analytical/"));
}

TEST(ExportManager, PublishesNothingWhenTheLastTableBreaks) {
  TestStore test;
  ExportManager manager(test.store);
  const auto error = error_of([&] {
    manager.export_complete_dataset(read_in_pieces(make_orders(100), 50),
                                    {{"broken", std::make_shared<BreakingReader>()}}, "orders");
  });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message(), HasSubstr("the source broke"));
  EXPECT_THAT(test.data_files(), IsEmpty());
  EXPECT_EQ(test.versions->latest("orders"), std::nullopt);
}

}  // namespace
}  // namespace cairn
