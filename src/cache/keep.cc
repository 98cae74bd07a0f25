#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cache/core.h"
#include "cache/eviction.h"
#include "cache/identity.h"
#include "cache/timed_reader.h"
#include "cache/writing.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/logical_type.h"
#include "engine/engine.h"
#include "engine/resources.h"

namespace cairn {

using cache::EntryFile;
using cache::EntryManifest;
using catalog::CacheRow;
using catalog::CacheRows;
using std::chrono::microseconds;

CacheResult DataCache::Implementation::put(const CacheIdentity& identity,
                                           arrow::RecordBatchReader& rows,
                                           const CacheEntryOptions& entry) {
  const Asked asked(identity);
  TimedReader reader(rows, false);
  return keep(asked, reader, entry);
}

CacheResult DataCache::Implementation::keep(const Asked& asked, TimedReader& rows,
                                            const CacheEntryOptions& entry) {
  try {
    return write(asked, rows, entry);
  } catch (const cache::Refused& refused) {
    if (refused.reason == MissReason::not_admitted) remember_refusal(asked);
    return asked.miss(refused.reason, refused.explanation);
  } catch (const Error& error) {
    if (rows.failed()) throw;
    if (error.kind() != ErrorKind::unsupported)
      return asked.miss(MissReason::unavailable, error.message());
    // Who waits for the rows gets them all the same.
    if (!rows.keeps()) throw;
    return asked.miss(MissReason::not_admitted, error.message());
  }
}

CacheResult DataCache::Implementation::write(const Asked& asked, TimedReader& rows,
                                             const CacheEntryOptions& entry) {
  io::create_folders(std::filesystem::absolute(layout_.folder()));
  const auto codec = cache::make_codec(entry.form, rows.schema());
  Writing writing(*this, asked.key);
  io::StagedFile staged(layout_.staging(asked.key, static_cast<uint64_t>(writing.id())),
                        layout_.folder() / io::CacheLayout::entry(asked.key, to_string(entry.form)),
                        {.md5 = false});
  staged.before_growing([&](int64_t bytes) { writing.grow(bytes); });

  EntryManifest manifest{asked.key,
                         asked.identity.process_name,
                         asked.identity.step_name,
                         cache::to_json(asked.identity),
                         {},
                         data::encode_schema(*rows.schema())};
  manifest.created = now();
  const microseconds ttl = entry.ttl.value_or(options.ttl);
  const bool ends = ttl < microseconds::max() - microseconds(manifest.created);
  manifest.expires = ends ? manifest.created + ttl.count() : 0;
  manifest.weak = asked.weak;
  const auto describe = [&](const data::TableDigest& digest) {
    manifest.digest = digest.root;
    manifest.rows = digest.rows;
    manifest.cost = (entry.cost > microseconds(0) ? entry.cost : rows.spent()).count();
    return manifest.to_key_values();
  };
  const int threads = engine::resolve_threads(options.threads);
  engine::Engine engine(threads, engine::resolve_memory_budget(options.memory_budget));
  engine.write(rows, {{*codec, staged, false, describe}}, no_progress());

  auto sealed = std::move(staged).seal_without_sync();
  const auto file = EntryFile::open(sealed.staging_path(), entry.form);
  auto table = file->read({}, threads);
  if (cache::digest_of(*table) != manifest.digest)
    throw Error(ErrorKind::io, "what was read back of a cache entry is not what was written");
  CacheResult kept{asked.key,       std::move(table), {},         {},
                   manifest.digest, file->maps(),     asked.weak, microseconds(manifest.cost)};
  return publish(asked, writing, std::move(sealed), manifest, entry, std::move(kept));
}

CacheResult DataCache::Implementation::publish(const Asked& asked, Writing& writing,
                                               io::SealedFile file, const EntryManifest& manifest,
                                               const CacheEntryOptions& entry, CacheResult kept) {
  const auto status = io::find_file(file.staging_path());
  if (!status) throw Error(ErrorKind::io, "a cache entry vanished while it was written");
  CacheRow row;
  row.key = manifest.key;
  row.process = manifest.process;
  row.step = manifest.step;
  row.form = to_string(entry.form);
  row.digest = manifest.digest;
  row.checksum = file.checksums().xxh3_128;
  row.inode = static_cast<int64_t>(status->identity.inode);
  row.modified = status->modified;
  row.file_bytes = status->bytes;
  row.disk_bytes = status->disk_bytes;
  row.rows = manifest.rows;
  row.cost = manifest.cost;
  row.created = row.last_used = manifest.created;
  row.expires = manifest.expires;
  row.weak = manifest.weak;
  row.identity = manifest.identity;
  row.factors = cache::factors(asked.identity);

  enum class Outcome { published, same, other, no_room } outcome{};
  index_.write([&](CacheRows& rows) {
    const auto before = rows.find(row.key);
    const bool kept_before = before && before->state == "kept";
    rows.add("puts", 1);
    if (kept_before && !is_over(*before) && io::file_exists(path_of(*before))) {
      outcome = before->digest == row.digest ? Outcome::same : Outcome::other;
      if (outcome == Outcome::other) rows.add("nondeterministic_puts", 1);
      io::remove_file(file.staging_path());  // before its bytes are free for others
      writing.end(rows);
      return;
    }
    outcome = Outcome::no_room;
    if (!writing.fits(rows, row.disk_bytes)) return;
    if (kept_before) space_.remove(rows, *before, "expired", now());
    row.pinned = entry.pinned || io::file_exists(layout_.pin(row.key));
    if (row.pinned) io::replace_file(layout_.pin(row.key), {});
    space_.welcome(rows, before, row);
    std::move(file).publish();
    rows.insert(row);
    writing.end(rows);
    outcome = Outcome::published;
  });
  if (outcome == Outcome::no_room)
    throw cache::Refused{MissReason::not_admitted, "there is no room left for it"};
  writing.settled();
  if (outcome == Outcome::other) return look_up(asked, {});
  if (outcome == Outcome::published) {
    remember_checked(row.key, *status);
    remember_change();
  }
  return kept;
}

// So that the next lookup can say so, too.
void DataCache::Implementation::remember_refusal(const Asked& asked) {
  CacheRow row;
  row.key = asked.key;
  row.process = asked.identity.process_name;
  row.step = asked.identity.step_name;
  row.state = "not_admitted";
  row.created = row.last_used = row.left = now();
  row.weak = asked.weak;
  row.identity = cache::to_json(asked.identity);
  row.factors = cache::factors(asked.identity);
  try {
    index_.write([&](CacheRows& rows) {
      const auto before = rows.find(row.key);
      if (before && before->state == "kept") space_.remove(rows, *before, "not_admitted", now());
      rows.insert(row);
    });
  } catch (const Error&) {
    // It is a miss in any case.
  }
}

}  // namespace cairn
