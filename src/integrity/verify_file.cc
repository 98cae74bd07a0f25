#include <fmt/format.h>

#include "base/quantities.h"
#include "integrity/file_findings.h"
#include "integrity/format_check.h"
#include "integrity/stored_file.h"
#include "io/checksum.h"
#include "io/file.h"

namespace cairn {

std::string DataIntegrityValidator::calculate_checksum(const std::filesystem::path& file) const {
  const io::Checksums sums = io::checksum_file(file, {.md5 = true, .sha256 = false});
  if (sums.md5.empty()) {
    throw Error(ErrorKind::unsupported,
                fmt::format("cannot compute the MD5 of '{}': this host forbids MD5", file.native()),
                "compare XXH3 or SHA-256 checksums instead");
  }
  return sums.md5;
}

namespace integrity {
namespace {

// Whether there is a file to look into.
bool check_size(FileFindings& found) {
  const StoredFile& file = found.file();
  found.ran("size");
  if (!io::file_exists(file.path)) {
    Issue& issue = found.error("FILE_MISSING");
    issue.expected = format_bytes(file.bytes);
    issue.actual = "no file";
    return false;
  }
  const int64_t bytes = io::bytes_of_file(file.path);
  if (bytes != file.bytes) {
    Issue& issue = found.error("SIZE_MISMATCH");
    issue.expected = fmt::format("{} bytes", file.bytes);
    issue.actual = fmt::format("{} bytes", bytes);
  }
  found.read_bytes(bytes);
  return true;
}

void compare_checksum(FileFindings& found, std::string_view algorithm, const std::string& expected,
                      const std::string& actual) {
  if (expected.empty() || actual.empty() || expected == actual) return;
  Issue& issue = found.error("CHECKSUM_MISMATCH");
  issue.expected = fmt::format("{} {}", algorithm, expected);
  issue.actual = fmt::format("{} {}", algorithm, actual);
}

// XXH3 always; the others where they were recorded and are wanted.
void check_checksums(FileFindings& found, bool all) {
  const io::Checksums& recorded = found.file().checksums;
  found.ran("checksum");
  try {
    const io::Checksums actual = io::checksum_file(
        found.file().path,
        {.md5 = all && !recorded.md5.empty(), .sha256 = all && !recorded.sha256.empty()});
    compare_checksum(found, "xxh3_128", recorded.xxh3_128, actual.xxh3_128);
    compare_checksum(found, "md5", recorded.md5, actual.md5);
    compare_checksum(found, "sha256", recorded.sha256, actual.sha256);
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    found.error("UNREADABLE").actual = error.message();
  }
}

bool check_format(FileFindings& found, Depth depth, const VerifyResources& resources) {
  found.ran(depth == Depth::content ? "content" : "structure");
  return found.file().format == Format::parquet ? check_parquet(found, depth, resources)
                                                : check_csv(found, depth, resources);
}

}  // namespace

IntegrityReport verify_file(const StoredFile& file, VerifyLevel level,
                            const VerifyResources& resources) {
  FileFindings found(file, std::string(to_string(level)));
  bool content_read = false;
  if (check_size(found)) {
    // A level that failed does not stop the next one: it tells where the damage is.
    if (level >= VerifyLevel::checksum) check_checksums(found, true);
    if (level >= VerifyLevel::content) found.ran("structure");
    if (level >= VerifyLevel::structure) {
      const Depth depth = level == VerifyLevel::content ? Depth::content : Depth::structure;
      content_read = check_format(found, depth, resources);
    }
  }
  return std::move(found).finish(content_read);
}

IntegrityReport verify_written(const StoredFile& file, const VerifyResources& resources) {
  FileFindings found(file, std::string(to_string(VerifyLevel::content)));
  if (check_size(found)) {
    check_checksums(found, false);
    check_format(found, Depth::frame, resources);
  }
  return std::move(found).finish();
}

}  // namespace integrity
}  // namespace cairn
