#include "cairn/checkpoint_manager.h"

#include <arrow/table.h>
#include <fmt/format.h>

#include <utility>

#include "base/at_fork.h"
#include "base/names.h"
#include "cairn/error.h"
#include "checkpoints/background_saves.h"
#include "checkpoints/extract.h"
#include "checkpoints/loading.h"
#include "checkpoints/process_writer.h"
#include "checkpoints/removal.h"
#include "checkpoints/retention.h"
#include "checkpoints/state_document.h"
#include "engine/resources.h"

namespace cairn {

using checkpoints::SaveRequest;

/// A manager: what it was told, and what lives with the threads of this process.
class CheckpointManager::Implementation {
 public:
  explicit Implementation(std::shared_ptr<store::Store> store) : store_(std::move(store)) {}

  SaveRequest request_for(const std::string& process, const CheckpointContent& content,
                          CheckpointNote note);
  CheckpointInfo save(const SaveRequest& request);
  template <typename Use>
  auto with_loader(const Use& use);
  void let_go();
  engine::Engine& engine();

  store::Store& store() { return *store_; }
  catalog::CheckpointRows& rows() { return store_->catalog().checkpoints(); }
  checkpoints::BackgroundSaves& background() { return live_->background; }

  void set_policy(const CheckpointPolicy& policy) {
    const std::lock_guard lock(live_->mutex);
    policy_ = policy;
  }
  template <typename Change>
  void change_migrations(const Change& change) {
    const std::lock_guard lock(live_->mutex);
    change(migrations_);
  }

 private:
  struct Live {
    explicit Live(Implementation& owner)
        : background([&owner](const SaveRequest& request) { return owner.save(request); }) {}

    std::mutex mutex;                        // held for a moment
    std::unique_ptr<engine::Engine> engine;  // made when first needed
    std::mutex saving;                       // held while something is saved
    std::map<std::string, std::unique_ptr<checkpoints::ProcessWriter>> writers;  // by process
    checkpoints::BackgroundSaves background;
  };

  // The threads of the parent do not exist in its child, and its locks may be held for ever.
  void begin_anew() {
    static_cast<void>(live_.release());
    live_ = std::make_unique<Live>(*this);
  }

  const std::shared_ptr<store::Store> store_;
  CheckpointPolicy policy_;
  checkpoints::StateMigrations migrations_;
  std::unique_ptr<Live> live_ = std::make_unique<Live>(*this);
  const AtFork at_fork_{[this] { begin_anew(); }};
};

SaveRequest CheckpointManager::Implementation::request_for(const std::string& process,
                                                           const CheckpointContent& content,
                                                           CheckpointNote note) {
  check_name("process name", process);
  if (!note.name.empty()) check_name("checkpoint name", note.name);
  for (const auto& [name, table] : content.tables) {
    check_name("table name", name);
    if (table == nullptr)
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("the table '{}' of a checkpoint is null", printable(name)));
  }
  if (note.schema_version.empty()) {
    const std::lock_guard lock(live_->mutex);
    note.schema_version = migrations_.target();
  }
  SaveRequest request;
  request.process = process;
  request.state_text = checkpoints::to_state_text(content, note);
  request.note = std::move(note);
  request.step = content.current_step;
  request.completed_steps = content.completed_steps;
  request.tables = content.tables;
  request.version_mark = rows().version_mark();
  return request;
}

CheckpointInfo CheckpointManager::Implementation::save(const SaveRequest& request) {
  const std::lock_guard lock(live_->saving);
  CheckpointPolicy policy;
  {
    const std::lock_guard reading(live_->mutex);
    policy = policy_;
  }
  auto& writer = live_->writers[request.process];
  if (writer == nullptr)
    writer = std::make_unique<checkpoints::ProcessWriter>(store_, request.process);
  try {
    return writer->save(engine(), request, policy);
  } catch (const Error& error) {
    // A writer that was replaced has to take the process over anew.
    if (error.kind() == ErrorKind::conflict) writer.reset();
    throw;
  }
}

template <typename Use>
auto CheckpointManager::Implementation::with_loader(const Use& use) {
  checkpoints::StateMigrations migrations;
  {
    const std::lock_guard lock(live_->mutex);
    migrations = migrations_;
  }
  return use(checkpoints::Loader(*store_, engine().threads(), migrations));
}

void CheckpointManager::Implementation::let_go() {
  const std::lock_guard lock(live_->saving);
  for (auto& [process, writer] : live_->writers)
    if (writer != nullptr) writer->release();
  live_->writers.clear();
}

engine::Engine& CheckpointManager::Implementation::engine() {
  const std::lock_guard lock(live_->mutex);
  if (live_->engine == nullptr) {
    const PipelineConfig& config = store_->config();
    live_->engine =
        std::make_unique<engine::Engine>(engine::resolve_threads(config.threads),
                                         engine::resolve_memory_budget(config.memory_budget));
  }
  return *live_->engine;
}

CheckpointManager::CheckpointManager(const PipelineConfig& config)
    : CheckpointManager(store::Store::open(config, store::Store::Mode::create)) {}

CheckpointManager::CheckpointManager(std::shared_ptr<store::Store> store)
    : implementation_(std::make_unique<Implementation>(std::move(store))) {}

CheckpointManager::CheckpointManager(CheckpointManager&&) noexcept = default;
CheckpointManager& CheckpointManager::operator=(CheckpointManager&&) noexcept = default;

CheckpointManager::~CheckpointManager() {
  if (implementation_ == nullptr) return;
  try {
    close();
  } catch (const Error&) {
    // Who wants to know calls close(); the kernel frees the locks all the same.
  }
}

CheckpointInfo CheckpointManager::create_checkpoint(const std::string& process,
                                                    const CheckpointContent& content,
                                                    const CheckpointNote& note) {
  const SaveRequest request = implementation_->request_for(process, content, note);
  implementation_->background().wait(process);
  implementation_->background().throw_error(process);
  return implementation_->save(request);
}

std::shared_future<CheckpointInfo> CheckpointManager::create_checkpoint_async(
    const std::string& process, const CheckpointContent& content, const CheckpointNote& note) {
  implementation_->background().throw_error(process);
  return implementation_->background().add(implementation_->request_for(process, content, note));
}

Checkpoint CheckpointManager::load_checkpoint(const std::string& id) const {
  const auto row = checkpoints::existing_checkpoint(implementation_->store(), id);
  return implementation_->with_loader([&](const auto& loader) { return loader.load(row); });
}

CheckpointDetails CheckpointManager::describe(const std::string& id) const {
  return checkpoints::describe(implementation_->store(),
                               checkpoints::existing_checkpoint(implementation_->store(), id));
}

void CheckpointManager::verify(const std::string& id) const {
  const auto row = checkpoints::existing_checkpoint(implementation_->store(), id);
  implementation_->with_loader([&](const auto& loader) { loader.verify(row); });
}

std::vector<std::filesystem::path> CheckpointManager::extract(const Checkpoint& checkpoint,
                                                              const std::filesystem::path& folder,
                                                              Format format) const {
  return checkpoints::extract(checkpoint, folder, format, implementation_->store().config(),
                              implementation_->engine());
}

std::optional<Recovery> CheckpointManager::load_latest(const std::string& process) const {
  implementation_->background().wait(process);
  return implementation_->with_loader(
      [&](const auto& loader) { return loader.load_latest(process); });
}

std::vector<CheckpointInfo> CheckpointManager::list_checkpoints(const std::string& process) const {
  const auto rows = implementation_->rows().list(process);
  return {rows.begin(), rows.end()};
}

void CheckpointManager::set_policy(const CheckpointPolicy& policy) {
  checkpoints::check_policy(policy);
  implementation_->set_policy(policy);
}

CheckpointRemoval CheckpointManager::cleanup(const std::string& process,
                                             const CheckpointPolicy& policy, bool dry_run) {
  checkpoints::check_policy(policy);
  const auto processes =
      process.empty() ? implementation_->rows().processes() : std::vector<std::string>{process};
  CheckpointRemoval all;
  for (const std::string& each : processes) {
    implementation_->background().wait(each);
    CheckpointRemoval removal = implementation_->with_loader([&](const auto& loader) {
      return checkpoints::clean_up(implementation_->store(), loader, each, policy, dry_run);
    });
    std::move(removal.checkpoints.begin(), removal.checkpoints.end(),
              std::back_inserter(all.checkpoints));
    std::move(removal.set_aside.begin(), removal.set_aside.end(),
              std::back_inserter(all.set_aside));
    all.bytes += removal.bytes;
  }
  return all;
}

void CheckpointManager::remove(const std::string& id) {
  checkpoints::remove_one(implementation_->store(), id);
}

void CheckpointManager::add_migration(const std::string& from, const std::string& to,
                                      StateMigration migration) {
  implementation_->change_migrations(
      [&](auto& migrations) { migrations.add(from, to, std::move(migration)); });
}

void CheckpointManager::set_schema_version(const std::string& version) {
  implementation_->change_migrations([&](auto& migrations) { migrations.set_target(version); });
}

void CheckpointManager::close() {
  implementation_->background().wait({});
  implementation_->let_go();
  implementation_->background().throw_error({});
}

}  // namespace cairn
