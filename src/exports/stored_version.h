#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>

#include "catalog/rows.h"
#include "data/content_digest.h"
#include "integrity/stored_file.h"
#include "io/layout.h"

namespace cairn::exports {

/// A table's digest as the catalog keeps it, leaves included.
data::TableDigest recorded_digest(const catalog::TableRow& table);

/// One file of a version as verification wants it.
integrity::StoredFile stored_file(const io::Layout& layout, const catalog::FileRow& file,
                                  const catalog::TableRow& table);
integrity::StoredFile stored_file(const io::Layout& layout, const catalog::FileRow& file,
                                  const catalog::TableRow& table,
                                  const std::shared_ptr<arrow::Schema>& schema,
                                  const data::TableDigest& digest);

/// Throws corrupt unless what the record of a version says of all of it is what its tables and files
/// add up to: SQLite has no checksums, so a changed number in a catalog is told by nothing else.
void require_consistent(const catalog::Version& version);

/// The table of this name; the first one for an empty name. Throws not_found, naming the tables
/// there are.
const catalog::TableRow& find_table(const catalog::Version& version, const std::string& name);

}  // namespace cairn::exports
