#include "output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "io/file.h"

namespace cairn::cli {
namespace {

// Columns a text takes on a terminal, near enough: one for each code point.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

void Output::result(const Json& json, const std::function<std::string()>& text) const {
  write(json_ ? to_pretty_json(json) : text());
}

void Output::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EPIPE) {
      throw ClosedPipe{};
    } else if (errno != EINTR) {
      throw io::system_error("write to", "standard output");
    }
  }
}

TextTable::TextTable(const std::vector<std::string>& titles) {
  rows_.emplace_back();
  for (const std::string& title : titles) {
    right_.push_back(title.starts_with('>'));
    rows_[0].push_back(title.substr(right_.back() ? 1 : 0));
  }
}

void TextTable::add(std::vector<std::string> row) {
  rows_.push_back(std::move(row));
}

std::string TextTable::text(std::string_view indent) const {
  std::vector<size_t> widths(right_.size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += right_[i] ? padding + row[i] : row[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace cairn::cli
