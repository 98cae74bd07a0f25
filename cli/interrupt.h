#pragma once

namespace cairn::cli {

/// Take over Ctrl-C and termination, and let writes to a closed pipe or over a size limit fail
/// instead of kill, so that what they interrupt can clean up.
void prepare_signals();

/// While one lives, the first Ctrl-C only sets a flag that throw_if_interrupted() acts on, because
/// there is something to clean up; a second one ends the process at once. Outside of it, the first
/// does.
class CleanInterrupt {
 public:
  CleanInterrupt();
  ~CleanInterrupt();
  CleanInterrupt(const CleanInterrupt&) = delete;
  CleanInterrupt& operator=(const CleanInterrupt&) = delete;
};

/// Errors: cancelled.
void throw_if_interrupted();

}  // namespace cairn::cli
