#include "render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "base/clock.h"
#include "base/names.h"
#include "base/quantities.h"

namespace cairn::cli {
namespace {

constexpr size_t kShownDigestBytes = 16;  // "cd1:" and twelve digits

std::string rows_of(const std::pair<int64_t, int64_t>& block) {
  return fmt::format("{}–{}", format_count(block.first), format_count(block.second));
}

std::string line_of(const VersionDiff::Column& column) {
  std::string line = fmt::format("    {}  {}", printable(column.name), column.change);
  if (column.change == "type") line += fmt::format(" {} -> {}", column.before, column.after);
  if (!column.rows.empty()) {
    std::vector<std::string> blocks;
    for (const auto& block : column.rows) blocks.push_back(rows_of(block));
    constexpr size_t kShownBlocks = 4;
    const size_t hidden = blocks.size() > kShownBlocks ? blocks.size() - kShownBlocks : 0;
    blocks.resize(blocks.size() - hidden);
    line += fmt::format(" in rows {}", fmt::join(blocks, ", "));
    if (hidden > 0) line += fmt::format(" and {} more blocks", hidden);
  }
  return line + "\n";
}

Json to_json(const VersionDiff::Column& column) {
  Json blocks = Json::array();
  for (const auto& [first, last] : column.rows) {
    blocks.push_back({{"first_row", first}, {"last_row", last}});
  }
  return {{"name", column.name},
          {"change", column.change},
          {"before", column.before},
          {"after", column.after},
          {"blocks", blocks}};
}

}  // namespace

std::string reference_to(const DatasetVersion& version) {
  return fmt::format("{}@{}", version.dataset, version.version);
}

Json to_json(const DatasetVersion& version) {
  return {{"dataset", version.dataset},
          {"version", version.version},
          {"export_id", version.export_uuid},
          {"operation", version.operation},
          {"created", to_rfc3339(version.created)},
          {"clock_ran_backwards", version.clock_ran_backwards},
          {"digest", version.digest},
          {"rows", version.rows},
          {"bytes", version.bytes},
          {"table_count", version.tables},
          {"file_count", version.files},
          {"message", version.message},
          {"author", version.author},
          {"state", version.state},
          {"tags", version.tags}};
}

Json to_json(const DatasetTable& table) {
  return {{"name", table.name},     {"role", table.role},
          {"rows", table.rows},     {"columns", table.columns},
          {"digest", table.digest}, {"schema_fingerprint", table.schema_fingerprint}};
}

Json to_json(const DatasetFile& file, std::string_view digest, std::string_view path) {
  return {{"path", path},
          {"table", file.table},
          {"format", file.format},
          {"rows", file.rows},
          {"bytes", file.bytes},
          {"md5", file.md5},
          {"xxh3_128", file.xxh3_128},
          {"sha256", file.sha256},
          {"digest", digest}};
}

Json files_to_json(const std::vector<DatasetFile>& files, const std::vector<DatasetTable>& tables,
                   const std::filesystem::path& output, const Session& session) {
  std::map<std::string, std::string> digests;
  for (const DatasetTable& table : tables) digests[table.name] = table.digest;
  Json list = Json::array();
  for (const DatasetFile& file : files) {
    list.push_back(to_json(file, digests[file.table], session.shown(output / file.path)));
  }
  return list;
}

std::string files_to_text(const std::vector<DatasetFile>& files,
                          const std::filesystem::path& output, const Session& session) {
  TextTable lines({"table", "format", ">rows", ">size", "md5", "file"});
  for (const DatasetFile& file : files) {
    lines.add({file.table, file.format, format_count(file.rows), format_bytes(file.bytes), file.md5,
               session.shown(output / file.path)});
  }
  return lines.text("  ");
}

Json to_json(const VersionDiff& diff) {
  Json tables = Json::array();
  for (const VersionDiff::Table& table : diff.tables) {
    Json columns = Json::array();
    for (const VersionDiff::Column& column : table.columns) columns.push_back(to_json(column));
    tables.push_back({{"name", table.name},
                      {"change", table.change},
                      {"rows_before", table.rows_before},
                      {"rows_after", table.rows_after},
                      {"columns", columns}});
  }
  return {{"identical", diff.identical()},
          {"before", to_json(diff.before)},
          {"after", to_json(diff.after)},
          {"tables", tables}};
}

std::string to_text(const VersionDiff& diff) {
  const std::string both =
      fmt::format("{} and {}", reference_to(diff.before), reference_to(diff.after));
  if (diff.identical()) return fmt::format("{} are identical ({})\n", both, diff.after.digest);
  std::string text = fmt::format("{} differ\n", both);
  for (const VersionDiff::Table& table : diff.tables) {
    text += fmt::format("  {}  {}", printable(table.name), table.change);
    if (table.rows_before != table.rows_after) {
      text += fmt::format(", {} -> {} rows", format_count(table.rows_before),
                          format_count(table.rows_after));
    }
    text += "\n";
    for (const VersionDiff::Column& column : table.columns) text += line_of(column);
  }
  return text;
}

std::string short_digest(std::string_view digest) {
  return std::string(digest.substr(0, kShownDigestBytes));
}

std::string short_time(std::chrono::sys_time<std::chrono::microseconds> time) {
  std::string text = to_rfc3339(time).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

std::string counted(int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

}  // namespace cairn::cli
