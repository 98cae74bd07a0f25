#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <optional>

#include "integrity/file_findings.h"
#include "integrity/stored_file.h"

namespace cairn::integrity {

/// Read a CSV file that a plain reader refuses, and report every record that is none. After such a
/// record reading goes on in the next line, and rows that were lost or gained there are made up
/// for, so that the rows behind it keep their places.
///
/// `schema` is that of the file in plain layouts; or text throughout, to look at fields only.
/// Returns the digest of what could be read, where `hashed`.
std::optional<data::TableDigest> locate_csv_damage(FileFindings& found,
                                                   const std::shared_ptr<arrow::Schema>& schema,
                                                   bool hashed, std::vector<Hole>& holes,
                                                   const VerifyResources& resources);

/// A schema of the same names with a text column for each.
std::shared_ptr<arrow::Schema> text_schema(const arrow::Schema& schema);

}  // namespace cairn::integrity
