#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::exports {

/// `text` as a Python string literal in double quotes, on one line, whatever the text holds.
std::string python_string(std::string_view text);

/// `["a", "b"]`
std::string python_list(const std::vector<std::string>& texts);

/// `{"a": x, "b": y}`: keys become literals, values are expressions.
std::string python_dict(const std::vector<std::pair<std::string, std::string>>& items);

}  // namespace cairn::exports
