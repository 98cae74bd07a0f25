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

struct CheckpointSaveOptions {
  std::string process;
  std::string step;
  std::vector<std::string> completed;
  std::filesystem::path state;
  std::vector<std::string> tables;  // NAME=FILE
  std::string name;
  std::string schema_version;
  std::string app_version;
  std::optional<int64_t> keep_last;
  bool dry_run = false;
};
int run_checkpoint_save(Session& session, const CheckpointSaveOptions& options);

struct CheckpointLsOptions {
  std::string process;
};
int run_checkpoint_ls(Session& session, const CheckpointLsOptions& options);

struct CheckpointShowOptions {
  std::string checkpoint;
  bool verify = false;
};
int run_checkpoint_show(Session& session, const CheckpointShowOptions& options);

struct CheckpointLoadOptions {
  std::string checkpoint;
  std::filesystem::path folder;
  std::string format = "parquet";
  bool dry_run = false;
};
int run_checkpoint_load(Session& session, const CheckpointLoadOptions& options);

struct CheckpointGcOptions {
  std::string process;
  int64_t keep_last = 5;
  int64_t keep_every = 0;
  std::string max_age;
  std::string max_bytes;
  bool apply = false;
  bool dry_run = true;  // what happens without apply, asked for by name
};
int run_checkpoint_gc(Session& session, const CheckpointGcOptions& options);

struct CheckpointRmOptions {
  std::string checkpoint;
  bool dry_run = false;
};
int run_checkpoint_rm(Session& session, const CheckpointRmOptions& options);

// cmd_lineage.cc

}  // namespace cairn::cli
