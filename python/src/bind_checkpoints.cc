#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <nanobind/stl/chrono.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/vector.h>

#include <future>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bind_workspace.h"
#include "cairn/checkpoint_manager.h"
#include "data/arrow_error.h"
#include "progress.h"
#include "record.h"
#include "rows.h"

namespace cairn::python {
namespace {

using Release = nb::call_guard<nb::gil_scoped_release>;
using NamedRows = std::vector<std::pair<std::string, IncomingRows*>>;
using Microseconds = std::chrono::microseconds;

// Called from any thread, and dropped by any.
class Migration {
 public:
  explicit Migration(nb::callable function)
      : function_(new nb::callable(std::move(function)), [](nb::callable* dropped) {
          const nb::gil_scoped_acquire held;
          delete dropped;
        }) {}

  Value::Map operator()(const Value::Map& state) const {
    const nb::gil_scoped_acquire held;
    return values_from((*function_)(values_to(state)));
  }

 private:
  std::shared_ptr<nb::callable> function_;
};

// A save that runs in the background.
class Saving {
 public:
  explicit Saving(std::shared_future<CheckpointInfo> future) : future_(std::move(future)) {}

  bool done() const { return future_.wait_for(Microseconds(0)) == std::future_status::ready; }

  CheckpointInfo result() const {
    constexpr std::chrono::milliseconds kMoment{50};  // between two looks for Ctrl-C
    std::chrono::steady_clock::time_point last;
    while (future_.wait_for(kMoment) != std::future_status::ready) check_signals(last);
    return future_.get();
  }

 private:
  std::shared_future<CheckpointInfo> future_;
};

// The checkpoints of a workspace. Every call is made without the GIL.
class Checkpoints {
 public:
  explicit Checkpoints(std::shared_ptr<OpenWorkspace> workspace)
      : workspace_(std::move(workspace)) {}

  CheckpointInfo create(const std::string& process, const CheckpointContent& content,
                        const CheckpointNote& note) {
    return workspace_->get()->persistence().create_process_checkpoint(process, content, note);
  }
  Saving create_async(const std::string& process, const CheckpointContent& content,
                      const CheckpointNote& note) {
    return Saving(manager()->create_checkpoint_async(process, content, note));
  }
  Checkpoint load(const std::string& id) { return manager()->load_checkpoint(id); }
  std::optional<Recovery> load_latest(const std::string& process) {
    return workspace_->get()->persistence().resume_process(process);
  }
  std::vector<CheckpointInfo> list(const std::string& process) {
    return manager()->list_checkpoints(process);
  }
  CheckpointRemoval cleanup(const std::string& process, const CheckpointPolicy& policy,
                            bool dry_run) {
    return manager()->cleanup(process, policy, dry_run);
  }
  void remove(const std::string& id) { manager()->remove(id); }
  void close() { manager()->close(); }

  void set_policy(const CheckpointPolicy& policy) {
    tell([policy](CheckpointManager& manager) { manager.set_policy(policy); });
  }
  void set_schema_version(const std::string& version) {
    tell([version](CheckpointManager& manager) { manager.set_schema_version(version); });
  }
  void add_migration(const std::string& from, const std::string& to, const Migration& migration) {
    tell([from, to, migration](CheckpointManager& manager) {
      manager.add_migration(from, to, migration);
    });
  }

 private:
  std::shared_ptr<CheckpointManager> manager() {
    const auto opened = workspace_->get();
    return {opened, &opened->persistence().checkpoint_manager()};
  }

  void tell(const std::function<void(CheckpointManager&)>& instruction) {
    workspace_->tell([instruction](Workspace& opened) {
      instruction(opened.persistence().checkpoint_manager());
    });
  }

  std::shared_ptr<OpenWorkspace> workspace_;
};

CheckpointContent content_of(const std::string& step, const std::vector<std::string>& completed,
                             const nb::object& state, const NamedRows& tables) {
  CheckpointContent content{step, completed, values_from(state), {}};
  for (const auto& [name, rows] : tables) {
    const auto reader = rows->take();
    const nb::gil_scoped_release released;
    content.tables[name] = value_or_throw(reader->ToTable(), "read the rows");
  }
  return content;
}

CheckpointPolicy policy_of(int64_t keep_last, int64_t keep_every, std::optional<Microseconds> age,
                           std::optional<int64_t> bytes) {
  return {keep_last, keep_every, age, bytes};
}

void bind_infos(nb::module_& module) {
  Record<CheckpointInfo>(module, "CheckpointInfo")
      .member("id", &CheckpointInfo::id)
      .member("process", &CheckpointInfo::process)
      .member("sequence", &CheckpointInfo::sequence)
      .member("epoch", &CheckpointInfo::epoch)
      .member("step", &CheckpointInfo::step)
      .member("completed_steps", &CheckpointInfo::completed_steps)
      .member("name", &CheckpointInfo::name)
      .member("schema_version", &CheckpointInfo::schema_version)
      .member("application_version", &CheckpointInfo::application_version)
      .moment("created", &CheckpointInfo::created)
      .member("rows", &CheckpointInfo::rows)
      .member("bytes", &CheckpointInfo::bytes)
      .member("new_bytes", &CheckpointInfo::new_bytes)
      .member("digest", &CheckpointInfo::digest)
      .member("set_aside", &CheckpointInfo::set_aside);
  Record<RecoveryReport::Skipped>(module, "SkippedCheckpoint")
      .member("checkpoint", &RecoveryReport::Skipped::checkpoint)
      .member("reason", &RecoveryReport::Skipped::reason);
  Record<RecoveryReport>(module, "RecoveryReport")
      .member("chosen", &RecoveryReport::chosen)
      .member("skipped", &RecoveryReport::skipped)
      .member("published_since", &RecoveryReport::published_since)
      .def("to_json", &RecoveryReport::to_json);
  Record<CheckpointRemoval>(module, "CheckpointRemoval")
      .member("checkpoints", &CheckpointRemoval::checkpoints)
      .member("bytes", &CheckpointRemoval::bytes);
}

std::vector<std::string> table_names(const Checkpoint& checkpoint) {
  std::vector<std::string> names;
  for (const auto& [name, table] : checkpoint.content.tables) names.push_back(name);
  return names;
}

void bind_contents(nb::module_& module) {
  nb::class_<Checkpoint>(module, "LoadedCheckpoint")
      .def_ro("info", &Checkpoint::info)
      .def_prop_ro("current_step", [](const Checkpoint& self) { return self.content.current_step; })
      .def_prop_ro("completed_steps",
                   [](const Checkpoint& self) { return self.content.completed_steps; })
      .def_prop_ro(
          "state", [](const Checkpoint& self) { return values_to(self.content.state); },
          nb::sig("def state(self) -> dict[str, typing.Any]"))
      .def_prop_ro("tables", &table_names)
      .def(
          "open",
          [](const Checkpoint& self, const std::string& table) {
            return OutgoingRows(self.content.tables.at(table));
          },
          nb::arg("table"));
  nb::class_<Recovery>(module, "Recovery")
      .def_ro("checkpoint", &Recovery::checkpoint)
      .def_ro("report", &Recovery::report);
  nb::class_<Saving>(module, "Saving")
      .def("done", &Saving::done)
      .def("result", &Saving::result, Release());
}

// Both ways to save take the same.
template <typename Class, typename Save>
void bind_saving(Class& checkpoints, const char* name, Save save) {
  checkpoints.def(
      name,
      [save](Checkpoints& self, const std::string& process, const std::string& step,
             const std::vector<std::string>& completed, const nb::object& state,
             const NamedRows& tables, const std::string& given_name,
             const std::string& schema_version, const std::string& application_version) {
        const CheckpointContent content = content_of(step, completed, state, tables);
        const CheckpointNote note{given_name, schema_version, application_version};
        const nb::gil_scoped_release released;
        return (self.*save)(process, content, note);
      },
      nb::arg("process"), nb::arg("current_step"), nb::arg("completed_steps"),
      nb::arg("state").none(), nb::arg("tables"), nb::arg("name"), nb::arg("schema_version"),
      nb::arg("application_version"));
}

template <typename Class>
void bind_retention(Class& checkpoints) {
  checkpoints
      .def(
          "set_policy",
          [](Checkpoints& self, int64_t last, int64_t every, std::optional<Microseconds> age,
             std::optional<int64_t> bytes) { self.set_policy(policy_of(last, every, age, bytes)); },
          nb::arg("keep_last"), nb::arg("keep_every"), nb::arg("max_age").none(),
          nb::arg("max_bytes").none(), Release())
      .def(
          "cleanup",
          [](Checkpoints& self, const std::string& process, int64_t last, int64_t every,
             std::optional<Microseconds> age, std::optional<int64_t> bytes, bool dry_run) {
            return self.cleanup(process, policy_of(last, every, age, bytes), dry_run);
          },
          nb::arg("process"), nb::arg("keep_last"), nb::arg("keep_every"),
          nb::arg("max_age").none(), nb::arg("max_bytes").none(), nb::arg("dry_run"), Release())
      .def("remove", &Checkpoints::remove, nb::arg("id"), Release());
}

}  // namespace

void bind_checkpoints(nb::module_& module) {
  bind_infos(module);
  bind_contents(module);
  nb::class_<Checkpoints> checkpoints(module, "Checkpoints");
  checkpoints.def(nb::init<std::shared_ptr<OpenWorkspace>>(), nb::arg("workspace"));
  bind_saving(checkpoints, "create", &Checkpoints::create);
  bind_saving(checkpoints, "create_async", &Checkpoints::create_async);
  bind_retention(checkpoints);
  checkpoints.def("load", &Checkpoints::load, nb::arg("id"), Release())
      .def("load_latest", &Checkpoints::load_latest, nb::arg("process"), Release())
      .def("list_checkpoints", &Checkpoints::list, nb::arg("process"), Release())
      .def("set_schema_version", &Checkpoints::set_schema_version, nb::arg("version"), Release())
      .def(
          "add_migration",
          [](Checkpoints& self, const std::string& from, const std::string& to,
             nb::callable function) {
            const Migration migration(std::move(function));
            const nb::gil_scoped_release released;
            self.add_migration(from, to, migration);
          },
          nb::arg("start"), nb::arg("end"), nb::arg("migration"))
      .def("close", &Checkpoints::close, Release());
}

}  // namespace cairn::python
