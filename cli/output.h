#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace cairn::cli {

/// The reader of our standard output went away, as `| head` does. Not a failure: the command ends
/// quietly.
struct ClosedPipe {};

/// Standard output: results and nothing else. Whether they are text or JSON is decided here, once.
class Output {
 public:
  explicit Output(bool json) : json_(json) {}

  /// Print one result: the JSON value, or what `text` makes for people.
  void result(const Json& json, const std::function<std::string()>& text) const;

  /// Print bytes as they are. Errors: no_space, io; ClosedPipe.
  void write(std::string_view bytes) const;

  bool json() const { return json_; }

 private:
  const bool json_;
};

/// Rows of text in columns of equal width, two spaces apart. Columns of numbers are aligned right.
class TextTable {
 public:
  /// A title that starts with '>' is of a column that is aligned right.
  explicit TextTable(const std::vector<std::string>& titles);

  void add(std::vector<std::string> row);
  std::string text(std::string_view indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;  // the first are the titles
  std::vector<bool> right_;
};

}  // namespace cairn::cli
