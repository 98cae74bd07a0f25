#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <nanobind/stl/chrono.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bind_workspace.h"
#include "cairn/data_cache.h"
#include "data/arrow_error.h"
#include "progress.h"
#include "record.h"
#include "rows.h"

namespace cairn::python {
namespace {

using Release = nb::call_guard<nb::gil_scoped_release>;
using Microseconds = std::chrono::microseconds;

// A cache by itself, or the one of a workspace, which records what is kept and found in lineage.
// Every call is made without the GIL.
class Cache {
 public:
  explicit Cache(const CacheOptions& options)
      : alone_(std::make_shared<Handle<DataCache>>(
            [options] { return std::make_shared<DataCache>(options); })) {}
  explicit Cache(std::shared_ptr<OpenWorkspace> workspace) : workspace_(std::move(workspace)) {}

  CacheResult put(const CacheIdentity& identity, std::shared_ptr<arrow::RecordBatchReader> rows,
                  const CacheEntryOptions& options) {
    if (alone_) return alone_->get()->put(identity, std::move(rows), options);
    return workspace_->get()->persistence().put(identity, std::move(rows), options);
  }
  CacheResult get(const CacheIdentity& identity, const std::vector<std::string>& columns) {
    if (alone_) return alone_->get()->get(identity, columns);
    return workspace_->get()->persistence().get(identity, columns);
  }
  CacheResult get_or_compute(const CacheIdentity& identity, const DataCache::Compute& compute,
                             const CacheEntryOptions& options) {
    if (alone_) return alone_->get()->get_or_compute(identity, compute, options);
    return workspace_->get()->persistence().get_or_compute(identity, compute, options);
  }

  CacheResult explain(const CacheIdentity& identity) { return cache()->explain(identity); }
  void pin(const std::string& key_prefix, bool pinned) { cache()->pin(key_prefix, pinned); }
  std::vector<CacheEntry> list(const std::string& process, const std::string& step,
                               const std::string& key_prefix) {
    return cache()->list({process, step, key_prefix});
  }
  CacheRemoval clear(const std::string& process, const std::string& step,
                     const std::string& key_prefix, bool dry_run) {
    return cache()->clear({process, step, key_prefix}, dry_run);
  }
  CacheRemoval gc(bool dry_run) { return cache()->gc(dry_run); }
  CacheStatistics statistics() { return cache()->statistics(); }
  std::filesystem::path folder() { return cache()->options().folder; }

 private:
  std::shared_ptr<DataCache> cache() {
    if (alone_) return alone_->get();
    const auto opened = workspace_->get();
    return {opened, &opened->persistence().cache()};
  }

  std::shared_ptr<OpenWorkspace> workspace_;
  std::shared_ptr<Handle<DataCache>> alone_;
};

CacheEntryOptions options_of(std::optional<Microseconds> ttl, bool for_ever, Microseconds cost,
                             const std::string& form, bool pinned) {
  if (for_ever) ttl = Microseconds::max();
  return {ttl, cost, parse_cache_form(form), pinned};
}

std::optional<std::string> reason(const CacheResult& result) {
  if (!result.miss) return std::nullopt;
  return std::string(to_string(*result.miss));
}

std::optional<OutgoingRows> open_result(const CacheResult& result) {
  if (result.table == nullptr) return std::nullopt;
  return OutgoingRows(result.table);
}

nb::dict misses(const CacheStatistics& statistics) {
  nb::dict counts;
  for (const auto& [why, count] : statistics.misses) {
    const std::string_view name = to_string(why);
    counts[nb::str(name.data(), name.size())] = count;
  }
  return counts;
}

CacheInput input_of(const std::string& name, IncomingRows& rows) {
  const auto reader = rows.take();
  const nb::gil_scoped_release released;
  return CacheInput::of_table(name, *value_or_throw(reader->ToTable(), "read the rows"));
}

void bind_identity(nb::module_& module) {
  Record<CacheInput>(module, "CacheInput")
      .member("name", &CacheInput::name)
      .member("digest", &CacheInput::digest)
      .member("columns", &CacheInput::columns)
      .def(
          "__init__",
          [](CacheInput* self, const std::string& name, const std::string& digest) {
            new (self) CacheInput{name, digest, {}};
          },
          nb::arg("name"), nb::arg("digest"))
      .def_static("of_rows", &input_of, nb::arg("name"), nb::arg("rows"));
  nb::class_<CacheIdentity>(module, "CacheIdentity")
      .def(
          "__init__",
          [](CacheIdentity* self, const std::string& process, const std::string& step,
             const nb::object& parameters, const std::vector<CacheInput>& inputs,
             const std::string& code_version) {
            new (self) CacheIdentity{process, step, values_from(parameters), inputs, code_version};
          },
          nb::arg("process_name"), nb::arg("step_name"), nb::arg("parameters").none(),
          nb::arg("inputs"), nb::arg("code_version"))
      .def("key", &CacheIdentity::key);
}

void bind_entries(nb::module_& module) {
  Record<CacheResult>(module, "CacheResult")
      .member("key", &CacheResult::key)
      .computed("hit", &CacheResult::hit)
      .computed("miss", &reason)
      .member("explanation", &CacheResult::explanation)
      .member("digest", &CacheResult::digest)
      .member("mapped", &CacheResult::mapped)
      .member("weak", &CacheResult::weak)
      .member("cost", &CacheResult::cost)
      .def("open", &open_result);
  Record<CacheEntry>(module, "CacheEntry")
      .member("key", &CacheEntry::key)
      .member("process_name", &CacheEntry::process_name)
      .member("step_name", &CacheEntry::step_name)
      .computed(
          "parameters",
          [](const CacheEntry& self) { return value_to(Value::from_json(self.parameters)); },
          nb::sig("def parameters(self) -> dict[str, typing.Any]"))
      .member("code_version", &CacheEntry::code_version)
      .member("digest", &CacheEntry::digest)
      .member("file", &CacheEntry::file)
      .computed("form", [](const CacheEntry& self) { return to_string(self.form); })
      .member("rows", &CacheEntry::rows)
      .member("bytes", &CacheEntry::bytes)
      .member("hits", &CacheEntry::hits)
      .member("cost", &CacheEntry::cost)
      .moment("created", &CacheEntry::created)
      .moment("last_used", &CacheEntry::last_used)
      .moment("expires", &CacheEntry::expires)
      .member("pinned", &CacheEntry::pinned)
      .member("weak", &CacheEntry::weak);
  Record<CacheRemoval>(module, "CacheRemoval")
      .member("entries", &CacheRemoval::entries)
      .member("stray_files", &CacheRemoval::stray_files)
      .member("bytes", &CacheRemoval::bytes);
}

void bind_statistics(nb::module_& module) {
  Record<CacheStatistics>(module, "CacheStatistics")
      .member("entries", &CacheStatistics::entries)
      .member("bytes", &CacheStatistics::bytes)
      .member("max_bytes", &CacheStatistics::max_bytes)
      .member("pinned_bytes", &CacheStatistics::pinned_bytes)
      .member("weak_entries", &CacheStatistics::weak_entries)
      .member("hits", &CacheStatistics::hits)
      .member("weak_hits", &CacheStatistics::weak_hits)
      .computed("misses", &misses, nb::sig("def misses(self) -> dict[str, int]"))
      .member("puts", &CacheStatistics::puts)
      .member("evictions", &CacheStatistics::evictions)
      .member("evicted_bytes", &CacheStatistics::evicted_bytes)
      .member("nondeterministic_puts", &CacheStatistics::nondeterministic_puts)
      .member("waits", &CacheStatistics::waits)
      .member("time_saved", &CacheStatistics::time_saved)
      .member("hits_if_larger", &CacheStatistics::hits_if_larger)
      .def("to_json", &CacheStatistics::to_json);
}

template <typename Class>
void bind_lookups(Class& cache) {
  cache
      .def(
          "put",
          [](Cache& self, const CacheIdentity& identity, IncomingRows& rows,
             const CacheEntryOptions& options) {
            auto reader = rows.take();
            const nb::gil_scoped_release released;
            return self.put(identity, std::move(reader), options);
          },
          nb::arg("identity"), nb::arg("rows"), nb::arg("options"))
      .def("get", &Cache::get, nb::arg("identity"), nb::arg("columns"), Release())
      .def(
          "get_or_compute",
          [](Cache& self, const CacheIdentity& identity, const nb::callable& compute,
             const CacheEntryOptions& options) {
            const auto rows = [&compute] {
              const nb::gil_scoped_acquire held;
              return nb::cast<IncomingRows&>(compute()).take();
            };
            const nb::gil_scoped_release released;
            return self.get_or_compute(identity, rows, options);
          },
          nb::arg("identity"), nb::arg("compute"), nb::arg("options"))
      .def("explain", &Cache::explain, nb::arg("identity"), Release());
}

template <typename Class>
void bind_upkeep(Class& cache) {
  cache.def("pin", &Cache::pin, nb::arg("key_prefix"), nb::arg("pinned"), Release())
      .def("list_entries", &Cache::list, nb::arg("process_name"), nb::arg("step_name"),
           nb::arg("key_prefix"), Release())
      .def("clear", &Cache::clear, nb::arg("process_name"), nb::arg("step_name"),
           nb::arg("key_prefix"), nb::arg("dry_run"), Release())
      .def("gc", &Cache::gc, nb::arg("dry_run"), Release())
      .def("statistics", &Cache::statistics, Release())
      .def_prop_ro("folder", &Cache::folder, Release());
}

}  // namespace

void bind_cache(nb::module_& module) {
  bind_identity(module);
  bind_entries(module);
  bind_statistics(module);
  nb::class_<CacheEntryOptions>(module, "CacheEntryOptions")
      .def(
          "__init__",
          [](CacheEntryOptions* self, std::optional<Microseconds> ttl, bool for_ever,
             Microseconds cost, const std::string& form, bool pinned) {
            new (self) CacheEntryOptions(options_of(ttl, for_ever, cost, form, pinned));
          },
          nb::arg("ttl").none(), nb::arg("for_ever"), nb::arg("cost"), nb::arg("form"),
          nb::arg("pinned"));
  nb::class_<Cache> cache(module, "Cache");
  cache.def(nb::init<std::shared_ptr<OpenWorkspace>>(), nb::arg("workspace"))
      .def_static(
          "alone",
          [](const PipelineConfig& config) { return new Cache(CacheOptions::from(config)); },
          nb::arg("config"));
  bind_lookups(cache);
  bind_upkeep(cache);
}

}  // namespace cairn::python
