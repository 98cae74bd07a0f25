#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/size_statistics.h>
#include <parquet/statistics.h>

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "formats/parquet/parquet_codec.h"
#include "support/arrow_samples.h"
#include "support/errors.h"

namespace cairn::formats {
namespace {

using cairn::testing::array_of;
using cairn::testing::batch_of;
using cairn::testing::error_of;
using cairn::testing::sample_batch;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using RowToValue = std::function<std::optional<int64_t>(int64_t)>;

arrow::MemoryPool* pool() {
  return arrow::default_memory_pool();
}

std::shared_ptr<arrow::Array> numbers(int64_t rows, const RowToValue& value_of) {
  arrow::Int64Builder builder;
  for (int64_t row = 0; row < rows; ++row) check(builder.AppendOrNull(value_of(row)), "append");
  return value_or_throw(builder.Finish(), "make numbers");
}

std::shared_ptr<arrow::Array> texts(int64_t rows, const RowToValue& value_of, size_t size = 0) {
  arrow::StringBuilder builder;
  for (int64_t row = 0; row < rows; ++row) {
    const auto value = value_of(row);
    if (!value) {
      check(builder.AppendNull(), "append");
      continue;
    }
    std::string text = std::to_string(*value);
    check(builder.Append(text + std::string(size > text.size() ? size - text.size() : 0, 'x')),
          "append");
  }
  return value_or_throw(builder.Finish(), "make texts");
}

int64_t scattered(int64_t row) {
  return static_cast<int64_t>((static_cast<uint64_t>(row) * 0x9E3779B97F4A7C15) >> 8);
}

// A unit as it was encoded, opened by Arrow, and found to hold its rows.
class Written {
 public:
  explicit Written(const std::shared_ptr<arrow::RecordBatch>& batch,
                   const ParquetOptions& options = {}) {
    const auto codec = make_parquet_codec(batch->schema(), options);
    const int64_t half = batch->num_rows() / 2;
    const auto unit = codec->encode({batch->Slice(0, half), batch->Slice(half)}, pool());
    int64_t row = 0;
    for (const auto& decoded : codec->decode(unit, pool())) {
      check(decoded->ValidateFull(), "validate");
      const auto expected = batch->Slice(row, decoded->num_rows());
      EXPECT_TRUE(
          decoded->Equals(*expected, false, arrow::EqualOptions::Defaults().nans_equal(true)));
      row += decoded->num_rows();
    }
    EXPECT_EQ(row, batch->num_rows());
    open(unit.bytes);
  }

  // Of what Arrow writes.
  static Written by_arrow(const std::shared_ptr<arrow::RecordBatch>& batch) {
    auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), "open");
    const auto table = value_or_throw(arrow::Table::FromRecordBatches({batch}), "make a table");
    check(parquet::arrow::WriteTable(*table, pool(), sink, batch->num_rows()), "write");
    Written written;
    written.open(value_or_throw(sink->Finish(), "finish"));
    return written;
  }

  std::unique_ptr<parquet::ColumnChunkMetaData> chunk(int column = 0) const {
    return reader_->metadata()->RowGroup(0)->ColumnChunk(column);
  }
  bool has_dictionary() const { return chunk()->has_dictionary_page(); }

  std::shared_ptr<parquet::ColumnIndex> column_index(int column = 0) const {
    return reader_->GetPageIndexReader()->RowGroup(0)->GetColumnIndex(column);
  }
  std::shared_ptr<parquet::OffsetIndex> offset_index(int column = 0) const {
    return reader_->GetPageIndexReader()->RowGroup(0)->GetOffsetIndex(column);
  }

 private:
  Written() = default;
  void open(const std::shared_ptr<arrow::Buffer>& bytes) {
    reader_ = parquet::ParquetFileReader::Open(std::make_shared<arrow::io::BufferReader>(bytes));
  }

  std::shared_ptr<parquet::ParquetFileReader> reader_;
};

TEST(FlatColumn, GetsADictionaryWhereValuesRepeat) {
  const auto weekday = [](int64_t row) { return row % 7; };
  EXPECT_TRUE(Written(batch_of(texts(20'000, weekday))).has_dictionary());
  EXPECT_TRUE(Written(batch_of(numbers(20'000, [](int64_t row) {
                return scattered(row % 900);
              }))).has_dictionary());
}

TEST(FlatColumn, GetsNoDictionaryWhereValuesAreDistinct) {
  EXPECT_FALSE(Written(batch_of(texts(20'000, scattered))).has_dictionary());
  EXPECT_FALSE(Written(batch_of(numbers(20'000, scattered))).has_dictionary());
  EXPECT_FALSE(Written(batch_of(numbers(3, scattered))).has_dictionary());
}

TEST(FlatColumn, GetsNoDictionaryThatOutgrowsItsLimit) {
  // Every value twice, which a dictionary of 2 MB would pay for.
  const auto long_texts = [](int64_t row) { return scattered(row / 2); };
  EXPECT_FALSE(Written(batch_of(texts(20'000, long_texts, 200))).has_dictionary());
}

TEST(FlatColumn, GetsNoDictionaryWhereNoneIsWanted) {
  ParquetOptions options;
  options.dictionary = false;
  EXPECT_FALSE(Written(batch_of(texts(1000, [](int64_t row) { return row % 7; })), options)
                   .has_dictionary());
}

TEST(FlatColumn, HoldsDictionariesOfEverySize) {
  for (int64_t distinct = 1; distinct <= 40'000; distinct = distinct * 3 / 2 + 1) {
    SCOPED_TRACE(distinct);
    const auto value_of = [&](int64_t row) { return scattered(row) % distinct; };
    EXPECT_TRUE(Written(batch_of(numbers(100'000, value_of))).has_dictionary());
  }
}

TEST(FlatColumn, HoldsTextsOfEveryLength) {
  // Equal lengths, heads and tails, so that only what lies between tells them apart.
  for (size_t size = 1; size <= 24; ++size) {
    arrow::StringBuilder builder;
    for (int64_t row = 0; row < 5'000; ++row) {
      std::string text(size, 'a');
      text[static_cast<size_t>(row) % size] = static_cast<char>('a' + row / 7 % 3);
      check(builder.Append(text), "append");
    }
    const Written written(batch_of(value_or_throw(builder.Finish(), "make texts")));
  }
}

TEST(FlatColumn, HoldsRunsBetweenScatteredValues) {
  std::mt19937 random(7);
  arrow::Int64Builder builder;
  while (builder.length() < 120'000) {
    const auto value = static_cast<int64_t>(random() % 300);
    const uint32_t repeats = random() % 3 == 0 ? random() % 200 : 1;
    for (uint32_t i = 0; i < repeats; ++i) check(builder.Append(value), "append");
  }
  EXPECT_TRUE(Written(batch_of(value_or_throw(builder.Finish(), "make runs"))).has_dictionary());
}

TEST(FlatColumn, HoldsNullsWhereverTheyAre) {
  const std::vector<RowToValue> columns{
      [](int64_t) { return std::nullopt; },
      [](int64_t row) { return row < 50'000 ? std::nullopt : std::optional(row); },
      [](int64_t row) { return row >= 50'000 ? std::nullopt : std::optional(row % 9); },
      [](int64_t row) { return row % 3 == 0 ? std::nullopt : std::optional(scattered(row)); },
      [](int64_t row) { return row == 99'999 ? std::nullopt : std::optional(row % 5); }};
  for (const auto& value_of : columns) {
    const Written of_numbers(batch_of(numbers(100'000, value_of)));
    const Written of_texts(batch_of(texts(100'000, value_of)));
  }
}

TEST(FlatColumn, CutsPagesByRowsAndBytes) {
  EXPECT_THAT(Written(batch_of(numbers(40'000, scattered))).offset_index()->page_locations(),
              SizeIs(3));
  EXPECT_THAT(Written(batch_of(texts(5'000, scattered, 1000))).offset_index()->page_locations(),
              SizeIs(5));
}

// Of one column, in both files: what the footer and the page index say of its values.
void expect_same_statistics(const Written& ours, const Written& arrows, int column) {
  const auto our = ours.chunk(column);
  const auto expected = arrows.chunk(column);
  EXPECT_EQ(our->num_values(), expected->num_values());
  ASSERT_EQ(our->is_stats_set(), expected->is_stats_set());
  EXPECT_EQ(our->statistics()->EncodeMin(), expected->statistics()->EncodeMin());
  EXPECT_EQ(our->statistics()->EncodeMax(), expected->statistics()->EncodeMax());
  EXPECT_EQ(our->statistics()->null_count(), expected->statistics()->null_count());
  EXPECT_EQ(our->encoded_statistics()->is_min_value_exact,
            expected->encoded_statistics()->is_min_value_exact);
  const auto sizes = our->size_statistics();
  const auto expected_sizes = expected->size_statistics();
  ASSERT_EQ(sizes == nullptr, expected_sizes == nullptr);
  if (sizes != nullptr) {
    EXPECT_EQ(sizes->definition_level_histogram, expected_sizes->definition_level_histogram);
    EXPECT_EQ(sizes->unencoded_byte_array_data_bytes,
              expected_sizes->unencoded_byte_array_data_bytes);
  }
  const auto index = ours.column_index(column);
  const auto expected_index = arrows.column_index(column);
  ASSERT_EQ(index == nullptr, expected_index == nullptr);
  if (index == nullptr) return;
  EXPECT_EQ(index->null_pages(), expected_index->null_pages());
  EXPECT_EQ(index->encoded_min_values(), expected_index->encoded_min_values());
  EXPECT_EQ(index->encoded_max_values(), expected_index->encoded_max_values());
  EXPECT_EQ(index->null_counts(), expected_index->null_counts());
  EXPECT_EQ(index->definition_level_histograms(), expected_index->definition_level_histograms());
}

TEST(FlatColumn, SaysOfItsValuesWhatArrowSays) {
  const auto nested = sample_batch(10'000);
  const auto batch = value_or_throw(nested->RemoveColumn(nested->num_columns() - 1), "remove");
  const Written ours(batch);
  const auto arrows = Written::by_arrow(batch);
  for (int column = 0; column < batch->num_columns(); ++column)
    expect_same_statistics(ours, arrows, column);
}

TEST(FlatColumn, OrdersExtremesAsTheirTypeDoes) {
  const std::string number_texts = "[1, null, 0, 200, 127]";
  std::vector<std::shared_ptr<arrow::Array>> columns{
      array_of(arrow::uint8(), number_texts),
      array_of(arrow::int16(), "[1, null, -3, 300]"),
      array_of(arrow::uint32(), "[1, null, 4294967295]"),
      array_of(arrow::uint64(), "[1, null, 18446744073709551615]"),
      array_of(arrow::float64(), "[NaN, 1.5, null, -2.5]"),
      array_of(arrow::float64(), "[0.0, null, 0.0]"),
      array_of(arrow::float32(), "[-0.0, null, -0.0]"),
      array_of(arrow::float64(), "[NaN, null]"),
      array_of(arrow::float64(), "[Inf, null]"),
      array_of(arrow::utf8(), R"(["b", null, "é", "", "a"])"),
      array_of(arrow::date32(), "[5, null, -5]"),
      array_of(arrow::boolean(), "[true, null]"),
      array_of(arrow::decimal128(9, 2), R"(["1.00", null, "-1.00"])"),
      texts(10, scattered, 5000)};  // longer than what is kept of extremes
  for (const auto& column : columns) {
    SCOPED_TRACE(column->type()->ToString());
    expect_same_statistics(Written(batch_of(column)), Written::by_arrow(batch_of(column)), 0);
  }
}

TEST(FlatColumn, RefusesNullsThatTheSchemaRulesOut) {
  const auto schema = arrow::schema({arrow::field("id", arrow::int64(), /*nullable=*/false)});
  const auto batch = arrow::RecordBatch::Make(schema, 2, {array_of(arrow::int64(), "[1, null]")});
  const auto error = error_of([&] { make_parquet_codec(schema, {})->encode({batch}, pool()); });
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->what(), HasSubstr("column 'id'"));
}

}  // namespace
}  // namespace cairn::formats
