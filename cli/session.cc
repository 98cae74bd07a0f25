#include "session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <vector>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "io/file.h"

namespace cairn::cli {
namespace {

namespace fs = std::filesystem;

void enter(const fs::path& directory) {
  if (directory.empty()) return;
  std::error_code failed;
  fs::current_path(directory, failed);
  if (!failed) return;
  throw Error(failed == std::errc::permission_denied ? ErrorKind::permission : ErrorKind::not_found,
              fmt::format("cannot change to the directory '{}': {}", printable(directory.native()),
                          failed.message()),
              "-C takes a directory that exists");
}

std::vector<Format> parse_formats(std::string_view list) {
  std::vector<Format> formats;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const Format format = parse_format(list.substr(0, comma));
    if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
      formats.push_back(format);
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return formats;
}

}  // namespace

Session::Session(const CommonOptions& options)
    : options_(options),
      out_(options.json),
      progress_(!options.quiet && !options.no_progress && stderr_is_terminal()) {
  enter(options.directory);
}

PipelineConfig Session::config(const ConfigFlags& flags) const {
  PipelineConfig config = options_.config.empty() ? PipelineConfig::discover()
                                                  : PipelineConfig::from_file(options_.config);
  if (!flags.formats.empty()) config.output_formats = parse_formats(flags.formats);
  if (!flags.memory.empty()) config.memory_budget = parse_bytes(flags.memory, "memory size");
  if (flags.threads) config.threads = *flags.threads;
  if (flags.sha256) config.sha256 = true;
  return config;
}

fs::path Session::spool_folder(const PipelineConfig& config) {
  return io::file_exists(config.temp_data_path) ? config.temp_data_path : fs::temp_directory_path();
}

std::string Session::shown(const fs::path& path) const {
  return (options_.directory / path).lexically_normal().string();
}

void Session::note(std::string_view text) {
  progress_.clear();
  if (!options_.quiet && !out_.json()) fmt::print(stderr, "cairn: {}\n", text);
}

}  // namespace cairn::cli
