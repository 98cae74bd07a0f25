#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/ids.h"
#include "cairn/config.h"
#include "catalog/catalog.h"
#include "io/file_lock.h"
#include "io/layout.h"

namespace cairn::store {

/// One output folder, opened: its catalog, its paths, and this process as a writer of it. Safe to
/// share by threads.
class Store {
 public:
  enum class Mode { create, existing };

  /// Open the store of a configuration and clear away what crashed writers left
  /// (docs/durability.md).
  ///
  /// Effects  Mode::create makes the folders and the catalog when they are missing.
  /// Errors   not_found for Mode::existing where there is no store; permission, corrupt, io.
  static std::shared_ptr<Store> open(const PipelineConfig& config, Mode mode,
                                     const Environment& environment = {});
  ~Store();

  catalog::Catalog& catalog() { return *catalog_; }
  const io::Layout& layout() const { return layout_; }
  const PipelineConfig& config() const { return config_; }
  const Environment& environment() const { return environment_; }

  TimePoint now() const { return environment_.clock->now(); }
  Uuid new_id() const { return Uuid::make(*environment_.clock, *environment_.random); }

  /// The UUID under which this process announces exports. Its lock is held until the store is
  /// closed, so that recovery elsewhere can tell that the writer lives.
  const std::string& writer();

 private:
  Store(const PipelineConfig& config, const Environment& environment, io::Layout layout,
        std::unique_ptr<catalog::Catalog> catalog);

  const PipelineConfig config_;
  const Environment environment_;
  const io::Layout layout_;
  const std::unique_ptr<catalog::Catalog> catalog_;
  std::mutex mutex_;
  std::string writer_;
  std::optional<io::FileLock> writer_lock_;
};

}  // namespace cairn::store
