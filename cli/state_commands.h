#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "session.h"

/// What the commands of cache, checkpoints and lineage were told, and what carries them out, as
/// commands.h has it for publishing. Where each is declared and where it is carried out is said
/// above it.
namespace cairn::cli {

// cmd_cache.cc; declared in cache_commands.cc

/// What a result is the result of.
struct CacheIdentityOptions {
  std::string process;
  std::string step;
  std::vector<std::string> parameters;  // NAME=JSON
  std::vector<std::string> inputs;      // NAME=FILE or NAME=DIGEST
  std::string code_version;
};

struct CacheLsOptions {
  std::string process;
  std::string step;
  int64_t limit = 20;
};
int run_cache_ls(Session& session, const CacheLsOptions& options);

int run_cache_stats(Session& session);

int run_cache_explain(Session& session, const CacheIdentityOptions& options);

struct CacheGetOptions {
  CacheIdentityOptions identity;
  std::vector<std::string> columns;
  std::optional<int64_t> head;
  std::string format = "csv";
};
int run_cache_get(Session& session, const CacheGetOptions& options);

struct CachePutOptions {
  std::string file;
  CacheIdentityOptions identity;
  std::string form = "parquet";
  std::string ttl;
  std::string cost;
  bool pinned = false;
};
int run_cache_put(Session& session, const CachePutOptions& options);

struct CachePinOptions {
  std::string key;
  bool remove = false;
};
int run_cache_pin(Session& session, const CachePinOptions& options);

struct CacheGcOptions {
  bool apply = false;
  bool dry_run = false;
};
int run_cache_gc(Session& session, const CacheGcOptions& options);

struct CacheClearOptions {
  std::string process;
  std::string step;
  std::string key;
  bool all = false;
  bool dry_run = false;
};
int run_cache_clear(Session& session, const CacheClearOptions& options);

// cmd_checkpoint.cc; declared in checkpoint_commands.cc

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

// cmd_lineage.cc; declared in lineage_commands.cc

struct LineageShowOptions {
  std::string reference;  // every dataset when empty
  bool upstream = false;
  bool downstream = false;
  int64_t depth = 3;
  int64_t limit = 1000;
  std::string as_of;
  std::string format = "text";
  std::filesystem::path output;
};
int run_lineage_show(Session& session, const LineageShowOptions& options);

struct LineagePathsOptions {
  std::string from;
  std::string to;
  std::string format = "text";
  std::filesystem::path output;
};
int run_lineage_paths(Session& session, const LineagePathsOptions& options);

struct LineageReferenceOptions {
  std::string reference;
};
int run_lineage_impact(Session& session, const LineageReferenceOptions& options);
int run_lineage_root_cause(Session& session, const LineageReferenceOptions& options);

struct LineageDiffOptions {
  std::string before;  // ids of runs
  std::string after;
};
int run_lineage_diff(Session& session, const LineageDiffOptions& options);

struct LineageOrphansOptions {
  int64_t limit = 20;
};
int run_lineage_orphans(Session& session, const LineageOrphansOptions& options);

struct LineageRunsOptions {
  std::string job;
  std::string id;
  int64_t limit = 20;
};
int run_lineage_runs(Session& session, const LineageRunsOptions& options);

// cmd_lineage_write.cc; declared in lineage_commands.cc

struct LineageRegisterOptions {
  std::string dataset;
  std::vector<std::string> metadata;  // NAME=VALUE
  bool dry_run = false;
};
int run_lineage_register(Session& session, const LineageRegisterOptions& options);

struct LineageTrackOptions {
  std::string id;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string type;
  std::vector<std::string> parameters;  // NAME=VALUE
  std::vector<std::string> columns;     // DATASET.COLUMN=DATASET.COLUMN
  std::string code;
  std::string parent;
  std::string error;
  bool dry_run = false;
};
int run_lineage_track(Session& session, const LineageTrackOptions& options);

struct LineageExportOptions {
  std::filesystem::path openlineage;
  std::string run;
  bool dry_run = false;
};
int run_lineage_export(Session& session, const LineageExportOptions& options);

}  // namespace cairn::cli
