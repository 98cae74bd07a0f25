#include "cairn/format.h"

#include <fmt/format.h>

#include <string>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn {
namespace {

[[noreturn]] void refuse(std::string_view what, std::string_view text, std::string_view choices) {
  throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is no {}", printable(text), what),
              fmt::format("use {}", choices));
}

}  // namespace

std::string_view to_string(Format format) {
  switch (format) {
    case Format::csv:
      return "csv";
    case Format::parquet:
      return "parquet";
  }
  throw Error(ErrorKind::internal, "a format has no name");
}

Format parse_format(std::string_view text) {
  for (const Format format : {Format::csv, Format::parquet})
    if (text == to_string(format)) return format;
  refuse("format", text, "csv or parquet");
}

std::string_view to_string(FormulaPolicy policy) {
  switch (policy) {
    case FormulaPolicy::keep:
      return "keep";
    case FormulaPolicy::escape:
      return "escape";
    case FormulaPolicy::reject:
      return "reject";
  }
  throw Error(ErrorKind::internal, "a formula policy has no name");
}

FormulaPolicy parse_formula_policy(std::string_view text) {
  for (const FormulaPolicy policy :
       {FormulaPolicy::keep, FormulaPolicy::escape, FormulaPolicy::reject})
    if (text == to_string(policy)) return policy;
  refuse("formula policy", text, "keep, escape or reject");
}

}  // namespace cairn
