#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace cairn::cli {

/// A table of the demo shop.
struct DemoTable {
  std::string name;
  std::shared_ptr<arrow::RecordBatch> rows;
};

/// The data of a shop that never was, with what makes real data awkward: decimals, zoned times,
/// categories, nulls beside empty strings, text with quotes, commas, line breaks and accents. The
/// same on every run and machine.
///
/// Shape    order_items (200,000 rows), orders, customers, products, reviews.
/// Units    `corrected` is the shop a day later: three prices and one review are put right.
std::vector<DemoTable> make_demo_shop(bool corrected);

}  // namespace cairn::cli
