#pragma once

#include <SQLiteCpp/Exception.h>

#include <filesystem>

#include "cairn/error.h"

namespace cairn::catalog {

/// What SQLite reports about the catalog `file`, as our exception.
Error sqlite_error(const SQLite::Exception& error, const std::filesystem::path& file);

/// The same for an error of COMMIT: commit_unknown unless it certainly stored nothing.
Error sqlite_commit_error(const SQLite::Exception& error, const std::filesystem::path& file);

/// The catalog `file` holds what no version of this program writes.
Error damaged(const std::filesystem::path& file, std::string_view reason);

}  // namespace cairn::catalog
