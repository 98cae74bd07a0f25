#include "workspace/lineage_capture.h"

#include <arrow/table.h>

#include <utility>

#include "cairn/error.h"

namespace cairn::workspace {
namespace {

// So many runs share a commit: its fsyncs cost far more than their rows.
constexpr size_t kRunsOfOneCommit = 64;

std::string job_of(const CacheIdentity& identity) {
  return identity.process_name + "/" + identity.step_name;
}

// What is known of a cached result. With sequence 0 it stands for the recorded version that has
// this content.
LineageNode node_of(const CacheIdentity& identity, const CacheResult& result) {
  LineageNode node;
  node.dataset = {"cache", job_of(identity)};
  node.digest = result.digest;
  return node;
}

// Content says more than the word for it: a result that was kept before is that result.
LineageNode node_of(const DataLineageTracker& tracker, const CacheInput& input) {
  if (auto known = tracker.find_by_digest(input.digest)) return *std::move(known);
  LineageNode node = LineageNode::parse(input.name);
  node.digest = input.digest;
  return node;
}

LineageNode node_of(const CheckpointInfo& checkpoint) {
  LineageNode node;
  node.dataset = {"checkpoint", checkpoint.process};
  node.digest = checkpoint.digest;
  node.metadata = {{"id", checkpoint.id}, {"step", checkpoint.step}};
  return node;
}

LineageRun run_of(const CacheIdentity& identity, const char* kind) {
  LineageRun run;
  run.job = job_of(identity);
  run.kind = kind;
  run.parameters = identity.parameters;
  run.code_version = identity.code_version;
  return run;
}

LineageRun run_of(const CheckpointInfo& checkpoint, const char* kind) {
  LineageRun run;
  run.job = checkpoint.process;
  run.kind = kind;
  return run;
}

}  // namespace

LineageRun LineageCapture::start(const std::string& job, const Value::Map& parameters,
                                 const std::string& code_version) {
  const std::lock_guard turn(mutex_);
  if (current_) {
    throw Error(ErrorKind::conflict, "run " + *current_ + " has not ended",
                "finish it, or use another manager for a run beside it");
  }
  LineageRun run = tracker_.start_run(job, parameters, code_version);
  current_ = run.id;
  return run;
}

void LineageCapture::finish(const std::string& error) {
  const std::lock_guard turn(mutex_);
  if (!current_) throw Error(ErrorKind::conflict, "no run is on", "start one");
  tracker_.finish_run(*std::exchange(current_, std::nullopt), error);
}

std::optional<std::string> LineageCapture::current_run() const {
  const std::lock_guard turn(mutex_);
  return current_;
}

// Alone, and without an exception: what lineage cannot take must not fail the work it tells of.
template <typename Work>
void LineageCapture::attempt(const Work& work) {
  const std::lock_guard turn(mutex_);
  try {
    work();
  } catch (const Error& error) {
    failure_ = error.what();
  }
}

void LineageCapture::result_kept(const CacheIdentity& identity, const CacheResult& result) {
  attempt([&] {
    LineageRun run = run_of(identity, "cache_put");
    for (const CacheInput& input : identity.inputs) run.inputs.push_back(node_of(tracker_, input));
    LineageNode& output = run.outputs.emplace_back(node_of(identity, result));
    output.metadata = {{"key", result.key}};
    if (result.table != nullptr) output.rows = result.table->num_rows();
    take(std::move(run));
  });
}

void LineageCapture::result_found(const CacheIdentity& identity, const CacheResult& result) {
  attempt([&] {
    LineageRun run = run_of(identity, "cache_hit");
    run.inputs.push_back(node_of(identity, result));
    take(std::move(run));
  });
}

void LineageCapture::checkpoint_saved(const CheckpointInfo& checkpoint) {
  attempt([&] {
    LineageRun run = run_of(checkpoint, "checkpoint");
    LineageNode& output = run.outputs.emplace_back(node_of(checkpoint));
    output.rows = checkpoint.rows;
    output.bytes = checkpoint.bytes;
    take(std::move(run));
  });
}

void LineageCapture::checkpoint_loaded(const CheckpointInfo& checkpoint) {
  attempt([&] {
    LineageRun run = run_of(checkpoint, "resume");
    run.inputs.push_back(node_of(checkpoint));
    take(std::move(run));
  });
}

void LineageCapture::take(LineageRun run) {
  if (current_) {
    for (const LineageNode& node : run.inputs) tracker_.add_input(*current_, node);
    for (const LineageNode& node : run.outputs) tracker_.add_output(*current_, node);
    return;
  }
  run.started = run.ended = store_->now().time_since_epoch().count();
  waiting_.push_back(std::move(run));
  if (waiting_.size() >= kRunsOfOneCommit) record_waiting();
}

void LineageCapture::record_waiting() {
  // Taken out first: what cannot be recorded once is not tried again with all that follows.
  if (!waiting_.empty()) tracker_.record_runs(std::exchange(waiting_, {}));
}

void LineageCapture::flush() {
  attempt([&] { record_waiting(); });
}

std::string LineageCapture::failure() const {
  const std::lock_guard turn(mutex_);
  return failure_;
}

}  // namespace cairn::workspace
