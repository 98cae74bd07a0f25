#include "io/layout.h"

#include <gtest/gtest.h>

#include "support/errors.h"

namespace cairn::io {
namespace {

TEST(Layout, MakesPathsOfTheSpecFromSlugs) {
  const TimePoint created = *parse_rfc3339("2026-01-15T09:30:12Z");
  EXPECT_EQ(Layout::data_file("E-Commerce Data", created, "3f9a1c2e", "csv"),
            "csv/e-commerce_data_20260115_093012_3f9a1c2e.csv");
  EXPECT_EQ(Layout::data_file("x", created, "3f9a1c2e", "parquet"),
            "parquet/x_20260115_093012_3f9a1c2e.parquet");
  EXPECT_EQ(Layout::analytical_file("x", "By Month", created, "3f9a1c2e", "csv"),
            "analytical/x_by_month_20260115_093012_3f9a1c2e.csv");
  EXPECT_EQ(Layout::manifest("x", 42), "metadata/x_v000042.json");
}

TEST(Layout, ResolvesOnlyPathsThatStayInside) {
  const Layout layout("out", "temp");
  EXPECT_EQ(layout.resolve("csv/x.csv"), "out/csv/x.csv");
  for (const char* path : {"../x", "csv/../../x", "/etc/passwd", ""}) {
    EXPECT_EQ(cairn::testing::error_kind_of([&] { (void)layout.resolve(path); }),
              ErrorKind::corrupt)
        << path;
  }
}

}  // namespace
}  // namespace cairn::io
