#pragma once

#include "catalog/checkpoint_rows.h"
#include "catalog/session.h"

namespace cairn::catalog {

/// CheckpointRows over the session of a catalog.
class SqlCheckpointRows final : public CheckpointRows {
 public:
  explicit SqlCheckpointRows(Session& session) : session_(session) {}

  std::string slug_of(std::string_view process) override;
  CheckpointClaim take_over(std::string_view process, std::string_view holder) override;
  std::string holder_of(std::string_view process) override;
  bool is_in_force(const CheckpointClaim& claim) override;
  CheckpointRow announce(const CheckpointClaim& claim, TimePoint created) override;
  void commit(const CheckpointRow& row, const std::vector<std::string>& removed,
              const std::vector<std::string>& gone) override;
  std::optional<CheckpointRow> find(std::string_view id) override;
  std::vector<CheckpointRow> newest(std::string_view process, int64_t limit,
                                    int64_t first_sequence) override;
  std::vector<CheckpointRow> list(std::string_view process) override;
  std::vector<std::string> processes() override;
  void set_aside(std::string_view id) override;
  void mark_removed(const std::vector<std::string>& ids) override;
  void forget(const std::vector<std::string>& ids) override;
  std::vector<UnfinishedCheckpoint> unfinished() override;
  int64_t version_mark() override;
  std::vector<std::string> published_since(int64_t mark) override;

 private:
  Session& session_;
};

}  // namespace cairn::catalog
