#pragma once

#include <vector>

#include "base/clock.h"
#include "cairn/data_version_manager.h"

namespace cairn::exports {

/// Of the versions of one dataset, newest first, those that no rule keeps. A function of its
/// arguments alone.
std::vector<DatasetVersion> not_retained(const std::vector<DatasetVersion>& versions,
                                         const Retention& rules, TimePoint now);

}  // namespace cairn::exports
