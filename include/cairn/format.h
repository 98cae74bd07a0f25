#pragma once

#include <string_view>
#include <vector>

namespace cairn {

/// The file formats of a dataset. Enumerators are the text in configurations, file names and
/// manifests.
enum class Format { csv, parquet };

std::string_view to_string(Format format);

/// Throws invalid_argument for anything but "csv" and "parquet".
Format parse_format(std::string_view text);

/// What to do with text cells that a spreadsheet would run as a formula (OWASP, CSV injection).
enum class FormulaPolicy { keep, escape, reject };

std::string_view to_string(FormulaPolicy policy);
FormulaPolicy parse_formula_policy(std::string_view text);

}  // namespace cairn
