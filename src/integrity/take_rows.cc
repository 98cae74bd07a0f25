#include "integrity/take_rows.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/compute/initialize.h>

#include "data/arrow_error.h"
#include "formats/physical_layout.h"

namespace cairn::integrity {

std::shared_ptr<arrow::RecordBatch> take_rows(const arrow::RecordBatch& batch,
                                              const std::vector<int64_t>& rows) {
  constexpr std::string_view kDoing = "pick rows to compare";
  static const arrow::Status ready = arrow::compute::Initialize();
  check(ready, kDoing);
  arrow::Int64Builder builder;
  check(builder.AppendValues(rows), kDoing);
  const auto positions = value_or_throw(builder.Finish(), kDoing);
  arrow::ArrayVector columns;
  arrow::FieldVector fields;
  for (int i = 0; i < batch.num_columns(); ++i) {
    // Some layouts, such as run ends, have no kernel for this.
    const auto plain = formats::to_plain(batch.column(i), arrow::default_memory_pool());
    columns.push_back(value_or_throw(arrow::compute::Take(*plain, *positions), kDoing));
    fields.push_back(arrow::field(batch.column_name(i), plain->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)),
                                  static_cast<int64_t>(rows.size()), std::move(columns));
}

}  // namespace cairn::integrity
