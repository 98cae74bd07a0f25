#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// Throw invalid_argument unless `name` can be the name of a dataset, table, tag or process: valid
/// UTF-8, 1 to 128 bytes, no control, bidirectional or zero-width characters, no '/' or '\', no
/// space at either end, and in NFC, so that names that look the same are the same. Upper and lower
/// case differ. `what` names it in the message: "dataset name".
void check_name(std::string_view what, std::string_view name);

/// The part of a path that stands for a name: [a-z0-9_-]{1,48}. Different names may share a slug;
/// ids in paths keep them apart, and the catalog keeps the true name.
std::string slug(std::string_view name);

/// The slug of `name`, numbered where it is one of those `taken` already, to which it is added.
std::string distinct_slug(std::string_view name, std::set<std::string>& taken);

/// "; did you mean 'x'?" worth: the candidate closest to a misspelt word, empty when none is close.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// `text` safe to print in one line of a terminal: control, bidirectional and invalid bytes
/// escaped, text longer than `max_bytes` cut.
std::string printable(std::string_view text, size_t max_bytes = 96);

bool is_utf8(std::string_view text);

}  // namespace cairn
