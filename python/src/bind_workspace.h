#pragma once

#include <filesystem>
#include <utility>

#include "cairn/workspace.h"
#include "handle.h"

namespace cairn::python {

/// A store, opened; what every service that needs one is made from.
class OpenWorkspace {
 public:
  /// Paths are made absolute, so that the handle means the same place wherever it is used.
  OpenWorkspace(PipelineConfig config, bool create)
      : config_(absolute(std::move(config))), handle_([config = config_, create] {
          return std::make_shared<Workspace>(Workspace::open(config, create));
        }) {}

  const PipelineConfig& config() const { return config_; }
  std::shared_ptr<Workspace> get() { return handle_.get(); }
  void close() { handle_.close(); }

 private:
  static PipelineConfig absolute(PipelineConfig config) {
    for (auto member : {&PipelineConfig::output_data_path, &PipelineConfig::temp_data_path,
                        &PipelineConfig::processed_data_path}) {
      config.*member = std::filesystem::absolute(config.*member).lexically_normal();
    }
    return config;
  }

  const PipelineConfig config_;
  Handle<Workspace> handle_;
};

}  // namespace cairn::python
