#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/error.h"

namespace cairn::formats {

/// Yields, in order, the positions of the bytes that give CSV its structure: delimiter, quote and
/// line feed. Looks at 64 bytes at a time.
class CsvMarks {
 public:
  CsvMarks(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  /// The position of the next mark; the size of the text when there is none.
  size_t next() {
    while (marks_ == 0) {
      if (block_end_ >= text_.size()) return text_.size();
      load();
    }
    const auto bit = static_cast<size_t>(__builtin_ctzll(marks_));
    marks_ &= marks_ - 1;
    return block_end_ - kBlock + bit;
  }

  /// Whether no byte looked at so far is beyond ASCII.
  bool ascii() const { return ascii_; }

 private:
  static constexpr size_t kBlock = 64;

  void load();

  std::string_view text_;
  char delimiter_;
  bool ascii_ = true;
  size_t block_end_ = 0;  // of the 64 bytes that marks_ is about
  uint64_t marks_ = 0;    // those not yielded yet, lowest position in the lowest bit
};

/// One field of one record: a range of the text without the quotes around it.
struct CsvField {
  uint32_t begin;
  uint32_t size : 30;
  uint32_t quoted : 1;
  uint32_t escaped : 1;  // holds doubled quotes
};

/// The most bytes of CSV that are taken apart at once; what CsvField can address.
inline constexpr size_t kMaxCsvText = (size_t{1} << 30) - 1;

/// The number that stands for the header in messages.
inline constexpr int64_t kHeaderRecord = 0;

/// Whole records, and where they are from.
struct CsvPart {
  std::string_view text;
  int64_t first_record = 1;  // number of its first record; 1 is the first after the header
  std::string_view file;     // as shown in messages
};

/// "'file': record 17, column 'x': reason", as corrupt. `column` may be empty.
Error corrupt_record(const CsvPart& part, int64_t record, std::string_view column,
                     const std::string& reason, const std::string& next_step);

/// Some records of a text: the fields of the first record, then those of the second, and so on.
struct CsvBlock {
  int64_t first_record = 0;
  size_t records = 0;
  std::vector<CsvField> fields;  // at least records x columns
};

/// Splits records into fields, a block of records at a time. A quote counts at the start of a field
/// only. Blank lines are skipped, except in tables of one column, where they are records.
///
/// Errors   corrupt for ragged records, unterminated quotes, text after a closing quote and bytes
///          that are not UTF-8; unsupported for more than kMaxCsvText bytes.
class CsvTokenizer {
 public:
  /// `part` and `columns`, the names, must outlive the tokenizer.
  CsvTokenizer(const CsvPart& part, char delimiter, const std::vector<std::string>& columns);

  /// False at the end of the text.
  bool next(CsvBlock& block);

  /// The bytes of the records yielded so far.
  size_t position() const { return position_; }

 private:
  bool read_record(CsvField* fields);
  size_t read_quoted(size_t open, CsvField* field);
  void check_utf8(const CsvBlock& block, size_t begin) const;
  [[noreturn]] void throw_ragged(size_t begin) const;

  const CsvPart& part_;
  const std::vector<std::string>& columns_;
  char delimiter_;
  CsvMarks marks_;
  size_t position_ = 0;
  int64_t record_;  // number of the record at position_
};

/// The value of a quoted field in which all quotes are doubled. `scratch` holds it.
std::string_view undouble_quotes(std::string_view text, std::string& scratch);

/// One record, unquoted.
struct CsvRecord {
  std::vector<std::string> fields;
  size_t bytes = 0;  // with its line ending
};

/// The first record of `part`; no fields and no bytes where the text ends before the record does,
/// unless that is the end of the file.
///
/// Errors   corrupt for unterminated quotes and text after a closing quote.
CsvRecord first_record(const CsvPart& part, char delimiter, bool is_end_of_file);

/// The whole records at the front of a text.
struct CsvExtent {
  size_t bytes = 0;
  int64_t records = 0;
};

/// How much of `text` is whole records, each with its line feed. `columns` tells whether blank
/// lines are records.
CsvExtent whole_records(std::string_view text, char delimiter, size_t columns);

}  // namespace cairn::formats
