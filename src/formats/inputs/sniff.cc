#include "formats/inputs/sniff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "cairn/error.h"

namespace cairn::formats {
namespace {

using namespace std::string_view_literals;

// Formats that are recognised in order to say what to do with them.
struct Foreign {
  std::string_view magic;
  std::string_view what;
  std::string_view next_step;
};

constexpr std::array kForeign{
    Foreign{"\x1f\x8b"sv, "a gzip file", "decompress it first: gunzip"},
    Foreign{"BZh"sv, "a bzip2 file", "decompress it first: bunzip2"},
    Foreign{"\x28\xb5\x2f\xfd"sv, "a zstd file", "decompress it first: unzstd"},
    Foreign{"\xfd"
            "7zXZ\0"sv,
            "an xz file", "decompress it first: unxz"},
    Foreign{"\x04\x22\x4d\x18"sv, "an lz4 file", "decompress it first: unlz4"},
    Foreign{"PK\x03\x04"sv, "a zip archive or a spreadsheet",
            "unpack it first, or save the sheet as CSV"},
    Foreign{"\xd0\xcf\x11\xe0"sv, "a spreadsheet or document of old Office",
            "save the sheet as CSV"},
    Foreign{"SQLite format 3\0"sv, "an SQLite database", "export its table as CSV or Parquet"},
    Foreign{"%PDF"sv, "a PDF document", "give the data it was made from"},
    Foreign{"FEA1"sv, "a Feather file of version 1", "rewrite it as Feather version 2 or Parquet"},
    Foreign{"PARE"sv, "an encrypted Parquet file", "decrypt it first"},
    Foreign{"ORC"sv, "an ORC file", "rewrite it as Parquet"},
    Foreign{"Obj\x01"sv, "an Avro file", "rewrite it as Parquet"},
    Foreign{"\xff\xfe"sv, "UTF-16 text", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8"},
    Foreign{"\xfe\xff"sv, "UTF-16 text", "convert it to UTF-8: iconv -f UTF-16 -t UTF-8"},
};

// A message of a stream begins with this marker and the length of its metadata, a multiple of 8.
bool is_arrow_stream(std::string_view head) {
  if (head.size() < 8 || !head.starts_with("\xff\xff\xff\xff"sv)) return false;
  uint32_t length = 0;
  for (size_t i = 0; i < 4; ++i)
    length |= static_cast<uint32_t>(static_cast<uint8_t>(head[4 + i])) << (8 * i);
  return length > 0 && length % 8 == 0 && length < (1U << 30);
}

bool one_of(std::string_view extension, std::initializer_list<std::string_view> choices) {
  return std::find(choices.begin(), choices.end(), extension) != choices.end();
}

void reject_wrong_name(std::string_view extension, const std::string& name) {
  const auto reject = [&](std::string_view format) {
    throw Error(ErrorKind::corrupt,
                fmt::format("cannot read {}: it is named {} but does not begin as {} does", name,
                            extension, format),
                "check that it is whole and the right file");
  };
  if (one_of(extension, {".parquet", ".pq"})) reject("a Parquet file");
  if (one_of(extension, {".arrow", ".arrows", ".ipc", ".feather"})) reject("an Arrow file");
}

}  // namespace

InputFormat sniff(std::string_view head, const std::string& extension, const std::string& name) {
  if (head.empty())
    throw Error(ErrorKind::corrupt, fmt::format("cannot read {}: it is empty", name),
                "check what was to write it");
  if (head.starts_with("PAR1")) return InputFormat::parquet;
  if (head.starts_with("ARROW1")) return InputFormat::arrow_file;
  if (is_arrow_stream(head)) return InputFormat::arrow_stream;
  for (const Foreign& foreign : kForeign)
    if (head.starts_with(foreign.magic))
      throw Error(ErrorKind::unsupported,
                  fmt::format("cannot read {}: it is {}", name, foreign.what),
                  std::string(foreign.next_step));
  reject_wrong_name(extension, name);
  if (head.find('\0') != std::string_view::npos)
    throw Error(ErrorKind::corrupt,
                fmt::format("cannot read {}: it is binary, and neither Parquet nor Arrow", name),
                "give CSV, Parquet, Arrow or JSON lines");

  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  const size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    throw Error(ErrorKind::corrupt, fmt::format("cannot read {}: it holds only spaces", name));
  const bool may_be_json = !one_of(extension, {".csv", ".tsv", ".txt"});
  if (head[first] == '{' && may_be_json) return InputFormat::json_lines;
  if (one_of(extension, {".json", ".jsonl", ".ndjson"}))
    throw Error(ErrorKind::unsupported,
                fmt::format("cannot read {}: it is not JSON lines, one object per line", name),
                head[first] == '[' ? "write its objects one per line: jq -c '.[]'"
                                   : "check that it is the right file");
  return InputFormat::csv;
}

}  // namespace cairn::formats
