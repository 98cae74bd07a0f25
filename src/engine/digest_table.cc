#include "engine/digest_table.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>

#include "engine/morsel_source.h"
#include "engine/ordered_lane.h"
#include "engine/task_group.h"

namespace cairn::engine {
namespace {

constexpr int64_t kMorselBytes = 4 << 20;  // what fits into the caches of one core, about

struct Part {
  data::StrideHashes strides;
  int64_t rows = 0;
};

}  // namespace

data::TableDigest digest_table(const std::shared_ptr<arrow::Table>& table, ThreadPool& threads) {
  data::TableDigester digester(*table->schema());
  OrderedLane<Part> parts([&](const Part& part) { digester.append(part.strides, part.rows); });
  arrow::TableBatchReader reader(table);
  MorselSource morsels(reader, kMorselBytes);
  {
    TaskGroup tasks(threads);
    int64_t number = 0;
    // The table is in memory as a whole: what waits for a thread costs nothing.
    while (const auto morsel = morsels.next()) {
      tasks.run([&parts, number, rows = morsel->rows] {
        parts.bring(number, {data::hash_strides(*rows), rows->num_rows()});
      });
      ++number;
    }
    tasks.finish();
  }
  return digester.finish();
}

}  // namespace cairn::engine
