#pragma once

#include <string>

#include "cairn/data_version_manager.h"
#include "catalog/catalog.h"

namespace cairn::exports {

/// The version a reference picks. Errors: not_found, naming what exists; invalid_argument for an
/// ambiguous id.
DatasetVersion find_version(catalog::Catalog& catalog, const VersionReference& reference);

/// not_found, with the nearest name there is.
[[noreturn]] void throw_unknown_dataset(catalog::Catalog& catalog, const std::string& name);

}  // namespace cairn::exports
