#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/data_integrity.h"

namespace cairn::integrity {

inline constexpr size_t kMaxSamples = 10;
inline constexpr size_t kMaxShownBytes = 512;  // of one text in a report for people

/// Set the verdict that issues and sample come to: an error fails, a warning warns, and a sample
/// without either passes as a sample only.
void conclude(IntegrityReport& report);

/// "rows 65,536 to 131,071", counted from 0; empty for an issue without rows.
std::string rows_text(const Issue& issue);

/// "content, 1,048,576 rows, 73.4 MB": what was looked at.
std::string scope_text(const IntegrityReport& report);

/// What the sample could have missed, as a sentence; empty without a sample.
std::string sample_text(const IntegrityReport& report);

}  // namespace cairn::integrity
