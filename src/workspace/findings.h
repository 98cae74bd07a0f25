#pragma once

#include <vector>

#include "cairn/data_version_manager.h"
#include "cairn/workspace.h"
#include "store/store.h"

namespace cairn::workspace {

/// What can be told without reading anything that grows with the number of versions: the file
/// system, free disk, unfinished exports.
std::vector<Finding> cheap_findings(store::Store& store);

/// Whether the folders can be written, and locks be had.
std::vector<Finding> access_findings(store::Store& store);

/// The catalog's own full check, and its schema.
Finding catalog_finding(store::Store& store);

/// Whether every version has its manifest, and the store its history; those that are missing or
/// were edited are written again.
Finding mirror_finding(store::Store& store, const std::vector<DatasetVersion>& versions);

/// Every file of every version, as deep as `level`: one finding for each version with something
/// wrong, and one for all others together.
std::vector<Finding> file_findings(DataVersionManager& manager,
                                   const std::vector<DatasetVersion>& versions, VerifyLevel level,
                                   Progress& progress);

/// What an error says, as something found.
Finding failure(const std::string& what, const Error& error);

}  // namespace cairn::workspace
