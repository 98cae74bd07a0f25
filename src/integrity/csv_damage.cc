#include "integrity/csv_damage.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "integrity/column_comparison.h"
#include "integrity/csv_record_walk.h"
#include "integrity/csv_salvage.h"

namespace cairn::integrity {
namespace {

using Batch = std::shared_ptr<arrow::RecordBatch>;

// Reports broken records, one issue for each block of rows and column.
class BrokenRecords {
 public:
  explicit BrokenRecords(FileFindings& found) : found_(found) {}

  void add_structure(int64_t row, const Error& error) { note("CSV_STRUCTURE", "", row, error); }
  void add_value(const std::string& column, int64_t row, const Error& error) {
    note("UNREADABLE", column, row, error);
  }

  void report() {
    const int64_t table_rows = found_.file().digest.rows;
    for (const auto& [place, noted] : noted_) {
      const auto& [block, code, column] = place;
      Issue& issue = found_.error(code);
      issue.column = column;
      issue.first_row = block * data::kBlockRows;
      issue.last_row =
          std::max(*issue.first_row, std::min((block + 1) * data::kBlockRows, table_rows) - 1);
      issue.expected = column.empty() ? "a record" : "a value of the type of the column";
      issue.actual = noted.samples.front();
      issue.count = noted.count;
      issue.samples = noted.samples;
    }
  }

 private:
  void note(const std::string& code, const std::string& column, int64_t row, const Error& error) {
    Differences& noted = noted_[{row / data::kBlockRows, code, column}];
    noted.add({}, row, [&] { return error.message(); });
  }

  FileFindings& found_;
  std::map<std::tuple<int64_t, std::string, std::string>, Differences> noted_;
};

// Puts the rows of a damaged file in their places, and digests both readings of them.
class DamagedRows {
 public:
  // `unexpected` records more than rows were recorded, or fewer where it is negative.
  DamagedRows(FileFindings& found, const std::shared_ptr<arrow::Schema>& schema, int64_t unexpected,
              const VerifyResources& resources)
      : found_(found),
        schema_(schema),
        resources_(resources),
        surplus_(std::max<int64_t>(unexpected, 0)),
        lost_(std::max<int64_t>(-unexpected, 0)),
        broken_(found),
        from_front_(schema),
        from_back_(schema) {}

  void add(const Batch& rows) {
    held_.clear();
    digest(rows, rows);
  }

  // The first ones stand for the rows that were lost or gained, so that those behind them line up.
  void add_broken(std::string_view record, const Error& error) {
    held_ += record;
    if (surplus_ > 0) {
      // A part of a record that was split, to be read together with the next part.
      --surplus_;
      broken_.add_structure(row_, error);
      return;
    }
    const SalvagedRecord salvaged = salvage().read(held_, 1 + std::exchange(lost_, 0));
    held_.clear();
    if (!salvaged.whole) broken_.add_structure(row_, error);
    for (const int column : salvaged.unreadable) {
      broken_.add_value(schema_->field(column)->name(), row_, error);
      holes_.push_back({static_cast<size_t>(column), row_, row_});
    }
    digest(salvaged.from_front, salvaged.from_back);
  }

  void report_broken() { broken_.report(); }

  // Each of its blocks is that of the reading which is as recorded, if one is.
  void report_digest() {
    found_.expect_leaves(std::array{from_front_.finish(), from_back_.finish()}, holes_);
  }

 private:
  void digest(const Batch& front, const Batch& back) {
    from_front_.update(front);
    from_back_.update(back);
    row_ += front->num_rows();
  }

  const CsvSalvage& salvage() {
    if (!salvage_)
      salvage_.emplace(schema_, found_.file().dialect, found_.file().name, resources_.memory);
    return *salvage_;
  }

  FileFindings& found_;
  const std::shared_ptr<arrow::Schema> schema_;
  const VerifyResources& resources_;
  int64_t surplus_;
  int64_t lost_;
  int64_t row_ = 0;
  std::string held_;
  std::optional<CsvSalvage> salvage_;
  std::vector<Hole> holes_;
  BrokenRecords broken_;
  data::StreamDigester from_front_;
  data::StreamDigester from_back_;
};

}  // namespace

std::shared_ptr<arrow::Schema> text_schema(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    fields.push_back(arrow::field(field->name(), arrow::utf8()));
  return arrow::schema(std::move(fields));
}

void locate_csv_damage(FileFindings& found, const std::shared_ptr<arrow::Schema>& schema,
                       bool hashed, const VerifyResources& resources) {
  const formats::CsvDecoder decoder(schema, found.file().dialect);
  const CsvRecordWalk walk(found.file(), decoder, resources);
  int64_t records = 0;
  walk.run({[&](const Batch& rows) { records += rows->num_rows(); },
            [&](std::string_view, const Error&) { ++records; }});
  found.expect_rows(records);
  found.looked_at(records);

  DamagedRows rows(found, schema, records - found.file().digest.rows, resources);
  walk.run({[&](const Batch& batch) { rows.add(batch); },
            [&](std::string_view record, const Error& error) { rows.add_broken(record, error); }});
  rows.report_broken();
  if (hashed) rows.report_digest();
}

}  // namespace cairn::integrity
