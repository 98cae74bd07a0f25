#include "formats/csv/record_chunks.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/names.h"
#include "base/quantities.h"
#include "cairn/error.h"
#include "formats/csv/formula.h"
#include "formats/csv/tokenizer.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvRecordChunks::CsvRecordChunks(const std::filesystem::path& path, const CsvDialect& dialect,
                                 size_t chunk_bytes)
    : path_(path),
      name_(path.string()),
      file_(io::FileDescriptor::open_to_read(path)),
      delimiter_(dialect.delimiter),
      chunk_bytes_(std::max<size_t>(chunk_bytes, kByteOrderMark.size())) {
  fill();
  has_bom_ = held_.starts_with(kByteOrderMark);
  if (has_bom_) held_.erase(0, kByteOrderMark.size());
  fill();
  if (dialect.header) read_header(dialect);
}

// Reads until a chunk is held or the file ends.
void CsvRecordChunks::fill() {
  if (at_end_ || held_.size() >= chunk_bytes_) return;
  const size_t kept = held_.size();
  held_.resize(chunk_bytes_);
  const std::span<char> room(held_.data() + kept, chunk_bytes_ - kept);
  const size_t read = io::read_at(file_.get(), offset_, room, path_);
  held_.resize(kept + read);
  offset_ += static_cast<int64_t>(read);
  at_end_ = read < room.size();
}

// Makes room for a record that is longer than what is held.
void CsvRecordChunks::grow() {
  if (held_.size() >= kMaxRecordBytes) {
    throw Error(ErrorKind::corrupt,
                fmt::format("'{}': record {} has more than {}", printable(name_), next_record_,
                            format_bytes(static_cast<int64_t>(kMaxRecordBytes))),
                "look for a quote that is never closed there");
  }
  const size_t usual = std::exchange(chunk_bytes_, std::min(kMaxRecordBytes, held_.size() * 2));
  fill();
  chunk_bytes_ = usual;
}

void CsvRecordChunks::read_header(const CsvDialect& dialect) {
  if (held_.empty())
    throw Error(ErrorKind::corrupt, fmt::format("'{}' is empty", printable(name_)),
                "a CSV file starts with a record of column names");
  CsvRecord record;
  for (;;) {
    record = formats::first_record({held_, kHeaderRecord, name_}, delimiter_, at_end_);
    if (record.bytes > 0) break;
    grow();
  }
  header_ = std::move(record.fields);
  held_.erase(0, record.bytes);
  if (dialect.formula_policy != FormulaPolicy::escape) return;
  for (std::string& name : header_) {
    if (is_guarded_by_escape(name)) name.erase(0, 1);
  }
}

std::optional<CsvChunk> CsvRecordChunks::next(size_t columns) {
  for (fill(); !held_.empty(); grow()) {
    CsvExtent extent = whole_records(held_, delimiter_, columns);
    if (at_end_ && extent.bytes < held_.size()) {
      extent.bytes = held_.size();  // the last record has no line feed, or is not whole
      ++extent.records;
    }
    if (extent.bytes == 0) continue;
    CsvChunk chunk{{}, next_record_, extent.records};
    std::string rest = held_.substr(extent.bytes);
    held_.resize(extent.bytes);
    chunk.text = std::exchange(held_, std::move(rest));
    next_record_ += extent.records;
    return chunk;
  }
  return std::nullopt;
}

void check_header(const std::string& file, const std::vector<std::string>& header,
                  const std::vector<std::string>& names) {
  constexpr const char* kNextStep = "read it with the schema it was written with";
  if (header.size() != names.size()) {
    throw Error(ErrorKind::corrupt,
                fmt::format("the header of '{}' names {} columns, the schema {}", printable(file),
                            header.size(), names.size()),
                kNextStep);
  }
  const auto [name, expected] = std::mismatch(header.begin(), header.end(), names.begin());
  if (name == header.end()) return;
  throw Error(
      ErrorKind::corrupt,
      fmt::format("column {} of '{}' is '{}', the schema says '{}'", name - header.begin() + 1,
                  printable(file), printable(*name), printable(*expected)),
      kNextStep);
}

}  // namespace cairn::formats
