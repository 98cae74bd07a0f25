#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/names.h"
#include "base/quantities.h"
#include "cache/core.h"
#include "cache/explain.h"
#include "cache/identity.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "engine/resources.h"

namespace cairn {

using cache::EntryFile;
using catalog::CacheRow;
using catalog::CacheRows;
using std::chrono::microseconds;
using std::chrono::steady_clock;

namespace {

constexpr size_t kMaxRemembered = 100'000;

microseconds since(steady_clock::time_point start) {
  return std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
}

// Positions of columns, ascending.
std::vector<int> positions_of(const std::vector<std::string>& columns,
                              const arrow::Schema& schema) {
  std::vector<int> positions;
  for (const std::string& name : columns) {
    const auto found = schema.GetAllFieldIndices(name);
    if (found.size() != 1) {
      throw Error(
          ErrorKind::invalid_argument,
          fmt::format("cannot read column '{}': the entry has {} columns of this name",
                      printable(name), found.size()),
          fmt::format("its columns are {}",
                      printable(fmt::format("{}", fmt::join(schema.field_names(), ", ")), 200)));
    }
    positions.push_back(found.front());
  }
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

// Those of `table`, in the order of their names in `columns`.
std::shared_ptr<arrow::Table> in_order(const std::shared_ptr<arrow::Table>& table,
                                       const std::vector<std::string>& columns) {
  std::vector<int> order;
  for (const std::string& name : columns) order.push_back(table->schema()->GetFieldIndex(name));
  return value_or_throw(table->SelectColumns(order), "select columns");
}

// Failures of the machine say nothing about the entry.
bool blames_entry(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::permission:
    case ErrorKind::io:
    case ErrorKind::unavailable:
    case ErrorKind::memory_budget:
    case ErrorKind::no_space:
      return false;
    default:
      return true;
  }
}

}  // namespace

CacheResult DataCache::Implementation::get(const CacheIdentity& identity,
                                           const std::vector<std::string>& columns) {
  const Asked asked(identity);
  const auto start = steady_clock::now();
  CacheResult result = look_up(asked, columns);
  count(result, since(start));
  return result;
}

CacheResult DataCache::Implementation::explain(const CacheIdentity& identity) {
  const Asked asked(identity);
  if (!exists()) return asked.miss(MissReason::never_stored, "there is no cache yet");
  cache::Explanation why{MissReason::unavailable, ""};
  std::optional<CacheRow> row;
  try {
    index_.read([&](CacheRows& rows) {
      row = rows.find(asked.key);
      if (!row) why = cache::explain_absence(identity, rows);
    });
    if (!row) return asked.miss(why.first, why.second);
    if (row->state != "kept") why = cache::explain_gone(*row);
    if (row->state == "kept" && is_over(*row)) why = cache::explain_expired(*row);
    if (row->state != "kept" || is_over(*row)) return asked.miss(why.first, why.second);
    const auto status = io::find_file(path_of(*row));
    if (!status || status->bytes != row->file_bytes)
      return asked.miss(MissReason::corrupt, "its file is not as it was written");
  } catch (const Error& error) {
    return asked.miss(MissReason::unavailable, error.message());
  }
  CacheResult hit{asked.key,   nullptr,
                  {},          {},
                  row->digest, row->form == "arrow",
                  asked.weak,  microseconds(row->cost)};
  hit.explanation = fmt::format("kept, {} rows in {}, used {} times", format_count(row->rows),
                                format_bytes(row->disk_bytes), format_count(row->hits));
  return hit;
}

CacheResult DataCache::Implementation::look_up(const Asked& asked,
                                               const std::vector<std::string>& columns) {
  if (!exists()) return asked.miss(MissReason::never_stored, "there is no cache yet");
  std::optional<CacheRow> row;
  cache::Explanation why;
  try {
    index_.read([&](CacheRows& rows) {
      row = rows.find(asked.key);
      if (!row) why = cache::explain_absence(asked.identity, rows);
    });
  } catch (const Error& error) {
    return read_without_index(asked, columns, error.message());
  }
  if (!row) return asked.miss(why.first, why.second);
  if (row->state != "kept") why = cache::explain_gone(*row);
  if (row->state == "kept" && is_over(*row)) why = cache::explain_expired(*row);
  if (row->state != "kept" || is_over(*row)) return asked.miss(why.first, why.second);
  return judge(asked, *row, columns);
}

// Opened first, so that nobody can take it away while it is judged.
CacheResult DataCache::Implementation::judge(const Asked& asked, const CacheRow& row,
                                             const std::vector<std::string>& columns) {
  try {
    const auto file = EntryFile::open(path_of(row), parse_cache_form(row.form));
    if (file->status().bytes != row.file_bytes)
      return give_up(
          asked, row,
          fmt::format("its file has {} bytes instead of {}", file->status().bytes, row.file_bytes));
    if (file->manifest().key != asked.key || file->manifest().digest != row.digest)
      return give_up(asked, row, "its file is that of another entry");
    check_bytes(*file, row);
    return read_table(asked, *file, columns);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::invalid_argument) throw;
    if (!blames_entry(error)) return asked.miss(MissReason::unavailable, error.message());
    return give_up(asked, row, error.message());
  }
}

// The files tell enough of themselves to be used while nobody can say what there is.
CacheResult DataCache::Implementation::read_without_index(const Asked& asked,
                                                          const std::vector<std::string>& columns,
                                                          const std::string& why) {
  for (const CacheForm form : {CacheForm::parquet, CacheForm::arrow}) {
    const auto path = layout_.folder() / io::CacheLayout::entry(asked.key, to_string(form));
    try {
      const auto file = EntryFile::open(path, form);
      const auto& manifest = file->manifest();
      const bool over = manifest.expires > 0 && manifest.expires <= now();
      if (manifest.key == asked.key && !over &&
          cache::digest_of(*file->read({}, 1)) == manifest.digest)
        return read_table(asked, *file, columns);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::invalid_argument) throw;
    }
  }
  return asked.miss(MissReason::unavailable, why);
}

CacheResult DataCache::Implementation::read_table(const Asked& asked, EntryFile& file,
                                                  const std::vector<std::string>& columns) const {
  const auto positions = positions_of(columns, *file.schema());
  auto table = file.read(positions, engine::resolve_threads(options.threads));
  if (!columns.empty()) table = in_order(table, columns);
  return {asked.key,
          std::move(table),
          {},
          {},
          file.manifest().digest,
          file.maps(),
          asked.weak,
          microseconds(file.manifest().cost)};
}

// A file that was not touched since it was checked is not read again: a mapped one since it was
// written, any other since this process first opened it.
void DataCache::Implementation::check_bytes(EntryFile& file, const CacheRow& row) {
  const io::FileStatus& status = file.status();
  const bool untouched = static_cast<int64_t>(status.identity.inode) == row.inode &&
                         status.modified == row.modified && !row.checksum.empty();
  if (file.maps() && untouched) return;
  {
    const std::lock_guard lock(process_->mutex);
    const auto found = process_->verified.find(row.key);
    if (found != process_->verified.end() && found->second == status) return;
  }
  if (row.checksum.empty() ? cache::digest_of(*file.read({}, 1)) != row.digest
                           : file.checksum() != row.checksum)
    throw Error(ErrorKind::corrupt, "its bytes are not those that were written");
  remember_checked(row.key, status);
}

void DataCache::Implementation::remember_checked(const std::string& key,
                                                 const io::FileStatus& status) {
  const std::lock_guard lock(process_->mutex);
  if (process_->verified.size() >= kMaxRemembered) process_->verified.clear();
  process_->verified[key] = status;
}

// Unless somebody put another file in its place meanwhile.
CacheResult DataCache::Implementation::give_up(const Asked& asked, const CacheRow& row,
                                               const std::string& why) {
  try {
    index_.write([&](CacheRows& rows) {
      const auto found = rows.find(row.key);
      if (found && found->state == "kept" && found->id == row.id)
        space_.remove(rows, *found, "corrupt", now());
    });
  } catch (const Error&) {
    // It is a miss in any case, and the next one finds out again.
  }
  return asked.miss(MissReason::corrupt, why);
}

void DataCache::Implementation::count(const CacheResult& result, microseconds spent) {
  cache::Tally& tally = process_->tally;
  if (result.hit()) {
    tally.add("hits");
    if (result.weak) tally.add("weak_hits");
    tally.add("time_saved", std::max(result.cost - spent, microseconds(0)).count());
    tally.use(result.key, now());
  } else {
    tally.add(fmt::format("miss.{}", to_string(*result.miss)));
  }
  if (tally.is_due() && exists()) settle();
}

}  // namespace cairn
