#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn {

/// A checkpoint as it lies there.
struct CheckpointInfo {
  std::string id;  // also its folder: {process}_{timestamp}-{sequence}
  std::string process;
  int64_t sequence = 0;  // grows by one within a process; the order of checkpoints
  int64_t epoch = 0;     // grows with every writer that takes the process over
  std::string step;
  std::vector<std::string> completed_steps;
  std::string name;
  std::string schema_version;
  std::string application_version;
  int64_t created = 0;  // microseconds UTC
  int64_t rows = 0;
  int64_t bytes = 0;       // of its files
  int64_t new_bytes = 0;   // of those that are not shared with the checkpoint before it
  std::string digest;      // of its tables and state
  bool set_aside = false;  // found damaged by a cleanup: its folder is .corrupt-{id}
};

}  // namespace cairn
