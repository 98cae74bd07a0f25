#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/progress.h"

namespace cairn {

/// How much a verification looks at; each level includes the ones before it.
///
///   size       the file is there and has the recorded number of bytes
///   checksum   its bytes have the recorded checksums
///   structure  it reads as its format: footer, row count, schema, page checksums; CSV field counts
///   content    every value is read back and the content digest is the recorded one
enum class VerifyLevel { size, checksum, structure, content };

std::string_view to_string(VerifyLevel level);
VerifyLevel parse_verify_level(std::string_view text);

/// What a report came to. `pass_sampled` is never a `pass`: some values were not looked at.
enum class Verdict { pass, pass_sampled, warn, fail };

std::string_view to_string(Verdict verdict);

/// One thing found. Counts are complete; samples are at most ten.
///
/// Codes, stable: FILE_MISSING SIZE_MISMATCH CHECKSUM_MISMATCH FOOTER_UNREADABLE PAGE_CRC
/// CSV_STRUCTURE ROWCOUNT COLUMN_MISSING COLUMN_EXTRA COLUMN_ORDER DTYPE_INCOMPATIBLE
/// DTYPE_CONVERTED NULL_MASK VALUE_MISMATCH ROW_MISSING ROW_EXTRA KEY_DUPLICATE CONTENT_DIGEST
/// UNREADABLE
struct Issue {
  enum class Severity { info, warning, error };

  std::string code;
  Severity severity = Severity::error;
  std::string table;
  std::string file;
  std::string column;
  std::optional<int64_t> first_row;  // from 0; with last_row, inclusive
  std::optional<int64_t> last_row;
  std::string expected;
  std::string actual;
  int64_t count = 1;
  std::vector<std::string> samples;
  std::string next_step;
};

std::string_view to_string(Issue::Severity severity);

/// What a sampled comparison looked at, and what it could have missed.
struct SampleFacts {
  int64_t rows = 0;        // compared
  int64_t population = 0;  // in the table
  uint64_t seed = 0;
  /// Chance that a defect in this share of rows was missed: (1 - share)^n for 1 %, 0.1 % and for a
  /// single row.
  double miss_one_percent = 0;
  double miss_one_permille = 0;
  double miss_single_row = 0;
};

/// The result of a verification or comparison: all checks that ran, and all that they found.
struct IntegrityReport {
  Verdict verdict = Verdict::pass;
  std::string level;                // a VerifyLevel, or "values"
  std::vector<std::string> checks;  // names of the checks that ran, in order
  std::vector<Issue> issues;
  std::optional<SampleFacts> sample;
  int64_t rows = 0;   // looked at
  int64_t bytes = 0;  // looked at

  bool passed() const { return verdict != Verdict::fail; }

  /// Take over another report's checks and issues; the worse verdict stands.
  void merge(const IntegrityReport& other);

  std::string to_json() const;
  std::string to_text() const;
  std::string to_html() const;  // one self-contained page
};

/// How original and exported rows are brought together.
enum class Alignment { position, key, multiset };

/// Which differences of type are accepted.
///
///   strict    identical types only
///   flexible  also equivalent ones, and lossless ones once every value proved to be
///   csv       also those a CSV reader without a schema makes: numbers, dates and booleans read as
///   text and back
enum class DtypePolicy { strict, flexible, csv };

DtypePolicy parse_dtype_policy(std::string_view text);

/// Values count as equal within absolute + relative * |original|.
struct Tolerance {
  double absolute = 0;
  double relative = 0;
};

/// How to compare two tables.
struct CompareOptions {
  Alignment alignment = Alignment::position;
  std::vector<std::string> keys;  // for Alignment::key
  DtypePolicy dtypes = DtypePolicy::flexible;
  Tolerance tolerance;                          // of every float column
  std::map<std::string, Tolerance> tolerances;  // of some columns
  std::optional<int64_t> sample_rows;           // compare this many instead of all; position only
  uint64_t seed = 0;
  std::vector<std::string> masked_columns;  // their values never stand in a report
};

/// Validates exported files against what was recorded and against originals.
///
/// Source   spec §2 DataIntegrityValidator.
class DataIntegrityValidator {
 public:
  /// Units: `memory_bytes` bounds comparisons by key and as multisets; more is spilled to
  /// `spill_folder`.
  explicit DataIntegrityValidator(int64_t memory_bytes = int64_t{256} << 20,
                                  std::filesystem::path spill_folder = {});

  /// MD5 of a file, in lower-case hex.
  std::string calculate_checksum(const std::filesystem::path& file) const;

  /// Compare what was to be exported with what was: row count, columns, order, types, nulls,
  /// values. Every check runs; nothing stops at the first failure. Tables may be larger than
  /// memory.
  ///
  /// Errors   what the readers throw; invalid_argument for options that contradict each other or
  /// name no column.
  IntegrityReport compare(arrow::RecordBatchReader& original, arrow::RecordBatchReader& exported,
                          const CompareOptions& options = {},
                          Progress& progress = no_progress()) const;

 private:
  int64_t memory_bytes_;
  std::filesystem::path spill_folder_;
};

}  // namespace cairn
