#include "formats/inputs/json_blocks.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include <algorithm>

#include "data/arrow_error.h"

namespace cairn::formats {
namespace {

constexpr int64_t kReadBytes = 1 << 20;
constexpr size_t kBlockBytes = 1 << 20;
constexpr size_t kLongestLine = 64 << 20;
constexpr int kDeepest = 64;
// The parser has a cell for every row of a block and every name in any of its rows.
constexpr int64_t kCellsOfBlock = 16 << 20;

struct LineShape {
  int depth = 0;     // of nested objects and arrays
  int64_t keys = 0;  // in all of them
};

LineShape shape_of(std::string_view line) {
  LineShape shape;
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') quoted = !quoted;
    if (quoted) {
      if (c == '\\') ++i;
      continue;
    }
    if (c == ':') ++shape.keys;
    if (c == '{' || c == '[') shape.depth = std::max(shape.depth, ++depth);
    if (c == '}' || c == ']') --depth;
  }
  return shape;
}

}  // namespace

bool JsonBlocks::fill() {
  pending_.erase(0, taken_);
  taken_ = 0;
  if (pending_.size() > kLongestLine)
    throw Error(ErrorKind::corrupt,
                fmt::format("cannot read {}: line {} is longer than {} bytes", name_, line_ + 1,
                            kLongestLine),
                "give JSON lines, one object per line");
  const auto more = value_or_throw(source_->ReadAt(offset_, kReadBytes), "read " + name_);
  offset_ += more->size();
  pending_.append(more->data_as<char>(), static_cast<size_t>(more->size()));
  return more->size() > 0;
}

// The next line with its line break, seen but not taken yet.
bool JsonBlocks::next_line(std::string_view& line) {
  size_t searched = taken_;
  size_t end;
  while ((end = pending_.find('\n', searched)) == std::string::npos) {
    const size_t unsearched = pending_.size() - taken_;
    if (!fill()) {
      line = std::string_view(pending_).substr(taken_);
      return !line.empty();
    }
    searched = unsearched;
  }
  line = std::string_view(pending_).substr(taken_, end + 1 - taken_);
  return true;
}

bool JsonBlocks::next(Block& block) {
  lines_.clear();
  block.first_line = line_ + 1;
  int64_t rows = 0;
  int64_t keys = 0;
  for (std::string_view line; next_line(line); taken_ += line.size(), ++line_) {
    if (line_ == 0 && line.starts_with("\xef\xbb\xbf")) {
      taken_ += 3;
      line.remove_prefix(3);
    }
    if (line.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
    const LineShape shape = shape_of(line);
    if (shape.depth > kDeepest)
      throw Error(
          ErrorKind::corrupt,
          fmt::format("cannot read {}: line {} is nested {} deep", name_, line_ + 1, shape.depth),
          fmt::format("nest it at most {} deep", kDeepest));
    const int64_t fields = std::max(fields_, keys + shape.keys);
    const bool full =
        lines_.size() + line.size() > kBlockBytes || (rows + 1) * fields > kCellsOfBlock;
    if (full && rows > 0) break;
    lines_.append(line);
    ++rows;
    keys += shape.keys;
  }
  block.lines = lines_;
  block.last_line = line_;
  return rows > 0;
}

}  // namespace cairn::formats
