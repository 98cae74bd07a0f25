#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cairn/data_integrity.h"
#include "cairn/data_version_manager.h"
#include "cairn/dataset_version.h"
#include "session.h"

/// How what the library returns looks in JSON (docs/cli.md, a contract) and in text.
namespace cairn::cli {

/// `name@7`, as every command takes it.
std::string reference_to(const DatasetVersion& version);

Json to_json(const DatasetVersion& version);
Json to_json(const DatasetTable& table);

/// `digest` is that of the file's table; the path is one for where the command was started.
Json to_json(const DatasetFile& file, std::string_view digest, std::string_view path);

/// The files of a version as JSON, each with the digest of its table.
Json files_to_json(const std::vector<DatasetFile>& files, const std::vector<DatasetTable>& tables,
                   const std::filesystem::path& output, const Session& session);

/// The files of a version as aligned lines.
std::string files_to_text(const std::vector<DatasetFile>& files,
                          const std::filesystem::path& output, const Session& session);

Json to_json(const VersionDiff& diff);
std::string to_text(const VersionDiff& diff);

/// "cd1:" and the first hex digits: enough to tell digests apart by eye.
std::string short_digest(std::string_view digest);

/// 2026-01-15 09:30:12Z
std::string short_time(std::chrono::sys_time<std::chrono::microseconds> time);

/// "1 version", "2 versions".
std::string counted(int64_t count, std::string_view noun);

}  // namespace cairn::cli
