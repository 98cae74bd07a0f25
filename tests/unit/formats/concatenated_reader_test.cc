#include "formats/inputs/concatenated_reader.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/errors.h"

namespace cairn::formats {
namespace {

using cairn::testing::error_of;
using ::testing::HasSubstr;

NamedReader part(const std::string& name, const std::string& column, std::vector<int64_t> values,
                 bool nullable = true) {
  arrow::Int64Builder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  const auto schema = arrow::schema({arrow::field(column, arrow::int64(), nullable)});
  const auto batch = arrow::RecordBatch::Make(schema, builder.length(), {*builder.Finish()});
  return {name, *arrow::RecordBatchReader::Make({batch}, schema)};
}

std::vector<int64_t> values_of(arrow::RecordBatchReader& reader) {
  std::vector<int64_t> values;
  for (const auto& batch : *reader.ToRecordBatches()) {
    EXPECT_TRUE(batch->schema()->Equals(reader.schema()));
    const auto& column = static_cast<const arrow::Int64Array&>(*batch->column(0));
    for (int64_t i = 0; i < column.length(); ++i) values.push_back(column.Value(i));
  }
  return values;
}

TEST(ConcatenatedReader, YieldsThePartsInOrder) {
  const auto reader =
      concatenate({part("a", "id", {1, 2}), part("b", "id", {}), part("c", "id", {3})});
  EXPECT_EQ(values_of(*reader), (std::vector<int64_t>{1, 2, 3}));
}

TEST(ConcatenatedReader, IsNullableWhereAnyPartIs) {
  const auto reader = concatenate({part("a", "id", {1}, false), part("b", "id", {2}, true)});
  EXPECT_TRUE(reader->schema()->field(0)->nullable());
  EXPECT_EQ(values_of(*reader), (std::vector<int64_t>{1, 2}));
}

TEST(ConcatenatedReader, NamesPartAndColumnThatDiffer) {
  const auto error = error_of([] {
    concatenate({part("a.csv", "id", {1}), part("b.csv", "key", {2})});
  });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->message(), HasSubstr("'b.csv' after 'a.csv': column 1 is 'id' int64 there"));
}

}  // namespace
}  // namespace cairn::formats
