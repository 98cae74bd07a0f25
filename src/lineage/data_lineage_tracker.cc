#include "cairn/data_lineage.h"

#include "base/names.h"
#include "base/secrets.h"
#include "cairn/error.h"
#include "lineage/reference.h"
#include "store/lineage_mirror.h"
#include "store/recovery.h"
#include "store/store.h"

namespace cairn {
namespace {

int64_t micros(TimePoint time) {
  return time.time_since_epoch().count();
}

std::vector<LineageNode> nodes_of(std::vector<catalog::KeyedNode> keyed) {
  std::vector<LineageNode> nodes;
  nodes.reserve(keyed.size());
  for (auto& one : keyed) nodes.push_back(std::move(one.node));
  return nodes;
}

// The catalog is the truth, and has it already: a mirror that cannot be written must not fail what
// it mirrors. The next one who writes it, or opens the store, brings it up to date.
void refresh_mirror(store::Store& store) {
  try {
    store::refresh_lineage_mirror(store);
  } catch (const Error&) {
  }
}

std::vector<LineageNode> parse_all(const std::vector<std::string>& references) {
  std::vector<LineageNode> nodes;
  for (const std::string& reference : references) nodes.push_back(LineageNode::parse(reference));
  return nodes;
}

}  // namespace

DataLineageTracker::DataLineageTracker(const PipelineConfig& config)
    : DataLineageTracker(store::Store::open(config, store::Store::Mode::create)) {}

DataLineageTracker::DataLineageTracker(std::shared_ptr<store::Store> store)
    : store_(std::move(store)) {}

LineageNode DataLineageTracker::register_dataset(const std::string& dataset,
                                                 const Value::Map& metadata) {
  LineageNode node;
  node.dataset = LineageDataset::parse(dataset);
  node.metadata = metadata;
  LineageNode registered = store_->catalog().lineage().register_version(node, store_->now());
  refresh_mirror(*store_);
  return registered;
}

LineageRun DataLineageTracker::track_transformation(const std::string& id,
                                                    const std::vector<std::string>& inputs,
                                                    const std::vector<std::string>& outputs,
                                                    const std::string& transformation_type,
                                                    const Value::Map& parameters,
                                                    const std::vector<ColumnEdge>& columns) {
  LineageRun run;
  run.id = id;
  run.job = transformation_type;
  run.kind = transformation_type;
  run.parameters = parameters;
  run.inputs = parse_all(inputs);
  run.outputs = parse_all(outputs);
  run.columns = columns;
  return record_run(run);
}

LineageRun DataLineageTracker::record_run(const LineageRun& run) {
  LineageRun recorded = record_runs({run}).front();
  refresh_mirror(*store_);
  return recorded;
}

std::vector<LineageRun> DataLineageTracker::record_runs(std::vector<LineageRun> runs) {
  const TimePoint now = store_->now();
  for (LineageRun& run : runs) {
    if (run.id.empty()) run.id = store_->new_id().text();
    if (run.started == 0) run.started = run.ended == 0 ? micros(now) : run.ended;
    if (run.ended == 0) run.ended = micros(now);
  }
  return store_->catalog().lineage().record(runs, now);
}

LineageRun DataLineageTracker::start_run(const std::string& job, const Value::Map& parameters,
                                         const std::string& code_version, const std::string& parent,
                                         const std::string& kind) {
  LineageRun run;
  run.id = store_->new_id().text();
  run.job = job;
  run.kind = kind;
  run.state = RunState::RUNNING;
  run.parent = parent;
  run.code_version = code_version;
  run.parameters = without_secrets(parameters);
  run.started = micros(store_->now());
  store_->catalog().lineage().start(run, store_->writer());
  return run;
}

LineageNode DataLineageTracker::add_input(const std::string& run, const LineageNode& node) {
  return store_->catalog().lineage().add_input(run, node, store_->now());
}

LineageNode DataLineageTracker::add_output(const std::string& run, const LineageNode& node) {
  return store_->catalog().lineage().add_output(run, node, store_->now());
}

void DataLineageTracker::finish_run(const std::string& run, const std::string& error) {
  store_->catalog().lineage().finish(run, error.empty() ? RunState::COMPLETE : RunState::FAIL,
                                     error, store_->now());
  refresh_mirror(*store_);
}

int64_t DataLineageTracker::reap_runs() {
  return store::end_runs_of_the_dead(*store_);
}

LineageNode DataLineageTracker::find(std::string_view reference) const {
  return lineage::resolve(store_->catalog().lineage(), reference).node;
}

std::optional<LineageNode> DataLineageTracker::find_by_digest(const std::string& digest) const {
  auto found = store_->catalog().lineage().find_by_digest(digest);
  if (!found) return std::nullopt;
  return std::move(found->node);
}

std::vector<LineageNode> DataLineageTracker::versions(const LineageDataset& dataset,
                                                      int64_t limit) const {
  return nodes_of(store_->catalog().lineage().versions(dataset, limit));
}

std::vector<LineageNode> DataLineageTracker::datasets(int64_t limit) const {
  return nodes_of(store_->catalog().lineage().datasets(limit));
}

LineageRun DataLineageTracker::find_run(const std::string& id) const {
  if (auto run = store_->catalog().lineage().find_run(id)) return std::move(*run);
  throw Error(ErrorKind::not_found, "there is no run '" + printable(id) + "' in lineage",
              "`cairn lineage runs` lists them");
}

std::vector<LineageRun> DataLineageTracker::runs(const std::string& job, int64_t limit) const {
  return store_->catalog().lineage().runs(job, limit);
}

std::vector<LineageNode> DataLineageTracker::orphans(int64_t limit) const {
  return nodes_of(store_->catalog().lineage().orphans(limit));
}

}  // namespace cairn
