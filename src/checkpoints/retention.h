#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "catalog/checkpoint_rows.h"
#include "io/file.h"
#include "io/layout.h"

namespace cairn::checkpoints {

/// What checkpoints take on disk: a file that several share counts once.
class DiskUse {
 public:
  explicit DiskUse(const io::Layout& layout) : layout_(layout) {}

  void add(const catalog::CheckpointRow& row);

  /// Take one away again; returns the bytes that would become free.
  int64_t remove(const std::string& id);

  int64_t total() const { return total_; }

 private:
  struct File {
    int64_t bytes = 0;
    int64_t names = 0;
  };

  const io::Layout& layout_;
  std::map<io::FileIdentity, File> files_;
  std::map<std::string, std::vector<io::FileIdentity>> of_checkpoint_;
  int64_t total_ = 0;
};

/// Errors   invalid_argument for numbers below 0.
void check_policy(const CheckpointPolicy& policy);

/// Whether what a policy decides about a checkpoint today it decides tomorrow, while no newer ones
/// come: then those that were kept once need not be looked at again.
bool decides_for_good(const CheckpointPolicy& policy);

/// The checkpoints of one process that a policy does not keep, oldest first. Named ones and
/// `verified`, the newest that is known to be whole, stay in any case.
///
/// Shape    `newest_first` are all of a process, or its newest; `use` holds them where the policy
///          has `max_bytes`.
std::vector<catalog::CheckpointRow> not_kept(
    const std::vector<catalog::CheckpointRow>& newest_first, const CheckpointPolicy& policy,
    const std::string& verified, int64_t now, DiskUse& use);

}  // namespace cairn::checkpoints
