#pragma once

#include <arrow/type_fwd.h>

#include <memory>

#include "integrity/file_findings.h"
#include "integrity/stored_file.h"

namespace cairn::integrity {

/// Read a CSV file that a plain reader refuses, and report every record that is none; where
/// `hashed`, also every column and block of rows whose values are not the recorded ones. Rows that
/// were lost or gained are made up for, so that the rows behind them keep their places.
///
/// `schema` is that of the file in plain layouts; or text throughout, to look at fields only.
void locate_csv_damage(FileFindings& found, const std::shared_ptr<arrow::Schema>& schema,
                       bool hashed, const VerifyResources& resources);

/// A schema of the same names with a text column for each.
std::shared_ptr<arrow::Schema> text_schema(const arrow::Schema& schema);

}  // namespace cairn::integrity
