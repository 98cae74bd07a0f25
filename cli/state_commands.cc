#include "state_commands.h"

#include "declaration.h"

namespace cairn::cli {

void add_state_commands([[maybe_unused]] CommandGroup& cairn) {}

}  // namespace cairn::cli
