#include "engine/engine.h"

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>

#include <algorithm>
#include <deque>

#include "data/arrow_error.h"
#include "engine/morsel_source.h"
#include "engine/ordered_lane.h"
#include "engine/output_lane.h"
#include "engine/task_group.h"

namespace cairn::engine {
namespace {

// In flight beside the rows themselves, for every output: the encoded bytes, and the rows decoded
// back from them.
constexpr int64_t kBytesPerRowByteAndOutput = 2;

// Of the budget, what may be in flight; the rest is for what codecs and sources allocate for a
// moment.
constexpr double kInFlightShare = 0.6;

struct Examined {
  data::StrideHashes strides;
  int64_t rows;
  std::vector<data::ColumnProfile> profiles;
};

std::vector<data::ColumnProfile> profiles_of_no_rows(const std::shared_ptr<arrow::Schema>& schema) {
  return data::profile_columns(
      *value_or_throw(arrow::RecordBatch::MakeEmpty(schema), "make an empty table"));
}

// One table on its way from the source to its outputs.
class TablePass {
 public:
  TablePass(Engine& engine, const std::shared_ptr<arrow::Schema>& schema,
            const std::vector<Output>& outputs, Progress& progress)
      : cost_factor_(1 + kBytesPerRowByteAndOutput * static_cast<int64_t>(outputs.size())),
        budget_(std::make_shared<MemoryBudget>(
            static_cast<int64_t>(static_cast<double>(engine.memory_bytes()) * kInFlightShare))),
        progress_(progress),
        digester_(*schema),
        examined_([this](Examined part) { collect(std::move(part)); }),
        tasks_(engine.threads()) {
    // Units that are still gathering must leave room for more to be in flight, or nothing would
    // move.
    const int64_t unit_bytes = std::max<int64_t>(1, budget_->limit() / (4 * cost_factor_));
    for (const Output& output : outputs)
      lanes_.emplace_back(output, schema, unit_bytes, tasks_, engine.pool());
  }

  WrittenTable run(arrow::RecordBatchReader& source) {
    try {
      MorselSource morsels(source, std::max<int64_t>(1, budget_->limit() / (8 * cost_factor_)));
      while (const auto morsel = morsels.next()) hand_on(*morsel);
      for (OutputLane& lane : lanes_) lane.flush();
      tasks_.finish();
      table_.input_bytes = morsels.bytes();
    } catch (...) {
      tasks_.stop();  // then ~TaskGroup waits, before anything that the tasks refer to is gone
      throw;
    }
    table_.digest = digester_.finish();
    table_.rows = table_.digest.rows;
    if (table_.profiles.empty()) table_.profiles = profiles_of_no_rows(source.schema());
    for (OutputLane& lane : lanes_) table_.outputs.push_back(lane.finish(table_.digest));
    return std::move(table_);
  }

 private:
  void hand_on(const Morsel& morsel) {
    const auto reservation =
        budget_->reserve(morsel.bytes * cost_factor_, [this] { while_waiting(); });
    tasks_.check();
    progress_.advance(morsel.rows->num_rows());
    tasks_.run([this, number = next_morsel_++, rows = morsel.rows, reservation] {
      examined_.bring(number, Examined{data::hash_strides(*rows), rows->num_rows(),
                                       data::profile_columns(*rows)});
    });
    for (OutputLane& lane : lanes_) lane.add(morsel, reservation);
  }

  void while_waiting() {
    tasks_.check();
    progress_.advance(0);
    // Only rows of units that are not full can be in flight then: they would wait for ever.
    if (tasks_.idle()) {
      for (OutputLane& lane : lanes_) lane.flush();
    }
  }

  void collect(Examined part) {
    digester_.append(part.strides, part.rows);
    if (table_.profiles.empty()) {
      table_.profiles = std::move(part.profiles);
    } else {
      data::merge_profiles(table_.profiles, part.profiles);
    }
  }

  const int64_t cost_factor_;
  const std::shared_ptr<MemoryBudget> budget_;
  Progress& progress_;
  WrittenTable table_;
  data::TableDigester digester_;
  OrderedLane<Examined> examined_;
  std::deque<OutputLane> lanes_;
  int64_t next_morsel_ = 0;
  TaskGroup tasks_;  // last, so that its destructor waits before anything else goes
};

}  // namespace

Engine::Engine(int threads, int64_t memory_bytes)
    : memory_bytes_(memory_bytes),
      proxy_(std::make_unique<arrow::ProxyMemoryPool>(arrow::default_memory_pool())),
      pool_(std::make_unique<arrow::CappedMemoryPool>(proxy_.get(), memory_bytes)),
      threads_(threads) {}

Engine::~Engine() = default;

int64_t Engine::peak_bytes() const {
  return proxy_->max_memory();
}

WrittenTable Engine::write(arrow::RecordBatchReader& source, const std::vector<Output>& outputs,
                           Progress& progress) {
  return TablePass(*this, source.schema(), outputs, progress).run(source);
}

}  // namespace cairn::engine
