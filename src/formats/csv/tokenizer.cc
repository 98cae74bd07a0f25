#include "formats/csv/tokenizer.h"

#include <arrow/util/utf8.h>
#include <emmintrin.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/names.h"

namespace cairn::formats {
namespace {

// Large enough to keep the loops over columns long, small enough for the fields to stay in the
// second-level cache until they are converted.
constexpr size_t kFieldsPerBlock = 8192;

constexpr char kQuote = '"';

bool is_utf8_text(std::string_view text) {
  static const bool ready = [] {
    arrow::util::InitializeUTF8();
    return true;
  }();
  static_cast<void>(ready);
  return arrow::util::ValidateUTF8(text);
}

// Whether the line that ends at `end` (its line feed, or the end of the text) has CR before that.
bool ends_in_cr(std::string_view text, size_t begin, size_t end) {
  return end > begin && text[end - 1] == '\r';
}

Error unterminated_quote(const CsvPart& part, int64_t record) {
  return corrupt_record(part, record, {}, "a quoted field never ends",
                        "the file may be cut off, or a quote within a field not doubled");
}

Error text_after_quote(const CsvPart& part, int64_t record) {
  return corrupt_record(part, record, {}, "text follows the closing quote of a field",
                        "double the quotes within quoted fields");
}

std::string count_of_fields(size_t count) {
  return fmt::format("{} field{}", count, count == 1 ? "" : "s");
}

}  // namespace

void CsvMarks::load() {
  const size_t begin = block_end_;
  const char* bytes = text_.data() + begin;
  std::array<char, kBlock> padded;
  if (text_.size() - begin < kBlock) {
    padded.fill('\0');
    std::memcpy(padded.data(), bytes, text_.size() - begin);
    bytes = padded.data();
  }
  const __m128i delimiter = _mm_set1_epi8(delimiter_);
  const __m128i quote = _mm_set1_epi8(kQuote);
  const __m128i line_feed = _mm_set1_epi8('\n');
  uint64_t marks = 0;
  __m128i all = _mm_setzero_si128();
  for (size_t i = 0; i < kBlock; i += 16) {
    const __m128i sixteen = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    const __m128i hits = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(sixteen, delimiter), _mm_cmpeq_epi8(sixteen, quote)),
        _mm_cmpeq_epi8(sixteen, line_feed));
    marks |= static_cast<uint64_t>(static_cast<uint32_t>(_mm_movemask_epi8(hits))) << i;
    all = _mm_or_si128(all, sixteen);
  }
  ascii_ = ascii_ && _mm_movemask_epi8(all) == 0;
  marks_ = marks;
  block_end_ = begin + kBlock;
}

Error corrupt_record(const CsvPart& part, int64_t record, std::string_view column,
                     const std::string& reason, const std::string& next_step) {
  std::string place = fmt::format("'{}': ", printable(part.file));
  place += record == kHeaderRecord ? "header" : fmt::format("record {}", record);
  if (!column.empty()) place += fmt::format(", column '{}'", printable(column));
  return {ErrorKind::corrupt, place + ": " + reason, next_step};
}

CsvTokenizer::CsvTokenizer(const CsvPart& part, char delimiter,
                           const std::vector<std::string>& columns)
    : part_(part),
      columns_(columns),
      delimiter_(delimiter),
      marks_(part.text, delimiter),
      record_(part.first_record) {
  if (part.text.size() > kMaxCsvText) {
    throw Error(ErrorKind::unsupported,
                fmt::format("cannot read {} bytes of '{}' at once: the most is {}",
                            part.text.size(), printable(part.file), kMaxCsvText));
  }
}

bool CsvTokenizer::next(CsvBlock& block) {
  const size_t columns = columns_.size();
  const size_t most = std::max<size_t>(1, kFieldsPerBlock / columns);
  block.fields.resize(most * columns);
  block.first_record = record_;
  block.records = 0;
  const size_t begin = position_;
  while (block.records < most && position_ < part_.text.size()) {
    if (!read_record(block.fields.data() + block.records * columns)) continue;
    ++block.records;
    ++record_;
  }
  if (!marks_.ascii()) check_utf8(block, begin);
  return block.records > 0;
}

// False for a blank line.
bool CsvTokenizer::read_record(CsvField* fields) {
  const std::string_view text = part_.text;
  const size_t columns = columns_.size();
  const size_t begin = position_;
  size_t start = begin;
  for (size_t column = 0;;) {
    size_t mark = marks_.next();
    if (mark < text.size() && text[mark] == kQuote) {
      if (mark != start) continue;
      mark = read_quoted(start, fields + column);
    } else {
      fields[column] = {static_cast<uint32_t>(start), static_cast<uint32_t>(mark - start), 0, 0};
    }
    if (mark < text.size() && text[mark] != '\n') {
      if (++column == columns) throw_ragged(begin);
      start = mark + 1;
      continue;
    }
    position_ = std::min(mark + 1, text.size());
    CsvField& last = fields[column];
    if (last.quoted == 0 && ends_in_cr(text, start, mark)) last.size = last.size - 1;
    if (column + 1 == columns) return true;
    if (column == 0 && last.size == 0 && last.quoted == 0) return false;
    throw_ragged(begin);
  }
}

// Reads the quoted field that opens at `open` and returns the mark that ends it.
size_t CsvTokenizer::read_quoted(size_t open, CsvField* field) {
  const std::string_view text = part_.text;
  bool escaped = false;
  size_t close = marks_.next();
  for (;; close = marks_.next()) {
    if (close == text.size()) throw unterminated_quote(part_, record_);
    if (text[close] != kQuote) continue;
    if (close + 1 == text.size() || text[close + 1] != kQuote) break;
    marks_.next();
    escaped = true;
  }
  *field = {static_cast<uint32_t>(open + 1), static_cast<uint32_t>(close - open - 1), 1,
            escaped ? 1U : 0U};
  const size_t mark = marks_.next();
  const bool adjacent = mark == close + 1 && (mark == text.size() || text[mark] != kQuote);
  const bool after_cr =
      mark == close + 2 && text[close + 1] == '\r' && (mark == text.size() || text[mark] == '\n');
  if (adjacent || after_cr) return mark;
  throw text_after_quote(part_, record_);
}

void CsvTokenizer::check_utf8(const CsvBlock& block, size_t begin) const {
  const std::string_view text = part_.text;
  if (is_utf8_text(text.substr(begin, position_ - begin))) return;
  for (size_t i = 0; i < block.records * columns_.size(); ++i) {
    const CsvField& field = block.fields[i];
    const std::string_view value = text.substr(field.begin, field.size);
    if (is_utf8_text(value)) continue;
    throw corrupt_record(part_, block.first_record + static_cast<int64_t>(i / columns_.size()),
                         columns_[i % columns_.size()],
                         fmt::format("'{}' is not UTF-8", printable(value)),
                         "convert the file to UTF-8, for example with iconv");
  }
}

void CsvTokenizer::throw_ragged(size_t begin) const {
  // Counted again, from the text, because reading stopped at the first field too many.
  CsvPart rest = part_;
  rest.text = part_.text.substr(begin);
  rest.first_record = record_;
  const size_t fields = first_record(rest, delimiter_, true).fields.size();
  throw Error(ErrorKind::corrupt,
              fmt::format("'{}': record {} has {}, the header names {}", printable(part_.file),
                          record_, count_of_fields(fields), columns_.size()),
              "quote fields that hold the delimiter, and give every record all fields");
}

std::string_view undouble_quotes(std::string_view text, std::string& scratch) {
  scratch.clear();
  for (size_t quote = text.find(kQuote); quote != std::string_view::npos;
       quote = text.find(kQuote)) {
    scratch.append(text, 0, quote + 1);
    text.remove_prefix(quote + 2);
  }
  scratch.append(text);
  return scratch;
}

CsvRecord first_record(const CsvPart& part, char delimiter, bool is_end_of_file) {
  const std::string_view text = part.text;
  CsvMarks marks(text, delimiter);
  CsvRecord record;
  std::string scratch;
  size_t start = 0;
  size_t close = 0;  // of the last field in quotes
  bool quoted = false;
  for (;;) {
    const size_t mark = marks.next();
    if (mark == text.size() && !is_end_of_file) return {};
    if (mark == text.size() && quoted) throw unterminated_quote(part, part.first_record);
    if (mark < text.size() && text[mark] == kQuote) {
      const bool doubled = quoted && mark + 1 < text.size() && text[mark + 1] == kQuote;
      if (doubled) {
        marks.next();
      } else {
        if (quoted) close = mark;
        quoted = !quoted && mark == start;
      }
      continue;
    }
    if (quoted) continue;
    const bool ends = mark == text.size() || text[mark] == '\n';
    std::string_view field = text.substr(start, mark - start);
    if (ends && field.ends_with('\r')) field.remove_suffix(1);
    if (field.starts_with(kQuote)) {
      if (close + 1 != start + field.size()) throw text_after_quote(part, part.first_record);
      field = undouble_quotes(field.substr(1, field.size() - 2), scratch);
    }
    record.fields.emplace_back(field);
    start = mark + 1;
    if (!ends) continue;
    record.bytes = std::min(start, text.size());
    return record;
  }
}

CsvExtent whole_records(std::string_view text, char delimiter, size_t columns) {
  // Delimiters need no stop here: whether a quote opens a field shows in the byte before it.
  CsvMarks marks(text, '\n');
  CsvExtent extent;
  bool quoted = false;
  for (size_t mark = marks.next(); mark < text.size(); mark = marks.next()) {
    if (text[mark] == kQuote) {
      const bool doubled = quoted && mark + 1 < text.size() && text[mark + 1] == kQuote;
      if (doubled)
        marks.next();
      else
        quoted = !quoted && (mark == extent.bytes || text[mark - 1] == delimiter);
    } else if (!quoted) {
      const size_t line = mark - extent.bytes;
      const bool blank = line == 0 || (line == 1 && text[mark - 1] == '\r');
      if (!blank || columns == 1) ++extent.records;
      extent.bytes = mark + 1;
    }
  }
  return extent;
}

}  // namespace cairn::formats
