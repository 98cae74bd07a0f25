#pragma once

#include <string>

#include "base/json.h"
#include "catalog/rows.h"

namespace cairn::exports {

/// The manifest of a version: a Data Package v2 descriptor, one resource per file, with one
/// "x-cairn" object on the package and on each resource. A function of the catalog's content alone,
/// so that a lost one can be written again.
Json render_manifest(const catalog::Version& version);

/// The lines of `md5sum` for a version's files, paths relative to the output folder.
std::string render_md5_sums(const catalog::Version& version);

}  // namespace cairn::exports
