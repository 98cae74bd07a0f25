// Fills one store with a million edges and times what is asked of lineage on the way:
//   lineage_bench OUTPUT_FOLDER EDGES
// and prints one JSON object: CPU seconds of each call, by how many edges there were.
//
// The graph: a tree under `root` in which every node makes ten more, 111,110 in all; a chain of
// 1,000; and runs that read four earlier versions at random, which are all the rest. A second store
// beside it holds one chain of EDGES.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <functional>
#include <random>
#include <vector>

#include "cairn/data_lineage.h"
#include "cairn/error.h"
#include "stopwatch.h"
#include "store/store.h"

namespace cairn::bench {
namespace {

constexpr int64_t kBatch = 500;    // runs in one transaction
constexpr int64_t kInputs = 4;     // of each run of the random part
constexpr int64_t kChain = 1000;   // long
constexpr int64_t kFanOut = 10;    // of each node of the tree
constexpr int64_t kLevels = 5;     // of the tree
constexpr int kSingles = 200;      // transactions of one run
constexpr int64_t kRecent = 1000;  // versions that inputs are mostly taken from

double cpu_seconds_of(const std::function<void()>& work) {
  const double before = cpu_seconds();
  work();
  return cpu_seconds() - before;
}

DataLineageTracker open(const std::string& output) {
  PipelineConfig config;
  config.output_data_path = output;
  config.temp_data_path = output + "-temp";
  return DataLineageTracker(config);
}

LineageNode node(const std::string& name) {
  LineageNode node;
  node.dataset.name = name;
  return node;
}

LineageRun run_of(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  LineageRun run;
  run.job = "job";
  for (const std::string& input : inputs) run.inputs.push_back(node(input));
  for (const std::string& output : outputs) run.outputs.push_back(node(output));
  return run;
}

// Runs are recorded a batch at a time.
class Filler {
 public:
  explicit Filler(DataLineageTracker& tracker) : tracker_(tracker) {}
  ~Filler() { flush(); }

  void add(LineageRun run) {
    runs_.push_back(std::move(run));
    if (static_cast<int64_t>(runs_.size()) == kBatch) flush();
  }

  void flush() {
    if (!runs_.empty()) tracker_.record_runs(std::move(runs_));
    runs_.clear();
  }

 private:
  DataLineageTracker& tracker_;
  std::vector<LineageRun> runs_;
};

int64_t add_tree(DataLineageTracker& tracker) {
  Filler filler(tracker);
  int64_t edges = 0;
  std::vector<std::string> level{"root"};
  for (int64_t depth = 1; depth <= kLevels; ++depth) {
    std::vector<std::string> next;
    for (const std::string& parent : level) {
      std::vector<std::string> children;
      for (int64_t i = 0; i < kFanOut; ++i) children.push_back(parent + std::to_string(i));
      filler.add(run_of({parent}, children));
      edges += kFanOut;
      next.insert(next.end(), children.begin(), children.end());
    }
    filler.flush();
    level = std::move(next);
  }
  return edges;
}

void add_chain(DataLineageTracker& tracker, const std::string& name, int64_t length) {
  Filler filler(tracker);
  for (int64_t i = 0; i < length; ++i)
    filler.add(run_of({name + std::to_string(i)}, {name + std::to_string(i + 1)}));
}

// Four inputs out of earlier outputs: three recent ones, and one from anywhere.
class RandomRuns {
 public:
  LineageRun next() {
    const int64_t number = made_++;
    std::vector<std::string> inputs;
    for (int64_t i = 0; i < kInputs; ++i) {
      const int64_t oldest = i == 0 ? 0 : std::max<int64_t>(0, number - kRecent);
      const int64_t newest = std::max<int64_t>(oldest, number - 1);
      std::uniform_int_distribution<int64_t> pick(oldest, newest);
      inputs.push_back(fmt::format("n{}", pick(random_)));
    }
    if (number == 0) inputs = {"start"};
    return run_of(inputs, {fmt::format("n{}", number)});
  }

 private:
  std::mt19937_64 random_{1};
  int64_t made_ = 0;
};

struct Growth {
  int64_t edges;
  double batched;  // CPU seconds a run, many in one transaction
  double single;   // and one by one
};

Growth measure_inserts(DataLineageTracker& tracker, RandomRuns& runs, int64_t edges) {
  std::vector<LineageRun> batch;
  for (int64_t i = 0; i < kBatch; ++i) batch.push_back(runs.next());
  const double batched = cpu_seconds_of([&] { tracker.record_runs(batch); });
  const double single = cpu_seconds_of([&] {
    for (int i = 0; i < kSingles; ++i) tracker.record_runs({runs.next()});
  });
  return {edges, batched / kBatch, single / kSingles};
}

std::vector<Growth> fill(DataLineageTracker& tracker, int64_t edges) {
  std::vector<Growth> growth;
  RandomRuns runs;
  int64_t count = 0;
  const auto add_until = [&](int64_t wanted) {
    Filler filler(tracker);
    for (; count < wanted; count += kInputs) filler.add(runs.next());
  };
  for (int64_t size = 1000; size <= edges / 10; size *= 10) {
    add_until(size);
    growth.push_back(measure_inserts(tracker, runs, size));
  }
  count += add_tree(tracker);
  add_chain(tracker, "deep", kChain);
  count += kChain;
  add_until(edges);
  growth.push_back(measure_inserts(tracker, runs, edges));
  return growth;
}

// Seconds of the first time, on a cold connection, and of the fastest of three more.
std::string timed(const char* name, const std::function<int64_t()>& work) {
  int64_t answer = 0;
  const double first = cpu_seconds_of([&] { answer = work(); });
  double best = first;
  for (int i = 0; i < 3; ++i) best = std::min(best, cpu_seconds_of([&] { answer = work(); }));
  return fmt::format(R"("{}": {{"answer": {}, "first": {:.6f}, "best": {:.6f}}})", name, answer,
                     first, best);
}

int64_t size_of(const LineageGraph& graph) {
  return static_cast<int64_t>(graph.nodes.size());
}

void run(const std::string& output, int64_t edges) {
  std::vector<std::string> results;
  {
    DataLineageTracker tracker = open(output);
    for (const Growth& each : fill(tracker, edges)) {
      results.push_back(fmt::format(R"("insert at {}": {{"batched": {:.9f}, "single": {:.9f}}})",
                                    each.edges, each.batched, each.single));
    }
  }
  DataLineageTracker tracker = open(output);
  const LineageQuery all{0, 0, {}};
  const std::string deep = fmt::format("deep{}", kChain);
  results.push_back(
      timed("upstream of 1000 deep", [&] { return size_of(tracker.upstream(deep, all)); }));
  results.push_back(timed("downstream of the root, whole",
                          [&] { return size_of(tracker.downstream("root", all)); }));
  results.push_back(timed("impact of the root",
                          [&] { return static_cast<int64_t>(tracker.impact("root").size()); }));
  results.push_back(timed("neighbours of a node", [&] {
    return size_of(tracker.around("n100", {1, 1000, {}}));
  }));
  DataLineageTracker chain = open(output + "-chain");
  add_chain(chain, "c", edges);
  const std::string last = fmt::format("c{}", edges);
  results.push_back(
      timed("upstream of the whole chain", [&] { return size_of(chain.upstream(last, all)); }));
  results.push_back(timed("impact of its start",
                          [&] { return static_cast<int64_t>(chain.impact("c0").size()); }));
  fmt::print("{{{}}}\n", fmt::join(results, ", "));
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: lineage_bench OUTPUT_FOLDER EDGES\n");
    return 2;
  }
  try {
    cairn::bench::run(argv[1], std::strtoll(argv[2], nullptr, 10));
    return 0;
  } catch (const cairn::Error& error) {
    fmt::print(stderr, "lineage_bench: {}\n", error.what());
    return cairn::exit_code(error.kind());
  }
}
