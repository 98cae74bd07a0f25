#include "data/join_rows.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include <string>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "support/arrow_values.h"

namespace cairn::data {
namespace {

using cairn::testing::array_of;
using cairn::testing::batch_of;
using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;

std::shared_ptr<arrow::Array> dictionary(const std::shared_ptr<arrow::DataType>& index,
                                         const std::string& indices, const std::string& entries) {
  return value_or_throw(arrow::DictionaryArray::FromArrays(array_of(index, indices),
                                                           array_of(arrow::utf8(), entries)),
                        "make a dictionary");
}

// `count` different texts in a dictionary of narrow indices, beginning with number `first`.
std::shared_ptr<arrow::Array> numbered(int64_t first, int64_t count) {
  arrow::Int8Builder indices;
  arrow::StringBuilder entries;
  for (int64_t i = 0; i < count; ++i) {
    check(indices.Append(static_cast<int8_t>(i)), "make indices");
    check(entries.Append("entry " + std::to_string(first + i)), "make entries");
  }
  return value_or_throw(
      arrow::DictionaryArray::FromArrays(value_or_throw(indices.Finish(), "make indices"),
                                         value_or_throw(entries.Finish(), "make entries")),
      "make a dictionary");
}

std::shared_ptr<arrow::Array> runs(int64_t rows) {
  arrow::Int16Builder ends;
  arrow::Int64Builder values;
  for (int64_t end = 0; end < rows;) {
    end = std::min(rows, end + 1000);
    check(ends.Append(static_cast<int16_t>(end)), "make run ends");
    check(values.Append(end), "make values");
  }
  return value_or_throw(
      arrow::RunEndEncodedArray::Make(rows, value_or_throw(ends.Finish(), "make run ends"),
                                      value_or_throw(values.Finish(), "make values")),
      "make runs");
}

// The digest does not see how rows lie, so that it tells whether they are still the same.
void expect_same_rows(const std::shared_ptr<arrow::RecordBatch>& joined, const Batches& batches) {
  check(joined->ValidateFull(), "validate");
  StreamDigester one(joined->schema());
  one.update(joined);
  StreamDigester several(batches[0]->schema());
  for (const auto& batch : batches) several.update(batch);
  EXPECT_EQ(one.finish().root, several.finish().root);
}

void expect_joined(const Batches& batches, const std::shared_ptr<arrow::DataType>& type) {
  const auto joined = join_rows(batches);
  expect_same_rows(joined, batches);
  EXPECT_TRUE(joined->column(0)->type()->Equals(*type)) << joined->schema()->ToString();
  EXPECT_TRUE(joined->schema()->field(0)->type()->Equals(*type));
}

TEST(JoinRows, HandsOnASingleBatchAsItIs) {
  const auto batch = batch_of(array_of(arrow::int8(), "[1, 2]"));
  EXPECT_EQ(join_rows({batch}), batch);
}

TEST(JoinRows, KeepsRowsInOrder) {
  const auto joined = join_rows({batch_of(array_of(arrow::int8(), "[1, null]")),
                                 batch_of(array_of(arrow::int8(), "[]")),
                                 batch_of(array_of(arrow::int8(), "[3]"))});
  EXPECT_TRUE(joined->column(0)->Equals(array_of(arrow::int8(), "[1, null, 3]")));
}

TEST(JoinRows, MergesDictionariesOfDifferentEntries) {
  const auto a = dictionary(arrow::int8(), "[1, 0, null]", R"(["a", "b"])");
  const auto b = dictionary(arrow::int8(), "[0, 1]", R"(["c", "a"])");
  expect_joined({batch_of(a), batch_of(b)}, a->type());
}

TEST(JoinRows, MergesDictionariesThatHoldNulls) {
  const auto a = dictionary(arrow::uint16(), "[1, 0, null]", R"(["a", null])");
  const auto b = dictionary(arrow::uint16(), "[0, 1]", R"([null, "a"])");
  expect_joined({batch_of(a), batch_of(b->Slice(1))}, a->type());
}

// Against the plain values, because the digest of several batches joins them as well.
TEST(JoinRows, KeepsHalfFloatsOfDifferentDictionaries) {
  const auto halves = [](const std::string& values) {
    return value_or_throw(
        arrow::DictionaryArray::FromArrays(array_of(arrow::int8(), "[0, 1, null, 0]"),
                                           array_of(arrow::float16(), values)),
        "make a dictionary");
  };
  const auto joined =
      join_rows({batch_of({halves("[1.0, -0.0]")}), batch_of({halves("[2.5, 1.0]")})});
  StreamDigester as_joined(joined->schema());
  as_joined.update(joined);
  const auto plain =
      batch_of({array_of(arrow::float16(), "[1, -0.0, null, 1, 2.5, 1, null, 2.5]")});
  StreamDigester as_plain(plain->schema());
  as_plain.update(plain);
  EXPECT_EQ(as_joined.finish().root, as_plain.finish().root);
}

TEST(JoinRows, WidensIndicesThatCannotCountAllEntries) {
  const Batches batches{batch_of(numbered(0, 100)), batch_of(numbered(50, 100))};
  expect_joined(batches, arrow::dictionary(arrow::int64(), arrow::utf8()));
}

TEST(JoinRows, KeepsIndicesThatCountAllEntriesButOneFewer) {
  expect_joined({batch_of(numbered(0, 100)), batch_of(numbered(100, 28))},
                arrow::dictionary(arrow::int8(), arrow::utf8()));
}

TEST(JoinRows, WidensIndicesWithinNestedColumns) {
  const auto in_struct = [](const std::shared_ptr<arrow::Array>& array) {
    return batch_of(value_or_throw(arrow::StructArray::Make({array}, {"member"}), "make a struct"));
  };
  expect_joined(
      {in_struct(numbered(0, 100)), in_struct(numbered(100, 100))},
      arrow::struct_({arrow::field("member", arrow::dictionary(arrow::int64(), arrow::utf8()))}));
}

TEST(JoinRows, WidensRunEndsThatCannotCountAllRows) {
  expect_joined({batch_of(runs(30'000)), batch_of(runs(30'000)->Slice(500, 20'000))},
                arrow::run_end_encoded(arrow::int64(), arrow::int64()));
}

TEST(JoinRows, KeepsRunEndsThatCountAllRows) {
  expect_joined({batch_of(runs(30'000)), batch_of(runs(2'000))},
                arrow::run_end_encoded(arrow::int16(), arrow::int64()));
}

}  // namespace
}  // namespace cairn::data
