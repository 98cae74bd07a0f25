#pragma once

#include <filesystem>
#include <vector>

#include "cairn/checkpoint_manager.h"
#include "engine/engine.h"

namespace cairn::checkpoints {

/// CheckpointManager::extract.
std::vector<std::filesystem::path> extract(const Checkpoint& checkpoint,
                                           const std::filesystem::path& folder, Format format,
                                           const PipelineConfig& config, engine::Engine& engine);

}  // namespace cairn::checkpoints
