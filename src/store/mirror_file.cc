#include "store/mirror_file.h"

#include <optional>

#include "cairn/error.h"
#include "io/file.h"

namespace cairn::store {
namespace {

constexpr int64_t kMaxMirrorBytes = 16 << 20;

// What the file says, without when it was written; nothing where it cannot be read or is not what
// we would write, since then it has to be replaced anyway.
std::optional<Json> document_on_disk(const std::filesystem::path& path) {
  try {
    if (!io::file_exists(path)) return std::nullopt;
    Json document = parse_json(io::read_file(path, kMaxMirrorBytes), path.string());
    if (!document.is_object()) return std::nullopt;
    document.erase("generated");
    return document;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

bool write_mirror(const Store& store, const std::filesystem::path& path, Json document) {
  if (document_on_disk(path) == document) return false;
  document["generated"] = to_rfc3339(store.now());
  io::replace_file(path, to_pretty_json(document));
  return true;
}

}  // namespace cairn::store
