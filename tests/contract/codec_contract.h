#pragma once

#include <arrow/api.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/codec.h"
#include "support/arrow_samples.h"
#include "support/codec_files.h"
#include "support/errors.h"
#include "support/file_bytes.h"
#include "support/temporary_folder.h"

namespace cairn::formats {

/// A format and the two readers of its files: ours, by the recorded schema, and one that others
/// have, of which only the number of rows is asked.
struct CodecKind {
  using Schema = std::shared_ptr<arrow::Schema>;

  std::string name;
  std::function<std::unique_ptr<Codec>(const Schema&)> make;
  std::function<std::shared_ptr<arrow::RecordBatchReader>(const std::filesystem::path&,
                                                          const Schema&)>
      open;
  std::function<int64_t(const std::filesystem::path&)> rows_by_others;
};

/// What the engine relies on in every codec.
class CodecContract : public ::testing::TestWithParam<CodecKind> {
 protected:
  using Batch = std::shared_ptr<arrow::RecordBatch>;

  static arrow::MemoryPool* pool() { return arrow::default_memory_pool(); }

  std::unique_ptr<Codec> codec_for(const Batch& batch) const {
    return GetParam().make(batch->schema());
  }

  static std::string digest(const std::shared_ptr<arrow::Schema>& schema, const Rows& rows) {
    data::StreamDigester digester(schema);
    for (const Batch& batch : rows) digester.update(batch);
    return digester.finish().root;
  }

  // The values come back from units, from the file by our reader, and are counted by another.
  void expect_back(const Batch& batch) const {
    const auto codec = codec_for(batch);
    const auto units = testing::encode_units(*codec, batch);
    Rows decoded;
    for (const EncodedUnit& unit : units)
      for (const Batch& rows : codec->decode(unit, pool())) decoded.push_back(rows);
    const std::string expected = digest(batch->schema(), {batch});
    EXPECT_EQ(digest(decoded.empty() ? batch->schema() : decoded[0]->schema(), decoded), expected);

    const auto path = folder_ / "file";
    testing::write_bytes(path, testing::file_of(*codec, units));
    const auto reader = GetParam().open(path, batch->schema());
    EXPECT_TRUE(reader->schema()->Equals(*batch->schema())) << reader->schema()->ToString();
    EXPECT_EQ(data::digest_all(*reader).root, expected);
    EXPECT_EQ(GetParam().rows_by_others(path), batch->num_rows());
  }

  const testing::TemporaryFolder folder_;
};

inline std::shared_ptr<arrow::RecordBatch> numbers(int64_t rows) {
  arrow::Int64Builder number;
  arrow::StringBuilder text;
  for (int64_t row = 0; row < rows; ++row) {
    check(number.Append(row * 7919), "make a sample");
    check(text.Append("row " + std::to_string(row % 1000)), "make a sample");
  }
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("number", arrow::int64()), arrow::field("text", arrow::utf8())}),
      rows,
      {value_or_throw(number.Finish(), "make a sample"),
       value_or_throw(text.Finish(), "make a sample")});
}

TEST_P(CodecContract, BringsBackATypicalTable) {
  expect_back(testing::sample_batch(3000));
}

TEST_P(CodecContract, BringsBackATableWithoutRows) {
  expect_back(testing::sample_batch(0));
  // A unit without rows is harmless too.
  const auto none = testing::sample_batch(0);
  const auto codec = codec_for(none);
  const EncodedUnit unit = codec->encode({none}, pool());
  EXPECT_EQ(unit.rows, 0);
  for (const auto& rows : codec->decode(unit, pool())) EXPECT_EQ(rows->num_rows(), 0);
}

// What a format does not hold is refused before any row is encoded.
TEST_P(CodecContract, RefusesOrHoldsATableWithoutColumns) {
  const auto none = arrow::RecordBatch::Make(arrow::schema({}), 3, arrow::ArrayVector());
  try {
    const auto codec = codec_for(none);
    EXPECT_EQ(codec->encode({none}, pool()).rows, 3);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported) << error.what();
  }
}

TEST_P(CodecContract, NamesAColumnThatItDoesNotHold) {
  const auto either = arrow::sparse_union({arrow::field("a", arrow::int8())});
  try {
    GetParam().make(arrow::schema({arrow::field("either", either)}));
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_THAT(error.message(), ::testing::HasSubstr("either"));
  }
}

TEST_P(CodecContract, BringsBackColumnsOfNothingButNulls) {
  for (const auto& type :
       {arrow::null(), arrow::int64(), arrow::utf8(), arrow::list(arrow::int32()),
        arrow::dictionary(arrow::int8(), arrow::utf8()), arrow::decimal128(10, 2)}) {
    SCOPED_TRACE(type->ToString());
    const auto nulls = value_or_throw(arrow::MakeArrayOfNull(type, 100), "make nulls");
    const auto schema =
        arrow::schema({arrow::field("n", type), arrow::field("row", arrow::int64())});
    expect_back(arrow::RecordBatch::Make(schema, 100, {nulls, numbers(100)->column(0)}));
  }
}

TEST_P(CodecContract, HasUnitsOfWholeStrides) {
  const auto codec = codec_for(numbers(1));
  EXPECT_GT(codec->unit_rows(), 0);
  EXPECT_EQ(codec->unit_rows() % data::kStrideRows, 0);
  EXPECT_GT(codec->unit_bytes(), 0);
}

TEST_P(CodecContract, BringsBackRowsOnBothSidesOfAUnitsEnd) {
  const int64_t unit = codec_for(numbers(1))->unit_rows();
  for (const int64_t rows : {unit - 1, unit, unit + 1}) {
    SCOPED_TRACE(rows);
    expect_back(numbers(rows));
  }
}

TEST_P(CodecContract, CountsTheRowsOfAUnit) {
  const auto batch = numbers(100);
  EXPECT_EQ(codec_for(batch)->encode({batch->Slice(0, 40), batch->Slice(40)}, pool()).rows, 100);
}

TEST_P(CodecContract, DoesNotShowHowTheRowsOfAUnitWereCut) {
  const auto batch = testing::sample_batch(1000);
  const auto codec = codec_for(batch);
  Rows pieces;
  for (int64_t row = 0; row < 1000; row += 77) pieces.push_back(batch->Slice(row, 77));
  const Rows decoded = codec->decode(codec->encode(pieces, pool()), pool());
  EXPECT_EQ(digest(decoded[0]->schema(), decoded), digest(batch->schema(), {batch}));
}

TEST_P(CodecContract, EncodesARowTheSameWayWhateverCameBefore) {
  const auto batch = testing::sample_batch(2000);
  const auto codec = codec_for(batch);
  const auto first = codec->encode({batch->Slice(0, 1000)}, pool());
  const auto second = codec->encode({batch->Slice(1000)}, pool());
  EXPECT_TRUE(second.bytes->Equals(*codec->encode({batch->Slice(1000)}, pool()).bytes));
  EXPECT_TRUE(first.bytes->Equals(*codec->encode({batch->Slice(0, 1000)}, pool()).bytes));
  EXPECT_TRUE(
      first.bytes->Equals(*codec_for(batch)->encode({batch->Slice(0, 1000)}, pool()).bytes));
}

TEST_P(CodecContract, EncodesAndDecodesOnSeveralThreadsAtOnce) {
  const auto batch = testing::sample_batch(2000);
  const auto codec = codec_for(batch);
  const auto alone = codec->encode({batch}, pool());
  const std::string expected = digest(batch->schema(), {batch});
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 4; ++i) {
    threads.push_back(std::async(std::launch::async, [&] {
      const auto unit = codec->encode({batch}, pool());
      EXPECT_TRUE(unit.bytes->Equals(*alone.bytes));
      const Rows decoded = codec->decode(unit, pool());
      EXPECT_EQ(digest(decoded[0]->schema(), decoded), expected);
    }));
  }
  for (auto& thread : threads) thread.get();
}

TEST_P(CodecContract, AnswersDamagedUnitsWithAnErrorOrOtherRows) {
  const auto batch = testing::sample_batch(300);
  const auto codec = codec_for(batch);
  const EncodedUnit whole = codec->encode({batch}, pool());
  const std::string bytes = whole.bytes->ToString();
  std::mt19937 random(5);
  for (int i = 0; i < 500; ++i) {
    std::string damaged = bytes;
    switch (i % 3) {
      case 0:
        damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
        break;
      case 1:
        damaged.resize(random() % damaged.size());
        break;
      default:
        for (int n = 0; n < 20; ++n)
          damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    try {
      EncodedUnit unit = whole;
      unit.bytes = arrow::Buffer::FromString(damaged);
      for (const auto& rows : codec->decode(unit, pool())) check(rows->Validate(), "validate");
    } catch (const Error& error) {
      EXPECT_FALSE(error.message().empty());
    }
  }
}

TEST_P(CodecContract, AnswersNoiseWithAnErrorOrRows) {
  const auto codec = codec_for(numbers(1));
  std::mt19937 random(6);
  for (const size_t size : {0, 1, 4, 12, 100, 5000}) {
    std::string noise(size, '\0');
    for (char& byte : noise) byte = static_cast<char>(random());
    EncodedUnit unit;
    unit.bytes = arrow::Buffer::FromString(noise);
    unit.rows = 1;
    try {
      for (const auto& rows : codec->decode(unit, pool())) check(rows->Validate(), "validate");
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::internal) << error.what();
    }
  }
}

}  // namespace cairn::formats
