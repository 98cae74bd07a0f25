#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/names.h"
#include "base/quantities.h"
#include "cache/identity.h"
#include "cache/mirror.h"
#include "cairn/data_cache.h"
#include "cairn/error.h"
#include "commands.h"
#include "data/content_digest.h"
#include "formats/inputs/open_input.h"
#include "print_rows.h"
#include "render.h"
#include "state_commands.h"

namespace cairn::cli {
namespace {

using std::chrono::microseconds;

constexpr size_t kShownKey = 12;

// NAME=REST of an option.
std::pair<std::string, std::string> name_and_rest(const std::string& text, std::string_view form) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not {}", printable(text), form),
                fmt::format("write it as {}", form));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

// What is no JSON is the text as it stands: nobody wants to quote twice.
Value value_of(const std::string& text) {
  try {
    return Value::from_json(text);
  } catch (const Error&) {
    return text;
  }
}

CacheInput input_of(const std::string& name, const std::string& source,
                    const PipelineConfig& config) {
  if (source.starts_with("cd1:")) return {name, source, {}};
  const auto input =
      formats::open_input(source, Session::spool_folder(config), arrow::default_memory_pool());
  return cache::to_input(name, data::digest_all(*input.reader));
}

CacheIdentity identity_of(const CacheIdentityOptions& options, const PipelineConfig& config) {
  CacheIdentity identity{options.process, options.step, {}, {}, options.code_version};
  for (const std::string& text : options.parameters) {
    const auto [name, json] = name_and_rest(text, "NAME=JSON");
    if (!identity.parameters.emplace(name, value_of(json)).second)
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("the parameter '{}' is given twice", printable(name)));
  }
  for (const std::string& text : options.inputs) {
    const auto [name, source] = name_and_rest(text, "NAME=FILE");
    identity.inputs.push_back(input_of(name, source, config));
  }
  return identity;
}

std::string short_key(const std::string& key) {
  return key.substr(0, kShownKey);
}

std::string duration_text(microseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  if (seconds < 7200) return fmt::format("{:.3g} min", seconds / 60);
  return fmt::format("{:.3g} h", seconds / 3600);
}

Json to_json(const CacheResult& result) {
  return {{"key", result.key},
          {"hit", result.hit()},
          {"miss", result.miss ? Json(to_string(*result.miss)) : Json()},
          {"explanation", result.explanation},
          {"digest", result.digest},
          {"weak", result.weak},
          {"cost_us", result.cost.count()}};
}

std::string explanation_of(const CacheResult& result) {
  return fmt::format("{}{}: {}", result.hit() ? "hit" : "miss, ",
                     result.hit() ? "" : to_string(*result.miss),
                     printable(result.explanation, 1000));
}

Json to_json(const CacheRemoval& removal, bool applied) {
  Json entries = Json::array();
  for (const CacheEntry& entry : removal.entries) entries.push_back(cache::to_json(entry));
  return {{"entries", entries},
          {"stray_files", removal.stray_files},
          {"bytes", removal.bytes},
          {"dry_run", !applied}};
}

std::string to_text(const CacheRemoval& removal, bool applied) {
  std::string text;
  for (const CacheEntry& entry : removal.entries) {
    text += fmt::format("{}  {}/{}  {}\n", short_key(entry.key), printable(entry.process_name),
                        printable(entry.step_name), format_bytes(entry.bytes));
  }
  for (const std::string& file : removal.stray_files) text += fmt::format("{}\n", printable(file));
  return text + fmt::format("{} {} and {}, {}\n", applied ? "removed" : "would remove",
                            counted(static_cast<int64_t>(removal.entries.size()), "result"),
                            counted(static_cast<int64_t>(removal.stray_files.size()), "stray file"),
                            format_bytes(removal.bytes));
}

void print_removal(Session& session, const CacheRemoval& removal, bool applied) {
  session.out().result(to_json(removal, applied), [&] { return to_text(removal, applied); });
}

std::string to_text(const CacheStatistics& statistics) {
  int64_t misses = 0;
  std::string reasons;
  for (const auto& [reason, count] : statistics.misses) {
    misses += count;
    if (count > 0) reasons += fmt::format("  {:<14}{}\n", to_string(reason), format_count(count));
  }
  std::string text = fmt::format(
      "{}, {} of {}; {} pinned, {} without input or code\n"
      "{}, {}; saved {}; waited {} times for another\n{}"
      "{}, {} evicted; {} stored again with other content\n",
      counted(statistics.entries, "result"), format_bytes(statistics.bytes),
      format_bytes(statistics.max_bytes), format_bytes(statistics.pinned_bytes),
      format_count(statistics.weak_entries), counted(statistics.hits, "hit"),
      fmt::format("{} misses", format_count(misses)), duration_text(statistics.time_saved),
      format_count(statistics.waits), reasons, counted(statistics.evictions, "eviction"),
      format_bytes(statistics.evicted_bytes), format_count(statistics.nondeterministic_puts));
  for (const auto& [multiple, hits] : statistics.hits_if_larger) {
    if (hits > statistics.hits)
      text += fmt::format("  {} hits if it were {} times as large\n", format_count(hits), multiple);
  }
  return text;
}

microseconds ttl_of(const std::string& text) {
  if (text == "forever") return microseconds::max();
  return parse_duration(text, "--ttl");
}

}  // namespace

int run_cache_ls(Session& session, const CacheLsOptions& options) {
  DataCache cache(session.config());
  auto entries = cache.list({options.process, options.step, {}});
  const auto limit = static_cast<size_t>(options.limit);
  if (limit > 0 && entries.size() > limit) entries.resize(limit);
  Json json = Json::array();
  for (const CacheEntry& entry : entries) json.push_back(cache::to_json(entry));
  session.out().result(json, [&] {
    TextTable lines(
        {"key", "process", "step", "parameters", ">rows", ">size", ">hits", "last used", "note"});
    for (const CacheEntry& entry : entries) {
      lines.add({short_key(entry.key), printable(entry.process_name, 24),
                 printable(entry.step_name, 24), printable(entry.parameters, 32),
                 format_count(entry.rows), format_bytes(entry.bytes), format_count(entry.hits),
                 short_time(TimePoint(microseconds(entry.last_used))),
                 entry.pinned ? "pinned"
                 : entry.weak ? "weak"
                              : ""});
    }
    return lines.text();
  });
  return kDone;
}

int run_cache_stats(Session& session) {
  const CacheStatistics statistics = DataCache(session.config()).statistics();
  session.out().result(parse_json(statistics.to_json(), "statistics"),
                       [&] { return to_text(statistics); });
  return kDone;
}

int run_cache_explain(Session& session, const CacheIdentityOptions& options) {
  const PipelineConfig config = session.config();
  const CacheResult result = DataCache(config).explain(identity_of(options, config));
  session.out().result(to_json(result), [&] { return explanation_of(result) + "\n"; });
  return result.hit() ? kDone : kTheAnswerIsNo;
}

int run_cache_get(Session& session, const CacheGetOptions& options) {
  const PipelineConfig config = session.config();
  DataCache cache(config);
  const CacheResult result = cache.get(identity_of(options.identity, config), options.columns);
  if (!result.hit()) {
    session.note(explanation_of(result));
    if (session.out().json()) session.out().result(to_json(result), {});
    return kTheAnswerIsNo;
  }
  arrow::TableBatchReader reader(*result.table);
  print_rows(session.out(), reader, options.format, options.head);
  return kDone;
}

int run_cache_put(Session& session, const CachePutOptions& options) {
  CacheEntryOptions entry;
  entry.form = parse_cache_form(options.form);
  if (!options.ttl.empty()) entry.ttl = ttl_of(options.ttl);
  if (!options.cost.empty()) entry.cost = parse_duration(options.cost, "--cost");
  entry.pinned = options.pinned;
  const PipelineConfig config = session.config();
  const CacheIdentity identity = identity_of(options.identity, config);
  auto input = formats::open_input(options.file, Session::spool_folder(config),
                                   arrow::default_memory_pool());
  DataCache cache(config);
  const CacheResult result = cache.put(identity, std::move(input.reader), entry);
  Json json = to_json(result);
  if (result.hit()) json["rows"] = result.table->num_rows();
  session.out().result(json, [&] {
    if (!result.hit()) return fmt::format("not kept: {}\n", explanation_of(result));
    return fmt::format("kept {} as {}, {}\n", counted(result.table->num_rows(), "row"),
                       short_key(result.key), short_digest(result.digest));
  });
  return result.hit() ? kDone : kTheAnswerIsNo;
}

int run_cache_pin(Session& session, const CachePinOptions& options) {
  DataCache cache(session.config());
  cache.pin(options.key, !options.remove);
  session.out().result({{"key", options.key}, {"pinned", !options.remove}}, [&] {
    return fmt::format("{} {}\n", options.remove ? "unpinned" : "pinned", printable(options.key));
  });
  return kDone;
}

int run_cache_gc(Session& session, const CacheGcOptions& options) {
  DataCache cache(session.config());
  print_removal(session, cache.gc(!options.apply), options.apply);
  return kDone;
}

int run_cache_clear(Session& session, const CacheClearOptions& options) {
  const CacheSelection selection{options.process, options.step, options.key};
  const bool selects = !options.process.empty() || !options.step.empty() || !options.key.empty();
  if (selects == options.all) {
    throw Error(ErrorKind::invalid_argument, "nothing says what to forget",
                "give --process, --step or --key, or else --all");
  }
  DataCache cache(session.config());
  print_removal(session, cache.clear(selection, options.dry_run), !options.dry_run);
  return kDone;
}

}  // namespace cairn::cli
