#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cairn/dataset_version.h"
#include "catalog/connection.h"
#include "catalog/lineage_select.h"
#include "catalog/rows.h"

namespace cairn::catalog {

// Lineage inside of somebody's transaction.

/// The node that is referred to, recorded if it is new (LineageRows has the rule).
///
/// Errors   not_found for a sequence that is not there; invalid_argument.
int64_t node_for(Connection& connection, const LineageNode& wanted, TimePoint now);

/// Throw what node_for would throw; nothing is recorded.
void require_recordable(Connection& connection, const LineageNode& wanted);

/// The row of a run, without what it read and made. Errors: conflict for an id that is taken.
int64_t insert_run(Connection& connection, const LineageRun& run, std::string_view writer);

/// A run that has not ended. Errors: not_found, conflict.
KeyedRun running_run(Connection& connection, std::string_view id);

void add_input_to(Connection& connection, int64_t run_key, int64_t node_key);

/// Say that a run made a node, of all that it has read so far: edges. Where the run names columns
/// of the node, it is made of those inputs only that they name.
void add_output_to(Connection& connection, const KeyedRun& run, int64_t node_key, TimePoint now);

/// A new version of a dataset, as a run makes it; or the one that `wanted` names by its sequence.
int64_t output_node(Connection& connection, const LineageNode& wanted, TimePoint now);

/// Record a publication as a run, or as part of the one that the draft names: its version is what
/// the run made, of the draft's inputs and of the version it went back to.
void record_publication(Connection& connection, const VersionDraft& draft,
                        const DatasetVersion& version,
                        std::optional<int64_t> rolled_back_to = std::nullopt);

}  // namespace cairn::catalog
