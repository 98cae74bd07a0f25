#pragma once

#include <string>

namespace cairn::catalog {

/// The version of the SQLite library this process runs with: "3.40.1".
std::string sqlite_version();

}  // namespace cairn::catalog
