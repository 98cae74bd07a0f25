#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "checkpoints/metadata.h"
#include "data/content_digest.h"

namespace cairn::checkpoints {

/// How a table is put together: from parts that exist, and columns that have to be written.
struct PartPlan {
  std::vector<TablePart> reused;  // with the paths that they have now
  std::vector<int> to_write;      // positions in the table, ascending
};

/// Use again what `before`, the same table one checkpoint ago, has in common with a table: columns
/// of equal contents and exactly equal type. A part is used while at least half of it is, so that
/// the files of a checkpoint never take more than about twice what it needs; and at most sixteen.
PartPlan plan_parts(const StoredTable& before, const arrow::Schema& schema,
                    const data::TableDigest& digest);

/// The path of a part inside its checkpoint. `slug` stands for the table, empty for the one that is
/// called "data". A file that is the whole table has the plain name; one that holds only columns of
/// it, some of them perhaps out of date, must not be taken for the table.
std::string part_path(const std::string& slug, const TablePart& part, int table_columns);

}  // namespace cairn::checkpoints
