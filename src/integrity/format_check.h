#pragma once

#include "integrity/file_findings.h"
#include "integrity/stored_file.h"

namespace cairn::integrity {

/// How much of a file to read.
enum class Depth {
  frame,      // footer or header, and what they promise
  structure,  // and everything, as far as its format goes
  content,    // and compare the digest of all values
};

/// Check a Parquet file that exists. Returns whether all values could be compared.
bool check_parquet(FileFindings& found, Depth depth, const VerifyResources& resources);

/// Check a CSV file that exists. Returns whether all values could be compared.
bool check_csv(FileFindings& found, Depth depth, const VerifyResources& resources);

}  // namespace cairn::integrity
