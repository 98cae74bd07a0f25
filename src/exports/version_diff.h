#pragma once

#include "cairn/data_version_manager.h"
#include "catalog/rows.h"

namespace cairn::exports {

/// How two versions differ, from their recorded digests: no data file is opened.
VersionDiff diff_versions(const catalog::Version& before, const catalog::Version& after);

}  // namespace cairn::exports
