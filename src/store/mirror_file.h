#pragma once

#include <filesystem>

#include "base/json.h"
#include "store/store.h"

namespace cairn::store {

/// Let a JSON file that mirrors the catalog say `document`, and when it was written, as `generated`.
/// A file that says it already is left alone; the caller holds the lock of the mirrors.
///
/// Returns whether it was written.
bool write_mirror(const Store& store, const std::filesystem::path& path, Json document);

}  // namespace cairn::store
