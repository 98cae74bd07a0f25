#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session.h"

/// What each command was told, and what carries it out. The options are declared, with their
/// meaning, in publish_commands.cc; the return value is the exit code.
namespace cairn::cli {

inline constexpr int kDone = 0;
inline constexpr int kTheAnswerIsNo = 1;

// cmd_export.cc

struct ExportOptions {
  std::vector<std::string> files;
  std::string dataset;
  std::vector<std::string> analytical;  // NAME=FILE
  ConfigFlags flags;
  std::vector<std::string> tags;
  std::string message;
  std::string author;
  std::optional<std::string> key;
  std::optional<int64_t> expect;
  bool dry_run = false;
};
int run_export(Session& session, const ExportOptions& options);

// cmd_versions.cc

struct VersionsOptions {
  std::string dataset;
  int64_t limit = 20;
};
int run_versions(Session& session, const VersionsOptions& options);

struct ShowOptions {
  std::string reference;
  bool manifest = false;
  bool md5 = false;
  bool schema = false;
};
int run_show(Session& session, const ShowOptions& options);

struct TagOptions {
  std::string reference;
  std::string name;
  bool replace = false;
  bool remove = false;
  bool dry_run = false;
};
int run_tag(Session& session, const TagOptions& options);

struct RollbackOptions {
  std::string reference;
  std::string message;
  bool dry_run = false;
};
int run_rollback(Session& session, const RollbackOptions& options);

struct DiffOptions {
  std::string before;
  std::string after;
};
int run_diff(Session& session, const DiffOptions& options);

// cmd_read.cc

struct CatOptions {
  std::string reference;
  std::string table;
  std::optional<int64_t> head;
  std::string format = "csv";
};
int run_cat(Session& session, const CatOptions& options);

struct GetOptions {
  std::string reference;
  std::filesystem::path folder;
  bool dry_run = false;
};
int run_get(Session& session, const GetOptions& options);

// cmd_verify.cc

struct VerifyOptions {
  std::string reference;
  bool all = false;
  std::string level = "content";
  std::filesystem::path report;
};
int run_verify(Session& session, const VerifyOptions& options);

struct CompareOptions {
  std::string original;
  std::string exported;
  std::vector<std::string> keys;
  bool multiset = false;
  std::string tolerance;  // ABS[,REL]
  std::optional<int64_t> sample;
  std::optional<uint64_t> seed;
  std::string dtypes = "flexible";
  std::vector<std::string> masked;
  std::filesystem::path report;
};
int run_compare(Session& session, const CompareOptions& options);

// cmd_store.cc

struct StatusOptions {
  bool prometheus = false;
};
int run_status(Session& session, const StatusOptions& options);

struct DoctorOptions {
  std::string level = "checksum";
};
int run_doctor(Session& session, const DoctorOptions& options);

int run_config_show(Session& session);
int run_version(Session& session);

// cmd_gc.cc

struct GcOptions {
  std::string dataset;
  int64_t keep_last = 0;
  std::string keep_within;
  bool orphans = false;
  bool state = false;  // what cache and checkpoints no longer need
  bool apply = false;
  bool dry_run = true;  // what happens without apply, asked for by name
};
int run_gc(Session& session, const GcOptions& options);

// cmd_demo.cc

struct DemoOptions {
  std::filesystem::path folder = "cairn-demo";
  std::string die_after;  // for the demo itself: run its pipeline, and be killed after this step
};
int run_demo(Session& session, const DemoOptions& options);

}  // namespace cairn::cli
