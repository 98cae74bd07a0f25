#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "cairn/workspace.h"
#include "handle.h"

namespace cairn::python {

/// A store, opened; what every service that needs one is made from.
class OpenWorkspace {
 public:
  using Instruction = std::function<void(Workspace&)>;

  /// Paths are made absolute, so that the handle means the same place wherever it is used.
  OpenWorkspace(PipelineConfig config, bool create)
      : config_(absolute(std::move(config))), handle_([this, create] { return open(create); }) {}

  const PipelineConfig& config() const { return config_; }

  /// Called without the GIL, as `tell`.
  std::shared_ptr<Workspace> get() { return handle_.get(); }
  void close() { handle_.close(); }

  /// Do this now, and again where the store is opened anew.
  void tell(Instruction instruction) {
    instruction(*get());
    const std::lock_guard lock(mutex_);
    told_.push_back(std::move(instruction));
  }

 private:
  static PipelineConfig absolute(PipelineConfig config) {
    for (auto member : {&PipelineConfig::output_data_path, &PipelineConfig::temp_data_path,
                        &PipelineConfig::processed_data_path}) {
      config.*member = std::filesystem::absolute(config.*member).lexically_normal();
    }
    return config;
  }

  std::shared_ptr<Workspace> open(bool create) {
    auto opened = std::make_shared<Workspace>(Workspace::open(config_, create));
    const std::lock_guard lock(mutex_);
    for (const Instruction& instruction : told_) instruction(*opened);
    return opened;
  }

  const PipelineConfig config_;
  std::mutex mutex_;
  std::vector<Instruction> told_;
  Handle<Workspace> handle_;  // last: it opens at once
};

}  // namespace cairn::python
