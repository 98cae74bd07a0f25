#include "cairn/data_cache.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>

#include <cmath>
#include <utility>

#include "cache/core.h"
#include "cache/identity.h"
#include "cairn/error.h"
#include "data/content_digest.h"

namespace cairn {

using std::chrono::microseconds;

CacheInput CacheInput::of_table(std::string name, const arrow::Table& table) {
  arrow::TableBatchReader reader(table);
  return cache::to_input(std::move(name), data::digest_all(reader));
}

CacheOptions CacheOptions::from(const PipelineConfig& config) {
  CacheOptions options;
  options.folder = config.temp_data_path / "cache";
  options.max_bytes = std::llround(config.max_cache_size_gb * 1e9);
  options.ttl = microseconds(std::llround(config.cache_ttl_hours * 3600e6));
  options.memory_budget = config.memory_budget;
  options.threads = config.threads;
  return options;
}

DataCache::Implementation::Implementation(const CacheOptions& given, const Environment& environment)
    : options(given),
      environment_(environment),
      layout_(options.folder),
      space_(options, layout_),
      index_({layout_.index(), layout_.index_lock()},
             [this](catalog::CacheRows& rows) { populate(rows); }),
      at_fork_([this] {
        // Threads that the child does not have may have been in the middle of any of it.
        auto locks = std::move(process_->locks);
        static_cast<void>(process_.release());
        process_ = std::make_unique<Process>();
        process_->locks = std::move(locks);
      }) {}

DataCache::Implementation::~Implementation() {
  try {
    // Not exists(), which takes a folder that cannot be looked at for one: settling would make it.
    if (!io::file_exists(layout_.folder())) return;
    settle();
    if (process_->changes > 0) write_mirror();
  } catch (const Error&) {
    // Counts and a mirror: nothing depends on them.
  }
}

DataCache::Implementation::Asked::Asked(const CacheIdentity& asked_identity)
    : identity(asked_identity), key(identity.key()), weak(cache::is_weak(identity)) {}

CacheResult DataCache::Implementation::Asked::miss(MissReason reason,
                                                   std::string explanation) const {
  CacheResult result;
  result.key = key;
  result.miss = reason;
  result.explanation = std::move(explanation);
  result.weak = weak;
  return result;
}

int64_t DataCache::Implementation::now() const {
  return environment_.clock->now().time_since_epoch().count();
}

bool DataCache::Implementation::exists() const {
  try {
    return io::file_exists(layout_.folder());
  } catch (const Error&) {
    return true;  // whoever goes on is told why it cannot be looked at
  }
}

io::RangeLocks& DataCache::Implementation::locks() {
  const std::lock_guard lock(process_->mutex);
  if (process_->locks == nullptr) {
    io::create_folders(std::filesystem::absolute(layout_.folder()));
    process_->locks = std::make_unique<io::RangeLocks>(layout_.claims());
  }
  return *process_->locks;
}

bool DataCache::Implementation::is_over(const catalog::CacheRow& row) const {
  return row.expires > 0 && row.expires <= now();
}

std::filesystem::path DataCache::Implementation::path_of(const catalog::CacheRow& row) const {
  return layout_.folder() / io::CacheLayout::entry(row.key, row.form);
}

DataCache::DataCache(const PipelineConfig& config) : DataCache(CacheOptions::from(config)) {}

DataCache::DataCache(const CacheOptions& options) : DataCache(options, Environment{}) {}

DataCache::DataCache(const CacheOptions& options, const Environment& environment)
    : implementation_(std::make_unique<Implementation>(options, environment)) {}

DataCache::~DataCache() = default;
DataCache::DataCache(DataCache&&) noexcept = default;
DataCache& DataCache::operator=(DataCache&&) noexcept = default;

CacheResult DataCache::put(const CacheIdentity& identity,
                           std::shared_ptr<arrow::RecordBatchReader> rows,
                           const CacheEntryOptions& options) {
  return implementation_->put(identity, *rows, options);
}

CacheResult DataCache::get(const CacheIdentity& identity, const std::vector<std::string>& columns) {
  return implementation_->get(identity, columns);
}

CacheResult DataCache::get_or_compute(const CacheIdentity& identity, const Compute& compute,
                                      const CacheEntryOptions& options) {
  return implementation_->get_or_compute(identity, compute, options);
}

CacheResult DataCache::explain(const CacheIdentity& identity) {
  return implementation_->explain(identity);
}

void DataCache::pin(const std::string& key_prefix, bool pinned) {
  implementation_->pin(key_prefix, pinned);
}

std::vector<CacheEntry> DataCache::list(const CacheSelection& selection) {
  return implementation_->list(selection);
}

CacheRemoval DataCache::clear(const CacheSelection& selection, bool dry_run) {
  return implementation_->clear(selection, dry_run);
}

CacheRemoval DataCache::gc(bool dry_run) {
  return implementation_->gc(dry_run);
}

CacheStatistics DataCache::statistics() {
  return implementation_->statistics();
}

const CacheOptions& DataCache::options() const {
  return implementation_->options;
}

}  // namespace cairn
