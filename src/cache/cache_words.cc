#include <fmt/format.h>

#include <array>

#include "base/names.h"
#include "cairn/data_cache.h"
#include "cairn/error.h"

namespace cairn {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 9> kMissReasons{
    "never_stored", "parameter", "input",        "code",       "expired",
    "evicted",      "corrupt",   "not_admitted", "unavailable"};
constexpr std::array<std::string_view, 2> kForms{"parquet", "arrow"};

}  // namespace

std::string_view to_string(MissReason reason) {
  return kMissReasons.at(static_cast<size_t>(reason));
}

std::string_view to_string(CacheForm form) {
  return kForms.at(static_cast<size_t>(form));
}

CacheForm parse_cache_form(std::string_view text) {
  if (text == "parquet") return CacheForm::parquet;
  if (text == "arrow") return CacheForm::arrow;
  throw Error(ErrorKind::invalid_argument,
              fmt::format("'{}' is no form of a cache entry", printable(text)),
              "give parquet or arrow");
}

}  // namespace cairn
