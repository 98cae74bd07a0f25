#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/infer_csv_type.h"
#include "formats/csv/record_chunks.h"
#include "formats/csv/tokenizer.h"
#include "io/file.h"

namespace cairn::formats {
namespace {

constexpr std::array kDelimiters = {',', ';', '\t', '|'};
constexpr size_t kSampleBytes = size_t{256} << 10;
constexpr size_t kSampleRecords = 200;

Error not_text(const std::string& file, const std::string& why) {
  return {ErrorKind::corrupt, fmt::format("'{}' is no CSV: {}", printable(file), why),
          "CSV is read as UTF-8 text; convert the file, for example with iconv"};
}

void check_is_text(const std::string& file, std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    throw not_text(file, "it starts as UTF-16 does");
  if (const size_t nul = bytes.find('\0'); nul != std::string_view::npos)
    throw not_text(file, "it holds NUL bytes, as binary files and UTF-16 do");
}

/// The first bytes of a file, by which its dialect is judged.
struct Sample {
  std::string bytes;
  bool is_whole_file = false;
};

Sample read_sample(const std::filesystem::path& path) {
  const auto file = io::FileDescriptor::open_to_read(path);
  Sample sample{std::string(kSampleBytes, '\0'), false};
  sample.bytes.resize(io::read_at(file.get(), 0, sample.bytes, path));
  sample.is_whole_file = sample.bytes.size() < kSampleBytes;
  return sample;
}

// How well a delimiter explains the sample: how many of 1,000 records have as many fields as the
// header, then how many fields that is. Nothing is explained by a delimiter that is not there.
std::pair<size_t, size_t> score(const Sample& sample, char delimiter) {
  std::string_view rest = sample.bytes;
  size_t columns = 0;
  size_t records = 0;
  size_t alike = 0;
  while (!rest.empty() && records < kSampleRecords) {
    const size_t line_end = rest.find_first_not_of("\r\n");
    if (line_end == std::string_view::npos) break;
    rest.remove_prefix(line_end);
    CsvRecord record;
    try {
      record = first_record({rest, 0, {}}, delimiter, sample.is_whole_file);
    } catch (const Error&) {
      break;  // an open quote; whoever reads the file says where
    }
    if (record.bytes == 0) break;
    if (records++ == 0) columns = record.fields.size();
    if (record.fields.size() == columns) ++alike;
    rest.remove_prefix(record.bytes);
  }
  if (columns < 2) return {0, 0};
  return {alike * 1000 / records, columns};
}

CsvDialect judge_dialect(const std::filesystem::path& path) {
  const Sample sample = read_sample(path);
  check_is_text(path.string(), sample.bytes);
  CsvDialect dialect;
  dialect.delimiter =
      *std::max_element(kDelimiters.begin(), kDelimiters.end(),
                        [&](char a, char b) { return score(sample, a) < score(sample, b); });
  const size_t line_end = sample.bytes.find('\n');
  dialect.crlf =
      line_end != std::string::npos && line_end > 0 && sample.bytes[line_end - 1] == '\r';
  return dialect;
}

void check_names(const std::string& file, const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (!is_utf8(name))
      throw not_text(file, fmt::format("the name of column {} is not UTF-8", i + 1));
    if (name.empty())
      throw Error(ErrorKind::corrupt,
                  fmt::format("'{}': column {} has no name", printable(file), i + 1),
                  "the first record of a CSV file has to name every column");
    if (!seen.insert(name).second)
      throw Error(ErrorKind::corrupt,
                  fmt::format("'{}' names two columns '{}'", printable(file), printable(name)),
                  "give every column its own name");
  }
}

}  // namespace

CsvInference infer_csv(const std::filesystem::path& path) {
  CsvInference found;
  found.dialect = judge_dialect(path);
  CsvRecordChunks chunks(path, found.dialect);
  found.dialect.bom = chunks.has_bom();
  const std::vector<std::string>& names = chunks.header();
  check_names(chunks.name(), names);

  std::vector<CsvColumnType> types(names.size());
  CsvBlock block;
  while (const auto chunk = chunks.next(names.size())) {
    check_is_text(chunks.name(), chunk->text);
    const CsvPart part{chunk->text, chunk->first_record, chunks.name()};
    for (CsvTokenizer tokenizer(part, found.dialect.delimiter, names); tokenizer.next(block);) {
      for (size_t i = 0; i < types.size(); ++i)
        types[i].see({part.text, block.fields.data() + i, types.size(), block.records, {}});
      found.records += static_cast<int64_t>(block.records);
    }
  }
  arrow::FieldVector fields;
  for (size_t i = 0; i < names.size(); ++i)
    fields.push_back(arrow::field(names[i], types[i].type()));
  found.schema = arrow::schema(std::move(fields));
  return found;
}

}  // namespace cairn::formats
