#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "engine/memory_budget.h"
#include "engine/morsel_source.h"
#include "engine/task_group.h"
#include "formats/parquet/parquet_codec.h"
#include "formats/parquet/storage_types.h"
#include "integrity/format_check.h"

namespace cairn::integrity {
namespace {

using data::kStrideRows;
using data::StrideHashes;
using formats::ParquetFile;
using formats::ParquetSelection;

constexpr int64_t kMorselBytes = 8 << 20;

int64_t strides_of(int64_t rows) {
  return (rows + kStrideRows - 1) / kStrideRows;
}

// One row group as it was read back.
struct GroupRead {
  int64_t first_row = 0;
  int64_t rows = 0;
  StrideHashes strides;  // per column; empty where nothing is hashed
  bool failed = false;
};

// Reads the row groups of a file on all threads, and those that fail once more, column by column.
class GroupReader {
 public:
  GroupReader(FileFindings& found, const ParquetFile& file, bool hashed,
              const VerifyResources& resources)
      : found_(found),
        file_(file),
        columns_(file.schema()->num_fields()),
        hashed_(hashed),
        resources_(resources),
        groups_(static_cast<size_t>(file.row_groups())) {
    int64_t row = 0;
    for (int g = 0; g < file.row_groups(); ++g) {
      groups_[g].first_row = row;
      groups_[g].rows = file.row_group_rows(g);
      row += groups_[g].rows;
    }
  }

  // Whether each row group begins at a stride, so that it can be hashed alone.
  bool aligned() const {
    return std::all_of(groups_.begin(), groups_.end(),
                       [](const GroupRead& group) { return group.first_row % kStrideRows == 0; });
  }

  void read_all() {
    {
      engine::TaskGroup tasks(resources_.threads);
      const auto slots = std::make_shared<engine::MemoryBudget>(resources_.threads.size() + 1);
      try {
        for (int g = 0; g < file_.row_groups(); ++g) {
          auto slot = slots->reserve(1, [&] { resources_.progress.advance(0); });
          resources_.progress.advance(groups_[g].rows);
          tasks.run([this, g, slot = std::move(slot)] { read_group(g); });
        }
        tasks.finish();
      } catch (...) {
        tasks.stop();
        throw;
      }
    }
    for (int g = 0; g < file_.row_groups(); ++g) {
      if (groups_[g].failed) locate_damage(g);
    }
  }

  data::TableDigest digest() const {
    data::TableDigester digester(*file_.schema());
    for (const GroupRead& group : groups_) digester.append(group.strides, group.rows);
    return digester.finish();
  }

  const std::vector<Hole>& holes() const { return holes_; }

 private:
  void read_group(int g) {
    try {
      groups_[g].strides = read({.columns = {}, .row_groups = {g}}, columns_, groups_[g].rows);
    } catch (const Error& error) {
      if (!tells_damage(error)) throw;
      groups_[g].failed = true;
    }
  }

  // Alone on the file, so that a budget too small for many row groups at once is not taken for
  // damage.
  void locate_damage(int g) {
    GroupRead& group = groups_[g];
    group.strides.assign(static_cast<size_t>(columns_), {});
    for (int c = 0; c < columns_; ++c) {
      auto& strides = group.strides[c];
      try {
        strides = std::move(read({.columns = {c}, .row_groups = {g}}, 1, group.rows).front());
      } catch (const Error& error) {
        if (!tells_damage(error)) throw;
        strides.assign(static_cast<size_t>(strides_of(group.rows)), {});
        report_hole(g, c, error);
      }
    }
  }

  void report_hole(int g, int c, const Error& error) {
    const GroupRead& group = groups_[g];
    const bool checksum = error.message().find("CRC") != std::string::npos;
    Issue& issue = found_.error(checksum ? "PAGE_CRC" : "UNREADABLE");
    issue.column = file_.schema()->field(c)->name();
    issue.first_row = group.first_row;
    issue.last_row = group.first_row + group.rows - 1;
    issue.expected = fmt::format("{} rows in row group {}", group.rows, g);
    issue.actual = error.message();
    holes_.push_back({static_cast<size_t>(c), group.first_row, *issue.last_row});
  }

  StrideHashes read(const ParquetSelection& selection, int columns, int64_t rows) const {
    const auto reader = file_.read(selection);
    engine::MorselSource morsels(*reader, kMorselBytes);
    StrideHashes all(static_cast<size_t>(columns));
    int64_t rows_read = 0;
    while (const auto morsel = morsels.next()) {
      rows_read += morsel->rows->num_rows();
      if (!hashed_) continue;
      const StrideHashes strides = data::hash_strides(*morsel->rows);
      for (size_t c = 0; c < all.size(); ++c)
        all[c].insert(all[c].end(), strides[c].begin(), strides[c].end());
    }
    if (rows_read != rows) {
      throw Error(ErrorKind::corrupt,
                  fmt::format("the footer promises {} rows, and there are {}", rows, rows_read));
    }
    return all;
  }

  FileFindings& found_;
  const ParquetFile& file_;
  const int columns_;
  const bool hashed_;
  const VerifyResources& resources_;
  std::vector<GroupRead> groups_;
  std::vector<Hole> holes_;
};

// For row groups that we did not cut: one reader, from the first row to the last.
std::optional<data::TableDigest> read_in_order(FileFindings& found, const ParquetFile& file) {
  try {
    return data::digest_all(*file.read());
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    found.error("UNREADABLE").actual = error.message();
    return std::nullopt;
  }
}

// What the file says of its columns, to readers that know of no recorded schema.
void check_schema(FileFindings& found, const VerifyResources& resources) {
  const StoredFile& stored = found.file();
  const auto own = ParquetFile::open(stored.path, nullptr, resources.memory).schema();
  const auto expected = formats::storage_schema(*stored.schema);
  for (int c = 0; c < std::min(own->num_fields(), expected->num_fields()); ++c) {
    if (own->field(c)->Equals(*expected->field(c))) continue;
    Issue& issue = found.error("DTYPE_INCOMPATIBLE");
    issue.column = expected->field(c)->name();
    issue.expected = expected->field(c)->ToString();
    issue.actual = own->field(c)->ToString();
  }
}

// The file as the recorded schema has it; nothing where it cannot be opened so, which is then
// reported.
std::optional<ParquetFile> open(FileFindings& found, const VerifyResources& resources) {
  const StoredFile& stored = found.file();
  try {
    return ParquetFile::open(stored.path, stored.schema, resources.memory);
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    std::shared_ptr<arrow::Schema> own;
    try {
      own = ParquetFile::open(stored.path, nullptr, resources.memory).schema();
    } catch (const Error& unreadable) {
      if (!tells_damage(unreadable)) throw;
    }
    Issue& issue = found.error(own ? "DTYPE_INCOMPATIBLE" : "FOOTER_UNREADABLE");
    issue.expected = own ? stored.schema->ToString() : "a Parquet footer";
    issue.actual = error.message();
    return std::nullopt;
  }
}

}  // namespace

bool check_parquet(FileFindings& found, Depth depth, const VerifyResources& resources) {
  const std::optional<ParquetFile> file = open(found, resources);
  if (!file) return false;
  found.expect_rows(file->rows());
  found.looked_at(depth == Depth::frame ? 0 : file->rows());
  check_schema(found, resources);
  if (depth == Depth::frame) return false;

  resources.progress.begin("verifying " + found.file().name, file->rows());
  GroupReader groups(found, *file, depth == Depth::content, resources);
  if (!groups.aligned()) {
    const auto digest = read_in_order(found, *file);
    if (digest && depth == Depth::content) found.expect_digest(*digest, {});
    return digest && depth == Depth::content;
  }
  groups.read_all();
  if (depth != Depth::content) return false;
  found.expect_digest(groups.digest(), groups.holes());
  return groups.holes().empty();
}

}  // namespace cairn::integrity
