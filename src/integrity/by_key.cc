#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/physical_layout.h"
#include "integrity/aligners.h"
#include "integrity/report.h"
#include "integrity/row_pile.h"
#include "integrity/take_rows.h"

namespace cairn::integrity {
namespace {

// Beside the rows themselves there are their keys, and the rows once more in the order of their
// partners.
constexpr int64_t kCostPerByte = 3;
// After so many rounds the rows that are left share a few keys, and no hash will part them.
constexpr int kMaxDepth = 4;
constexpr int64_t kRowsAtOnce = 65536;

enum class Side { original, exported };

using Batch = std::shared_ptr<arrow::RecordBatch>;

// The rows of both sides with one key.
struct Group {
  int64_t first_original = -1;
  int64_t first_exported = -1;
  int64_t originals = 0;
  int64_t exporteds = 0;
};

ValueClass comparable_class(const ColumnPair& pair, Side side) {
  if (pair.relation == TypeRelation::by_text) return ValueClass::text;
  const auto& type = side == Side::original ? pair.original_type : pair.exported_type;
  return value_class(*formats::plain_type(type));
}

// Columns by which rows are told apart.
class KeyColumns {
 public:
  explicit KeyColumns(std::vector<ColumnPair> pairs) : pairs_(std::move(pairs)) {}

  std::vector<std::string> keys_of(const arrow::RecordBatch& batch, Side side) const {
    std::vector<std::string> keys(static_cast<size_t>(batch.num_rows()));
    const Side other = side == Side::original ? Side::exported : Side::original;
    for (const ColumnPair& pair : pairs_) {
      const Cells cells = comparable_cells(pair, column(batch, pair, side));
      const KeyEncoder encode = make_key_encoder(cells, comparable_class(pair, other));
      for (size_t row = 0; row < keys.size(); ++row) encode(static_cast<int64_t>(row), keys[row]);
    }
    return keys;
  }

  // "id=17, day=2024-05-01"
  std::string name_of(const arrow::RecordBatch& batch, int64_t row, Side side) const {
    constexpr size_t kMaxColumns = 8;
    std::string name;
    for (size_t i = 0; i < std::min(pairs_.size(), kMaxColumns); ++i) {
      const ColumnPair& pair = pairs_[i];
      name += fmt::format("{}{}={}", i == 0 ? "" : ", ", printable(pair.name),
                          pair.masked ? "(masked)" : shown(column(batch, pair, side), row));
    }
    return pairs_.size() > kMaxColumns ? name + ", …" : name;
  }

 private:
  static std::shared_ptr<arrow::Array> column(const arrow::RecordBatch& batch,
                                              const ColumnPair& pair, Side side) {
    return batch.column(side == Side::original ? pair.original : pair.exported);
  }

  std::vector<ColumnPair> pairs_;
};

// Brings the rows of two tables together by key, however large the tables are.
class KeyMatcher {
 public:
  KeyMatcher(const TablePair& tables, TableComparison& comparison, std::vector<ColumnPair> keys,
             const SpillRoom& room)
      : tables_(tables), comparison_(comparison), keys_(std::move(keys)), room_(room) {}
  virtual ~KeyMatcher() = default;
  KeyMatcher(const KeyMatcher&) = delete;
  KeyMatcher& operator=(const KeyMatcher&) = delete;

  void run() {
    match(&tables_.original, &tables_.exported, 0);
    comparison_.count_rows(rows_[0], rows_[1]);
    add_issues();
  }

 protected:
  using Groups = std::unordered_map<std::string, Group>;

  // The rows of one side with their keys.
  struct Rows {
    Batch batch;  // null where there are none
    std::vector<std::string> keys;
  };

  virtual void match_groups(const Rows& original, const Rows& exported, const Groups& groups) = 0;
  virtual void add_issues() = 0;

  void note(Differences& found, const Rows& rows, int64_t row, Side side,
            std::string_view more = {}) const {
    found.add({}, row, [&] { return keys_.name_of(*rows.batch, row, side) + std::string(more); });
  }

  void add_issue(std::string code, const Differences& found, std::string expected,
                 std::string actual) {
    if (found.count == 0) return;
    Issue issue;
    issue.code = std::move(code);
    issue.count = found.count;
    issue.samples = found.samples;
    issue.expected = std::move(expected);
    issue.actual = std::move(actual);
    comparison_.add_row_issue(std::move(issue));
  }

  const TablePair& tables_;
  TableComparison& comparison_;
  const KeyColumns keys_;

 private:
  void match(arrow::RecordBatchReader* original, arrow::RecordBatchReader* exported, int depth) {
    RowPile originals(keys_of(Side::original), depth, room_.folder);
    RowPile exporteds(keys_of(Side::exported), depth, room_.folder);
    const auto load = [&](arrow::RecordBatchReader* reader, RowPile& pile, int64_t& rows) {
      while (reader != nullptr) {
        Batch batch;
        check(reader->ReadNext(&batch), "read a table to compare");
        if (!batch) break;
        if (depth == 0) {
          rows += batch->num_rows();
          tables_.progress.advance(&pile == &originals ? batch->num_rows() : 0);
        }
        pile.add(std::move(batch));
        const int64_t held = (originals.held_bytes() + exporteds.held_bytes()) * kCostPerByte;
        if (held <= room_.memory_bytes || depth == kMaxDepth || pile.spilled()) continue;
        originals.spill();
        exporteds.spill();
      }
    };
    load(original, originals, rows_[0]);
    load(exported, exporteds, rows_[1]);
    if (!originals.spilled()) return match_in_memory(originals.take_held(), exporteds.take_held());
    for (size_t i = 0; i < RowPile::kPartitions; ++i) {
      const auto a = originals.partition(i);
      const auto b = exporteds.partition(i);
      match(a.get(), b.get(), depth + 1);
    }
  }

  KeysOf keys_of(Side side) const {
    return [this, side](const arrow::RecordBatch& batch) { return keys_.keys_of(batch, side); };
  }

  void match_in_memory(Batch original, Batch exported) {
    Rows originals{std::move(original), {}};
    Rows exporteds{std::move(exported), {}};
    if (originals.batch) originals.keys = keys_.keys_of(*originals.batch, Side::original);
    if (exporteds.batch) exporteds.keys = keys_.keys_of(*exporteds.batch, Side::exported);
    Groups groups;
    groups.reserve(std::max(originals.keys.size(), exporteds.keys.size()));
    for (size_t row = 0; row < originals.keys.size(); ++row) {
      Group& group = groups[originals.keys[row]];
      if (group.originals++ == 0) group.first_original = static_cast<int64_t>(row);
    }
    for (size_t row = 0; row < exporteds.keys.size(); ++row) {
      Group& group = groups[exporteds.keys[row]];
      if (group.exporteds++ == 0) group.first_exported = static_cast<int64_t>(row);
    }
    match_groups(originals, exporteds, groups);
  }

  const SpillRoom& room_;
  int64_t rows_[2] = {0, 0};
};

class UniqueKeyMatcher final : public KeyMatcher {
 public:
  using KeyMatcher::KeyMatcher;

 private:
  void match_groups(const Rows& original, const Rows& exported, const Groups& groups) override {
    std::vector<int64_t> from;
    std::vector<int64_t> to;
    for (size_t i = 0; i < original.keys.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      const Group& group = groups.at(original.keys[i]);
      if (group.originals > 1) note(repeated_[0], original, row, Side::original);
      if (group.exporteds == 0) note(missing_, original, row, Side::original);
      if (group.originals != 1 || group.exporteds != 1) continue;
      from.push_back(row);
      to.push_back(group.first_exported);
      if (static_cast<int64_t>(from.size()) == kRowsAtOnce) compare(original, exported, from, to);
    }
    compare(original, exported, from, to);
    for (size_t i = 0; i < exported.keys.size(); ++i) {
      const auto row = static_cast<int64_t>(i);
      const Group& group = groups.at(exported.keys[i]);
      if (group.exporteds > 1) note(repeated_[1], exported, row, Side::exported);
      if (group.originals == 0) note(extra_, exported, row, Side::exported);
    }
  }

  void compare(const Rows& original, const Rows& exported, std::vector<int64_t>& from,
               std::vector<int64_t>& to) {
    if (from.empty()) return;
    AlignedRows rows;
    rows.original = take_rows(*original.batch, from);
    rows.exported = take_rows(*exported.batch, to);
    rows.names.name = [&](int64_t row) {
      return keys_.name_of(*rows.original, row, Side::original);
    };
    comparison_.compare(rows);
    from.clear();
    to.clear();
  }

  void add_issues() override {
    const std::string unique = "keys that are unique";
    add_issue("KEY_DUPLICATE", repeated_[0], unique, "rows of the original that share a key");
    add_issue("KEY_DUPLICATE", repeated_[1], unique, "exported rows that share a key");
    add_issue("ROW_MISSING", missing_, "an exported row for every key of the original", "none");
    add_issue("ROW_EXTRA", extra_, "keys of the original only", "exported rows of other keys");
  }

  Differences repeated_[2];
  Differences missing_;
  Differences extra_;
};

class MultisetMatcher final : public KeyMatcher {
 public:
  using KeyMatcher::KeyMatcher;

 private:
  void match_groups(const Rows& original, const Rows& exported, const Groups& groups) override {
    for (size_t i = 0; i < original.keys.size(); ++i) {
      const Group& group = groups.at(original.keys[i]);
      const auto row = static_cast<int64_t>(i);
      if (row == group.first_original)
        note_surplus(missing_, group.originals - group.exporteds, original, row, Side::original);
    }
    for (size_t i = 0; i < exported.keys.size(); ++i) {
      const Group& group = groups.at(exported.keys[i]);
      const auto row = static_cast<int64_t>(i);
      if (row == group.first_exported)
        note_surplus(extra_, group.exporteds - group.originals, exported, row, Side::exported);
    }
  }

  void note_surplus(Differences& found, int64_t surplus, const Rows& rows, int64_t row, Side side) {
    if (surplus <= 0) return;
    note(found, rows, row, side, surplus == 1 ? "" : fmt::format(" ({} times)", surplus));
    found.count += surplus - 1;
  }

  void add_issues() override {
    add_issue("ROW_MISSING", missing_, "every row of the original, as often", "fewer of them");
    add_issue("ROW_EXTRA", extra_, "rows of the original only", "rows it does not have as often");
  }

  Differences missing_;
  Differences extra_;
};

}  // namespace

void compare_by_key(const TablePair& tables, TableComparison& comparison,
                    const std::vector<std::string>& keys, const SpillRoom& room) {
  std::vector<ColumnPair> pairs;
  for (const std::string& key : keys) pairs.push_back(comparison.pair(key));
  UniqueKeyMatcher(tables, comparison, std::move(pairs), room).run();
}

void compare_as_multiset(const TablePair& tables, TableComparison& comparison,
                         const SpillRoom& room) {
  std::vector<ColumnPair> pairs;
  for (const ColumnComparison& column : comparison.columns()) pairs.push_back(column.pair());
  MultisetMatcher(tables, comparison, std::move(pairs), room).run();
}

}  // namespace cairn::integrity
