#pragma once

#include <string>
#include <string_view>

#include "cairn/checkpoint_manager.h"

namespace cairn::checkpoints {

/// The text of state.json: where a process stands, and its state, each value with its type.
///
/// Errors   invalid_argument naming the place, for what would not come back as it is.
std::string to_state_text(const CheckpointContent& content, const CheckpointNote& note);

/// Steps and state of a checkpoint from its state.json; tables are not in there.
///
/// Errors   corrupt.
CheckpointContent content_from_state(std::string_view text);

}  // namespace cairn::checkpoints
