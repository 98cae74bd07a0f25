#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cairn/config.h"
#include "cairn/workspace.h"
#include "output.h"
#include "progress_bar.h"

namespace cairn::cli {

/// What every command takes.
struct CommonOptions {
  bool json = false;
  bool quiet = false;
  bool no_progress = false;
  std::filesystem::path directory;  // -C
  std::filesystem::path config;     // --config
};

/// Settings that a command line may give instead of the configuration.
struct ConfigFlags {
  std::string formats;  // csv,parquet
  std::string memory;
  std::optional<int64_t> threads;
  bool sha256 = false;
};

/// One run of one command: where it works, what it works with, and where it prints.
class Session {
 public:
  /// Effects  changes to the directory of -C.
  explicit Session(const CommonOptions& options);

  const Output& out() const { return out_; }
  ProgressBar& progress() { return progress_; }

  /// Flags before environment before file before defaults.
  PipelineConfig config(const ConfigFlags& flags = {}) const;
  const std::filesystem::path& config_file() const { return options_.config; }

  /// Where to put what has to be read twice. It may be used where there is no store.
  static std::filesystem::path spool_folder(const PipelineConfig& config);

  /// The store of the configuration. Errors: not_found where there is none.
  Workspace open() const { return Workspace::open(config(), false); }

  /// A path of ours as it can be used where the command was started.
  std::string shown(const std::filesystem::path& path) const;

  /// Say something beside the result, on standard error, to people who did not ask for quiet.
  void note(std::string_view text);

 private:
  const CommonOptions options_;
  const Output out_;
  ProgressBar progress_;
};

}  // namespace cairn::cli
