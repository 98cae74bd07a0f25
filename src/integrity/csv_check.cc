#include <arrow/api.h>
#include <fmt/format.h>

#include "base/names.h"
#include "data/arrow_error.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/csv_reader.h"
#include "integrity/format_check.h"
#include "io/file.h"

namespace cairn::integrity {
namespace {

// The bytes before the first record, as the encoder writes them.
std::string expected_header(const StoredFile& file) {
  std::string header;
  for (const auto& piece : formats::make_csv_codec(file.schema, file.dialect)->assemble()->begin())
    header += piece->ToString();
  return header;
}

void check_header(FileFindings& found) {
  const StoredFile& file = found.file();
  const std::string expected = expected_header(file);
  std::string actual(expected.size(), '\0');
  const io::FileDescriptor open = io::FileDescriptor::open_to_read(file.path);
  actual.resize(io::read_at(open.get(), 0, actual, file.path));
  if (actual == expected) return;
  Issue& issue = found.error("CSV_STRUCTURE");
  issue.expected = "the header " + printable(expected);
  issue.actual = printable(actual);
}

std::optional<data::TableDigest> read_values(FileFindings& found,
                                             const VerifyResources& resources) {
  const StoredFile& file = found.file();
  try {
    return data::digest_all(
        *formats::open_csv(file.path, file.schema, file.dialect, resources.memory));
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    found.error("CSV_STRUCTURE").actual = error.message();
    return std::nullopt;
  }
}

}  // namespace

bool check_csv(FileFindings& found, Depth depth, const VerifyResources& resources) {
  check_header(found);
  if (depth == Depth::frame) return false;
  resources.progress.begin("verifying " + found.file().name, found.file().digest.rows);
  const auto digest = read_values(found, resources);
  if (!digest) return false;
  found.expect_rows(digest->rows);
  found.looked_at(digest->rows);
  if (depth == Depth::content) found.expect_digest(*digest, {});
  return depth == Depth::content;
}

}  // namespace cairn::integrity
