#pragma once

#include <string_view>

namespace cairn::lineage {

/// What the page of a graph looks like and what it does (page_script.cc, page_style.cc). The data
/// is an element `graph` of type application/json.
extern const std::string_view kPageScript;
extern const std::string_view kPageStyle;

}  // namespace cairn::lineage
