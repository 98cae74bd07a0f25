#pragma once

#include <arrow/type_fwd.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/workspace.h"

namespace cairn::cli {

/// A pipeline as people write them, three steps long, on the newest version of a shop of the demo:
/// count what was sold of each product, rank the products, publish the ranking as `bestsellers`.
/// The first two are cached under what they were made from; after each of these a checkpoint is
/// saved, and a pipeline that finds one goes on from it.
class DemoPipeline {
 public:
  using Tell = std::function<void(std::string_view step, const std::string& outcome)>;

  DemoPipeline(Workspace& workspace, DatasetVersion source, Tell tell)
      : workspace_(workspace), source_(std::move(source)), tell_(std::move(tell)) {}

  /// Returns the version it published.
  ///
  /// Effects  `die_after` names a step: once its checkpoint is saved, the process kills itself as
  ///          `kill -9` does.
  DatasetVersion run(const std::string& die_after = {});

 private:
  using Rows = std::shared_ptr<arrow::Table>;

  struct Progress {
    std::vector<std::string> done;
    Rows rows;  // of the last step that is done
  };

  Progress find_checkpoint();
  Rows count_sold();
  Rows rank(const Rows& sold);
  DatasetVersion publish(const Rows& ranking);
  Rows cached(const CacheIdentity& identity, const DataCache::Compute& compute);
  void save(Progress& progress, const std::string& step, const Rows& rows,
            const std::string& die_after);

  Workspace& workspace_;
  const DatasetVersion source_;
  const Tell tell_;
};

}  // namespace cairn::cli
