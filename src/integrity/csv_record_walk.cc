#include "integrity/csv_record_walk.h"

#include <arrow/api.h>

#include <algorithm>
#include <span>
#include <string>

#include "formats/csv/record_chunks.h"
#include "formats/csv/tokenizer.h"
#include "integrity/file_findings.h"
#include "io/file.h"

namespace cairn::integrity {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kWindowBytes = size_t{1} << 20;
constexpr size_t kPartBytes = size_t{4} << 10;

size_t line_bytes(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

/// The part of a file that is being looked at.
class TextWindow {
 public:
  explicit TextWindow(const std::filesystem::path& path)
      : path_(path), file_(io::FileDescriptor::open_to_read(path)) {}

  std::string_view text() const { return std::string_view(held_).substr(begin_); }
  bool at_end() const { return at_end_; }

  // Have `bytes` in the window, or all that there are.
  void fill(size_t bytes) {
    if (at_end_ || text().size() >= bytes) return;
    held_.erase(0, std::exchange(begin_, 0));
    const size_t kept = held_.size();
    held_.resize(bytes);
    const std::span<char> room(held_.data() + kept, bytes - kept);
    const size_t read = io::read_at(file_.get(), offset_, room, path_);
    held_.resize(kept + read);
    offset_ += static_cast<int64_t>(read);
    at_end_ = read < room.size();
  }

  void skip(size_t bytes) { begin_ += bytes; }

 private:
  const std::filesystem::path path_;
  const io::FileDescriptor file_;
  std::string held_;
  size_t begin_ = 0;
  int64_t offset_ = 0;
  bool at_end_ = false;
};

void CsvRecordWalk::run(const Visitor& visitor) const {
  TextWindow window(file_.path);
  int64_t number = 0;
  window.fill(kWindowBytes);
  if (window.text().starts_with(kByteOrderMark)) window.skip(kByteOrderMark.size());
  if (file_.dialect.header) window.skip(record_bytes(window).first);
  // Whole windows where they can be read, and smaller parts around what cannot.
  size_t part = kWindowBytes;
  for (window.fill(kWindowBytes); !window.text().empty(); window.fill(kWindowBytes)) {
    resources_.progress.advance(0);
    const size_t whole = whole_bytes(window, part);
    const auto rows = try_decode(window.text().substr(0, whole), number + 1).first;
    if (whole > 0 && rows) {
      number += rows->num_rows();
      visitor.rows(rows);
      window.skip(whole);
    } else if (whole > kPartBytes) {
      part = whole / 2;
      continue;
    } else {
      visit_singly(window, std::max<size_t>(whole, 1), number, visitor);
    }
    part = kWindowBytes;
  }
}

// Of the first `part` bytes of the window, those that are whole records.
size_t CsvRecordWalk::whole_bytes(const TextWindow& window, size_t part) const {
  const auto columns = static_cast<size_t>(decoder_.schema()->num_fields());
  const std::string_view text = window.text().substr(0, part);
  return formats::whole_records(text, file_.dialect.delimiter, columns).bytes;
}

// Visit records one by one until `bytes` of the window are done.
void CsvRecordWalk::visit_singly(TextWindow& window, size_t bytes, int64_t& number,
                                 const Visitor& visitor) const {
  for (size_t done = 0; done < bytes && !window.text().empty();) {
    auto [size, complete] = record_bytes(window);
    const auto [rows, error] = try_decode(window.text().substr(0, size), number + 1);
    if (rows) {
      number += rows->num_rows();
      visitor.rows(rows);
    } else {
      // A quote that was lost or gained may have joined this record with those behind it.
      if (!complete) size = line_bytes(window.text().substr(0, size));
      ++number;
      visitor.broken(window.text().substr(0, size), *error);
    }
    window.skip(size);
    done += size;
  }
}

// The bytes of the first record, and whether it has all its fields; or the bytes of the first line
// where no record ends.
std::pair<size_t, bool> CsvRecordWalk::record_bytes(TextWindow& window) const {
  const auto columns = static_cast<size_t>(decoder_.schema()->num_fields());
  for (;;) {
    try {
      const auto record = formats::first_record({window.text(), 1, file_.name},
                                                file_.dialect.delimiter, window.at_end());
      if (record.bytes > 0) return {record.bytes, record.fields.size() == columns};
    } catch (const Error& error) {
      if (!tells_damage(error)) throw;
      return {line_bytes(window.text()), false};
    }
    if (window.at_end() || window.text().size() >= formats::CsvRecordChunks::kMaxRecordBytes)
      return {line_bytes(window.text()), false};
    window.fill(window.text().size() * 2 + 1);
  }
}

std::pair<std::shared_ptr<arrow::RecordBatch>, std::optional<Error>> CsvRecordWalk::try_decode(
    std::string_view records, int64_t first) const {
  try {
    return {decoder_.decode(records, first, file_.name, resources_.memory), std::nullopt};
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    return {nullptr, error};
  }
}

}  // namespace cairn::integrity
