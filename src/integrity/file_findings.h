#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "cairn/error.h"
#include "integrity/stored_file.h"

namespace cairn::integrity {

/// Rows of a column that could not be read, and of which a finding already speaks.
struct Hole {
  size_t column = 0;
  int64_t first_row = 0;
  int64_t last_row = 0;  // inclusive
};

/// Gathers what the verification of one file finds.
class FileFindings {
 public:
  FileFindings(const StoredFile& file, std::string level);

  const StoredFile& file() const { return file_; }

  void ran(std::string check) { report_.checks.push_back(std::move(check)); }
  void looked_at(int64_t rows) { report_.rows = rows; }
  void read_bytes(int64_t bytes) { report_.bytes = bytes; }

  /// A new error about this file, to be filled in further. The reference is good until the next
  /// one.
  Issue& error(std::string code);

  /// A ROWCOUNT error unless the file has as many rows as were recorded.
  void expect_rows(int64_t rows);

  /// Compare a digest with the recorded one: an error for every run of blocks that differ in a
  /// column, but for those that overlap a hole.
  void expect_digest(const data::TableDigest& actual, const std::vector<Hole>& holes);

  /// The same for the leaves of several readings of damaged rows: a block is as recorded where one
  /// of them says so.
  void expect_leaves(std::span<const data::TableDigest> readings, const std::vector<Hole>& holes);

  /// The report, concluded. `content_read` tells that all values were compared: bytes that differ
  /// under equal values are then said to be outside of them.
  IntegrityReport finish(bool content_read = false) &&;

 private:
  const StoredFile& file_;
  IntegrityReport report_;
};

/// Whether an error met while reading tells of damage in the file, rather than of this process or
/// its rights.
bool tells_damage(const Error& error);

}  // namespace cairn::integrity
