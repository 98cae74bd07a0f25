#include "checkpoints/retention.h"

#include <algorithm>

#include "cairn/error.h"
#include "checkpoints/loading.h"
#include "io/folder.h"

namespace cairn::checkpoints {
namespace {

bool is_kept_by_rule(const catalog::CheckpointRow& row, int64_t newer,
                     const CheckpointPolicy& policy, int64_t now) {
  const bool kept =
      newer < policy.keep_last || (policy.keep_every > 0 && row.sequence % policy.keep_every == 0);
  return kept && (!policy.max_age || now - row.created <= policy.max_age->count());
}

}  // namespace

void DiskUse::add(const catalog::CheckpointRow& row) {
  const auto folder = folder_of(layout_, row);
  auto& mine = of_checkpoint_[row.id];
  for (const auto& place : {folder, folder / "data"}) {
    if (!io::file_exists(place)) continue;
    for (const io::FolderEntry& entry : io::list_files(place)) {
      const io::FileStatus status = io::status_of_file(place / entry.name);
      mine.push_back(status.identity);
      if (files_.emplace(status.identity, File{status.bytes, status.names}).second)
        total_ += status.bytes;
    }
  }
}

int64_t DiskUse::remove(const std::string& id) {
  int64_t freed = 0;
  for (const io::FileIdentity& identity : of_checkpoint_[id]) {
    File& file = files_.at(identity);
    if (--file.names == 0) freed += file.bytes;
  }
  of_checkpoint_.erase(id);
  total_ -= freed;
  return freed;
}

void check_policy(const CheckpointPolicy& policy) {
  const bool valid = policy.keep_last >= 0 && policy.keep_every >= 0 &&
                     (!policy.max_age || policy.max_age->count() >= 0) &&
                     (!policy.max_bytes || *policy.max_bytes >= 0);
  if (!valid)
    throw Error(ErrorKind::invalid_argument, "a policy for checkpoints has a number below 0");
}

bool decides_for_good(const CheckpointPolicy& policy) {
  return !policy.max_age && !policy.max_bytes;
}

std::vector<catalog::CheckpointRow> not_kept(
    const std::vector<catalog::CheckpointRow>& newest_first, const CheckpointPolicy& policy,
    const std::string& verified, int64_t now, DiskUse& use) {
  std::vector<catalog::CheckpointRow> removed;
  std::vector<const catalog::CheckpointRow*> kept;  // that may still have to go
  for (size_t i = 0; i < newest_first.size(); ++i) {
    const catalog::CheckpointRow& row = newest_first[i];
    if (!row.name.empty() || row.id == verified) continue;
    if (is_kept_by_rule(row, static_cast<int64_t>(i), policy, now)) {
      kept.push_back(&row);
    } else {
      removed.push_back(row);
    }
  }
  std::reverse(removed.begin(), removed.end());
  if (!policy.max_bytes) return removed;
  for (const catalog::CheckpointRow& row : removed) use.remove(row.id);
  for (; use.total() > *policy.max_bytes && !kept.empty(); kept.pop_back()) {
    removed.push_back(*kept.back());
    use.remove(kept.back()->id);
  }
  return removed;
}

}  // namespace cairn::checkpoints
