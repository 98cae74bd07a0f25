#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <nanobind/stl/chrono.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/variant.h>
#include <nanobind/stl/vector.h>

#include <string>
#include <variant>

#include "bind_workspace.h"
#include "cairn/data_version_manager.h"
#include "progress.h"
#include "record.h"
#include "rows.h"

namespace cairn::python {
namespace {

// A version that was found before, or a reference to be looked up.
using AnyVersion = std::variant<DatasetVersion, std::string>;

// The versions of a workspace. Every call is made without the GIL.
class Versions {
 public:
  explicit Versions(OpenWorkspace& workspace) : workspace_(workspace) {}

  DatasetVersion find(const AnyVersion& version) {
    if (const auto* found = std::get_if<DatasetVersion>(&version)) return *found;
    return workspace_.get()->versions().resolve(
        VersionReference::parse(std::get<std::string>(version)));
  }

  std::vector<DatasetVersion> list(const std::string& dataset, int64_t limit) {
    return workspace_.get()->versions().list(dataset, limit);
  }
  std::optional<DatasetVersion> latest(const std::string& dataset) {
    return workspace_.get()->versions().latest(dataset);
  }
  std::vector<DatasetTable> tables(const AnyVersion& version) {
    return workspace_.get()->versions().tables(find(version));
  }
  std::vector<DatasetFile> files(const AnyVersion& version) {
    return workspace_.get()->versions().files(find(version));
  }
  std::string manifest(const AnyVersion& version) {
    return workspace_.get()->versions().manifest(find(version));
  }
  std::string md5_sums(const AnyVersion& version) {
    return workspace_.get()->versions().md5_sums(find(version));
  }
  OutgoingRows read(const AnyVersion& version, const std::string& table,
                    const std::string& format) {
    return OutgoingRows(workspace_.get()->versions().read(find(version), table, format));
  }
  VersionDiff diff(const AnyVersion& before, const AnyVersion& after) {
    return workspace_.get()->versions().diff(find(before), find(after));
  }
  void tag(const AnyVersion& version, const std::string& name, bool replace) {
    workspace_.get()->versions().tag(find(version), name, replace);
  }
  void untag(const std::string& dataset, const std::string& name) {
    workspace_.get()->versions().untag(dataset, name);
  }
  DatasetVersion rollback(const AnyVersion& to, const std::string& message) {
    return workspace_.get()->versions().rollback(find(to), message);
  }
  Removal expire(const std::string& dataset, int64_t keep_last,
                 std::optional<std::chrono::seconds> keep_within, bool dry_run) {
    return workspace_.get()->versions().expire(dataset, {keep_last, keep_within}, dry_run);
  }
  Removal remove_orphans(bool dry_run) {
    return workspace_.get()->versions().remove_orphans(dry_run);
  }

  bool get(const AnyVersion& version, const std::filesystem::path& folder, Progress& progress) {
    workspace_.get()->versions().get(find(version), folder, progress);
    return true;
  }
  IntegrityReport verify(const AnyVersion& version, const std::string& level, Progress& progress) {
    return workspace_.get()->versions().verify(find(version), parse_verify_level(level), progress);
  }

 private:
  OpenWorkspace& workspace_;
};

void bind_records(nb::module_& module) {
  Record<DatasetFile>(module, "DatasetFile")
      .member("table", &DatasetFile::table)
      .member("format", &DatasetFile::format)
      .member("path", &DatasetFile::path)
      .member("rows", &DatasetFile::rows)
      .member("bytes", &DatasetFile::bytes)
      .member("md5", &DatasetFile::md5)
      .member("xxh3_128", &DatasetFile::xxh3_128)
      .member("sha256", &DatasetFile::sha256);
  Record<DatasetTable>(module, "DatasetTable")
      .member("name", &DatasetTable::name)
      .member("role", &DatasetTable::role)
      .member("rows", &DatasetTable::rows)
      .member("columns", &DatasetTable::columns)
      .member("digest", &DatasetTable::digest)
      .member("schema_fingerprint", &DatasetTable::schema_fingerprint);
  Record<DatasetVersion>(module, "DatasetVersion")
      .member("dataset", &DatasetVersion::dataset)
      .member("version", &DatasetVersion::version)
      .computed("reference",
                [](const DatasetVersion& self) {
                  return self.dataset + "@" + std::to_string(self.version);
                })
      .member("export_uuid", &DatasetVersion::export_uuid)
      .member("operation", &DatasetVersion::operation)
      .computed(
          "created",
          [](const DatasetVersion& self) {
            return utc_datetime(self.created.time_since_epoch().count());
          },
          nb::sig("def created(self) -> datetime.datetime"))
      .member("clock_ran_backwards", &DatasetVersion::clock_ran_backwards)
      .member("digest", &DatasetVersion::digest)
      .member("rows", &DatasetVersion::rows)
      .member("bytes", &DatasetVersion::bytes)
      .member("tables", &DatasetVersion::tables)
      .member("files", &DatasetVersion::files)
      .member("message", &DatasetVersion::message)
      .member("author", &DatasetVersion::author)
      .member("state", &DatasetVersion::state)
      .member("tags", &DatasetVersion::tags);
}

void bind_changes(nb::module_& module) {
  Record<VersionDiff::Column>(module, "ColumnDiff")
      .member("name", &VersionDiff::Column::name)
      .member("change", &VersionDiff::Column::change)
      .member("before", &VersionDiff::Column::before)
      .member("after", &VersionDiff::Column::after)
      .member("rows", &VersionDiff::Column::rows);
  Record<VersionDiff::Table>(module, "TableDiff")
      .member("name", &VersionDiff::Table::name)
      .member("change", &VersionDiff::Table::change)
      .member("rows_before", &VersionDiff::Table::rows_before)
      .member("rows_after", &VersionDiff::Table::rows_after)
      .member("columns", &VersionDiff::Table::columns);
  Record<VersionDiff>(module, "VersionDiff")
      .computed("identical", &VersionDiff::identical)
      .member("before", &VersionDiff::before)
      .member("after", &VersionDiff::after)
      .member("tables", &VersionDiff::tables);
  Record<Removal>(module, "Removal")
      .member("versions", &Removal::versions)
      .member("files", &Removal::files)
      .member("bytes", &Removal::bytes);
}

template <typename Class>
void bind_reading(Class& versions) {
  using Release = nb::call_guard<nb::gil_scoped_release>;
  versions
      .def("list_versions", &Versions::list, nb::arg("dataset") = "", nb::arg("limit") = 0,
           Release())
      .def("latest", &Versions::latest, nb::arg("dataset"), Release())
      .def("find", &Versions::find, nb::arg("version"), Release())
      .def("tables", &Versions::tables, nb::arg("version"), Release())
      .def("files", &Versions::files, nb::arg("version"), Release())
      .def("manifest", &Versions::manifest, nb::arg("version"), Release())
      .def("md5_sums", &Versions::md5_sums, nb::arg("version"), Release())
      .def("read", &Versions::read, nb::arg("version"), nb::arg("table"), nb::arg("format"),
           Release())
      .def("diff", &Versions::diff, nb::arg("before"), nb::arg("after"), Release());
}

template <typename Class>
void bind_changing(Class& versions) {
  using Release = nb::call_guard<nb::gil_scoped_release>;
  versions
      .def("tag", &Versions::tag, nb::arg("version"), nb::arg("name"), nb::arg("replace"),
           Release())
      .def("untag", &Versions::untag, nb::arg("dataset"), nb::arg("name"), Release())
      .def("rollback", &Versions::rollback, nb::arg("to"), nb::arg("message"), Release())
      .def("expire", &Versions::expire, nb::arg("dataset"), nb::arg("keep_last"),
           nb::arg("keep_within").none(), nb::arg("dry_run"), Release())
      .def("remove_orphans", &Versions::remove_orphans, nb::arg("dry_run"), Release());
}

template <typename Class>
void bind_checking(Class& versions) {
  versions
      .def(
          "get",
          [](Versions& self, const AnyVersion& version, const std::filesystem::path& folder,
             const nb::object& progress) {
            with_progress(progress, [&](Progress& p) { return self.get(version, folder, p); });
          },
          nb::arg("version"), nb::arg("folder"), nb::arg("progress").none())
      .def(
          "verify",
          [](Versions& self, const AnyVersion& version, const std::string& level,
             const nb::object& progress) {
            return with_progress(progress,
                                 [&](Progress& p) { return self.verify(version, level, p); });
          },
          nb::arg("version"), nb::arg("level"), nb::arg("progress").none());
}

}  // namespace

void bind_versions(nb::module_& module) {
  bind_records(module);
  bind_changes(module);
  nb::class_<Versions> versions(module, "Versions");
  versions.def(nb::init<OpenWorkspace&>(), nb::arg("workspace"), nb::keep_alive<1, 2>());
  bind_reading(versions);
  bind_changing(versions);
  bind_checking(versions);
}

}  // namespace cairn::python
