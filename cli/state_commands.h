#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "session.h"

/// What the commands of cache, checkpoints and lineage were told, and what carries them out, as
/// commands.h has it for publishing. The options are declared in state_commands.cc.
namespace cairn::cli {

// cmd_cache.cc

// cmd_checkpoint.cc

// cmd_lineage.cc

}  // namespace cairn::cli
