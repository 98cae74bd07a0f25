#pragma once

#include <string>
#include <utility>

#include "cache/identity.h"
#include "catalog/cache_index.h"

namespace cairn::cache {

using Explanation = std::pair<MissReason, std::string>;

/// Why nothing is kept under an identity of which there is no row: by the row that is nearest to
/// it. Any row that differs by one part is found, however many there are.
Explanation explain_absence(const CacheIdentity& asked, catalog::CacheRows& rows);

/// Why a row is not kept any more.
Explanation explain_gone(const catalog::CacheRow& row);

/// Its time was over before anybody asked.
Explanation explain_expired(const catalog::CacheRow& row);

}  // namespace cairn::cache
