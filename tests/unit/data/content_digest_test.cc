#include "data/content_digest.h"

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <tuple>

#include "cairn/error.h"
#include "support/arrow_values.h"

namespace cairn::data {
namespace {

using testing::array_of;
using testing::batch_of;
using ::testing::HasSubstr;

using Arrays = std::vector<std::shared_ptr<arrow::Array>>;

std::string digest_of(const std::shared_ptr<arrow::Array>& column) {
  StreamDigester digester(arrow::schema({arrow::field("x", column->type())}));
  digester.update(batch_of(column));
  return digester.finish().root;
}

std::string digest_in_pieces(const std::shared_ptr<arrow::Array>& column, int64_t piece) {
  StreamDigester digester(arrow::schema({arrow::field("x", column->type())}));
  for (int64_t first = 0; first < column->length(); first += piece)
    digester.update(batch_of(column->Slice(first, piece)));
  return digester.finish().root;
}

std::shared_ptr<arrow::Array> numbers(int64_t count) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) {
    if (i % 7 == 3) {
      EXPECT_TRUE(builder.AppendNull().ok());
    } else {
      EXPECT_TRUE(builder.Append(i * i).ok());
    }
  }
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::Array> with_type(const std::shared_ptr<arrow::Array>& array,
                                        const std::shared_ptr<arrow::DataType>& type) {
  auto data = array->data()->Copy();
  data->type = type;
  return arrow::MakeArray(data);
}

TEST(ContentDigest, DoesNotSeeHowRowsAreCutIntoBatches) {
  const auto column = numbers(3 * kStrideRows + 17);
  const std::string whole = digest_of(column);
  for (const int64_t piece : {int64_t{1000}, kStrideRows - 1, kStrideRows, kStrideRows + 1})
    EXPECT_EQ(digest_in_pieces(column, piece), whole) << piece;
}

TEST(ContentDigest, DoesNotSeeSlicing) {
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> columns = {
      {arrow::int16(), "[9, 8, 1, null, 3, 4, 7]"},
      {arrow::boolean(), "[true, true, false, null, true, true, false]"},
      {arrow::utf8(), R"(["xx", "y", "a", null, "", "bcd", "z"])"},
      {arrow::fixed_size_binary(2), R"(["xx", "yy", "ab", null, "cd", "ef", "zz"])"},
      {arrow::list(arrow::utf8()), R"([["x"], [], ["a", null], null, [], ["b"], ["q"]])"},
      {arrow::fixed_size_list(arrow::int8(), 2),
       "[[9, 9], [8, 8], [1, 2], null, [3, null], [4, 5], [7, 7]]"},
      {arrow::struct_({arrow::field("a", arrow::int8())}),
       R"([{"a": 9}, {"a": 8}, {"a": 1}, null, {"a": null}, {"a": 4}, {"a": 7}])"},
  };
  for (const auto& [type, json] : columns) {
    const auto slice = array_of(type, json)->Slice(2, 4);
    const auto copy = arrow::Concatenate({slice}).ValueOrDie();
    EXPECT_EQ(digest_of(slice), digest_of(copy)) << type->ToString();
  }
}

TEST(ContentDigest, DoesNotSeeTheLayoutOfStrings) {
  const std::string json = R"(["a", null, "", "longer than twelve bytes", "ü"])";
  for (const auto& [first, second, third] :
       {std::tuple(arrow::utf8(), arrow::large_utf8(), arrow::utf8_view()),
        std::tuple(arrow::binary(), arrow::large_binary(), arrow::binary_view())}) {
    const std::string digest = digest_of(array_of(first, json));
    EXPECT_EQ(digest_of(array_of(second, json)), digest);
    EXPECT_EQ(digest_of(array_of(third, json)), digest);
  }
}

TEST(ContentDigest, DoesNotSeeTheLayoutOfLists) {
  const std::string json = R"([["a", null], null, [], ["b"]])";
  const std::string digest = digest_of(array_of(arrow::list(arrow::utf8()), json));
  for (const auto& type : {arrow::large_list(arrow::utf8()), arrow::list_view(arrow::utf8()),
                           arrow::large_list_view(arrow::utf8()), arrow::list(arrow::large_utf8())})
    EXPECT_EQ(digest_of(array_of(type, json)), digest) << type->ToString();
}

TEST(ContentDigest, DoesNotSeeTheOrderOfItemsBehindAListView) {
  const auto items = array_of(arrow::int32(), "[30, 1, 2, 99, 3]");
  const auto view = arrow::ListViewArray::FromArrays(*array_of(arrow::int32(), "[1, 4, 0]"),
                                                     *array_of(arrow::int32(), "[2, 0, 1]"), *items)
                        .ValueOrDie();
  EXPECT_EQ(digest_of(view), digest_of(array_of(arrow::list(arrow::int32()), "[[1,2],[],[30]]")));
}

TEST(ContentDigest, DoesNotSeeDictionaries) {
  const auto indices = array_of(arrow::int8(), "[2, 0, null, 1, 0]");
  const auto values = array_of(arrow::utf8(), R"(["a", null, "b"])");
  const auto dictionary = arrow::DictionaryArray::FromArrays(
                              arrow::dictionary(arrow::int8(), arrow::utf8()), indices, values)
                              .ValueOrDie();
  const auto plain = array_of(arrow::utf8(), R"(["b", "a", null, null, "a"])");
  EXPECT_EQ(digest_of(dictionary), digest_of(plain));
  EXPECT_EQ(digest_of(dictionary->Slice(1, 3)), digest_of(plain->Slice(1, 3)));
}

TEST(ContentDigest, DoesNotSeeARepeatedDictionaryEntryAsContiguousBytes) {
  const auto dictionary =
      arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int8(), arrow::utf8()),
                                         array_of(arrow::int8(), "[0, 0, 2]"),
                                         array_of(arrow::utf8(), R"(["ab", "cd", "ef"])"))
          .ValueOrDie();
  EXPECT_EQ(digest_of(dictionary), digest_of(array_of(arrow::utf8(), R"(["ab", "ab", "ef"])")));
}

TEST(ContentDigest, DoesNotSeeRunEndEncoding) {
  const auto runs = arrow::RunEndEncodedArray::Make(7, array_of(arrow::int32(), "[2, 3, 7]"),
                                                    array_of(arrow::utf8(), R"(["a", null, "b"])"))
                        .ValueOrDie();
  const auto plain = array_of(arrow::utf8(), R"(["a", "a", null, "b", "b", "b", "b"])");
  EXPECT_EQ(digest_of(runs), digest_of(plain));
  EXPECT_EQ(digest_of(runs->Slice(1, 4)), digest_of(plain->Slice(1, 4)));
}

TEST(ContentDigest, DoesNotSeeEncodingsInsideStructsAndLists) {
  const auto items =
      arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int8(), arrow::utf8()),
                                         array_of(arrow::int8(), "[1, 0, null, 1]"),
                                         array_of(arrow::utf8(), R"(["a", "b"])"))
          .ValueOrDie();
  const auto lists =
      arrow::ListArray::FromArrays(*array_of(arrow::int32(), "[0, 2, 2, 4]"), *items).ValueOrDie();
  const auto runs = arrow::RunEndEncodedArray::Make(3, array_of(arrow::int16(), "[1, 3]"),
                                                    array_of(arrow::int64(), "[null, 5]"))
                        .ValueOrDie();
  const auto rows =
      arrow::StructArray::Make(Arrays{lists, runs}, std::vector<std::string>{"l", "r"})
          .ValueOrDie();
  const auto plain_type = arrow::struct_(
      {arrow::field("l", arrow::list(arrow::utf8())), arrow::field("r", arrow::int64())});
  EXPECT_EQ(
      digest_of(rows),
      digest_of(array_of(
          plain_type,
          R"([{"l": ["b", "a"], "r": null}, {"l": [], "r": 5}, {"l": [null, "b"], "r": 5}])")));
}

TEST(ContentDigest, DoesNotSeeWhatIsInNullSlots) {
  const auto validity = arrow::Buffer::FromString(std::string("\x05", 1));  // true, false, true
  const auto masked = [&](const std::shared_ptr<arrow::Array>& array) {
    auto data = array->data()->Copy();
    data->buffers[0] = validity;
    data->null_count = 1;
    return arrow::MakeArray(data);
  };
  const auto expect_same = [&](const std::shared_ptr<arrow::DataType>& type,
                               const std::string& garbage, const std::string& nulls) {
    EXPECT_EQ(digest_of(masked(array_of(type, garbage))), digest_of(array_of(type, nulls)))
        << type->ToString();
  };
  expect_same(arrow::int64(), "[1, 99, 2]", "[1, null, 2]");
  expect_same(arrow::float64(), "[1, NaN, 2]", "[1, null, 2]");
  expect_same(arrow::boolean(), "[true, true, false]", "[true, null, false]");
  expect_same(arrow::utf8(), R"(["a", "junk", "b"])", R"(["a", null, "b"])");
  expect_same(arrow::fixed_size_binary(1), R"(["a", "j", "b"])", R"(["a", null, "b"])");
  expect_same(arrow::list(arrow::int8()), "[[1], [9, 9], [2]]", "[[1], null, [2]]");
  expect_same(arrow::fixed_size_list(arrow::int8(), 1), "[[1], [9], [2]]", "[[1], null, [2]]");
  expect_same(arrow::struct_({arrow::field("a", arrow::utf8())}),
              R"([{"a": "x"}, {"a": "junk"}, {"a": "y"}])", R"([{"a": "x"}, null, {"a": "y"}])");
}

TEST(ContentDigest, DoesNotSeeABitmapThatMarksAllValid) {
  auto data = array_of(arrow::int32(), "[1, 2, 3]")->data()->Copy();
  data->buffers[0] = arrow::Buffer::FromString("\xff");
  data->null_count = arrow::kUnknownNullCount;
  EXPECT_EQ(digest_of(arrow::MakeArray(data)), digest_of(array_of(arrow::int32(), "[1, 2, 3]")));
}

TEST(ContentDigest, DoesNotSeeTheWidthADecimalIsStoredIn) {
  const std::string json = R"(["1.20", null, "-9999999.99", "0.00"])";
  const std::string digest = digest_of(array_of(arrow::decimal128(9, 2), json));
  for (const auto& type : {arrow::decimal32(9, 2), arrow::decimal64(9, 2), arrow::decimal256(9, 2)})
    EXPECT_EQ(digest_of(array_of(type, json)), digest) << type->ToString();
}

TEST(ContentDigest, RefusesADecimalThatDoesNotFitItsPrecision) {
  const auto wide =
      array_of(arrow::decimal256(60, 0), R"(["1000000000000000000000000000000000000000000"])");
  EXPECT_THROW(digest_of(with_type(wide, arrow::decimal256(9, 0))), Error);
}

TEST(ContentDigest, TakesEveryNanForTheSame) {
  arrow::DoubleBuilder builder;
  const auto payload = std::bit_cast<double>(uint64_t{0xfff8000000000123});
  ASSERT_TRUE(builder.AppendValues({1.0, payload}).ok());
  EXPECT_EQ(digest_of(builder.Finish().ValueOrDie()),
            digest_of(array_of(arrow::float64(), "[1.0, NaN]")));
}

TEST(ContentDigest, SeesTheSignOfZero) {
  EXPECT_NE(digest_of(array_of(arrow::float64(), "[0.0]")),
            digest_of(array_of(arrow::float64(), "[-0.0]")));
}

TEST(ContentDigest, SeesTypes) {
  const auto seconds = array_of(arrow::int64(), "[1, null, 3]");
  std::set<std::string> digests;
  const std::vector<std::shared_ptr<arrow::DataType>> types = {
      arrow::int64(),
      arrow::uint64(),
      arrow::date64(),
      arrow::duration(arrow::TimeUnit::NANO),
      arrow::timestamp(arrow::TimeUnit::MICRO),
      arrow::timestamp(arrow::TimeUnit::NANO),
      arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
      arrow::timestamp(arrow::TimeUnit::MICRO, "Europe/Berlin"),
      arrow::fixed_size_binary(8),
      arrow::decimal64(18, 0),
      arrow::decimal64(18, 1),
  };
  for (const auto& type : types) digests.insert(digest_of(with_type(seconds, type)));
  EXPECT_EQ(digests.size(), types.size());
}

TEST(ContentDigest, HashesIntervalsAsTheNumbersTheyAreMadeOf) {
  const auto expect_same = [](const std::shared_ptr<arrow::Array>& numbers_in,
                              const std::shared_ptr<arrow::DataType>& interval) {
    const auto intervals = with_type(numbers_in, interval);
    EXPECT_EQ(hash_strides(*batch_of(intervals)), hash_strides(*batch_of(numbers_in)));
    EXPECT_NE(digest_of(intervals), digest_of(numbers_in));
  };
  expect_same(array_of(arrow::int32(), "[1, null, -7]"), arrow::month_interval());
  expect_same(array_of(arrow::int64(), "[1, null, -7]"), arrow::day_time_interval());
}

TEST(ContentDigest, SeesAFixedSizeAsPartOfTheType) {
  EXPECT_NE(digest_of(array_of(arrow::fixed_size_binary(1), R"(["a"])")),
            digest_of(array_of(arrow::binary(), R"(["a"])")));
  EXPECT_NE(digest_of(array_of(arrow::fixed_size_list(arrow::int8(), 1), "[[1]]")),
            digest_of(array_of(arrow::list(arrow::int8()), "[[1]]")));
}

TEST(ContentDigest, SeesEveryValue) {
  const auto column = numbers(2 * kStrideRows + 100);
  const std::string digest = digest_of(column);
  for (const int64_t row : {int64_t{0}, kStrideRows - 1, kStrideRows, 2 * kStrideRows + 99}) {
    const Arrays parts = {column->Slice(0, row), array_of(arrow::int64(), "[-1]"),
                          column->Slice(row + 1)};
    EXPECT_NE(digest_of(arrow::Concatenate(parts).ValueOrDie()), digest) << row;
  }
}

TEST(ContentDigest, SeesWhereStringsEnd) {
  EXPECT_NE(digest_of(array_of(arrow::utf8(), R"(["ab", "c"])")),
            digest_of(array_of(arrow::utf8(), R"(["a", "bc"])")));
}

TEST(ContentDigest, SeesTheDifferenceOfNullAndEmpty) {
  EXPECT_NE(digest_of(array_of(arrow::utf8(), R"([""])")),
            digest_of(array_of(arrow::utf8(), "[null]")));
  EXPECT_NE(digest_of(array_of(arrow::list(arrow::int8()), "[[]]")),
            digest_of(array_of(arrow::list(arrow::int8()), "[null]")));
}

TEST(ContentDigest, SeesColumnNamesAndTheirOrder) {
  const auto one = array_of(arrow::int8(), "[1]");
  const auto digest = [&](const std::vector<std::string>& names) {
    arrow::FieldVector fields;
    for (const auto& name : names) fields.push_back(arrow::field(name, arrow::int8()));
    StreamDigester digester(arrow::schema(fields));
    digester.update(arrow::RecordBatch::Make(arrow::schema(fields), 1, Arrays{one, one}));
    return digester.finish().root;
  };
  EXPECT_NE(digest({"a", "b"}), digest({"b", "a"}));
  EXPECT_NE(digest({"a", "bc"}), digest({"ab", "c"}));
}

TEST(ContentDigest, RefusesUnionsAndNamesTheColumn) {
  const auto schema = arrow::schema({arrow::field("u", arrow::dense_union(arrow::FieldVector{}))});
  try {
    TableDigester digester(*schema);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unsupported);
    EXPECT_THAT(error.what(), HasSubstr("'u'"));
  }
}

TEST(TableDigester, PutsPartsHashedApartTogether) {
  const auto column = numbers(kBlockRows + 2 * kStrideRows + 5);
  const auto batch = batch_of(column);
  TableDigester digester(*batch->schema());
  const int64_t cut = 3 * kStrideRows;
  const StrideHashes rest = hash_strides(*batch->Slice(cut));
  digester.append(hash_strides(*batch->Slice(0, cut)), cut);
  digester.append(rest, batch->num_rows() - cut);
  const TableDigest digest = digester.finish();
  EXPECT_EQ(digest.root, digest_of(column));
  EXPECT_EQ(digest.rows, column->length());
  EXPECT_EQ(digest.columns[0].leaves.size(), 2u);
}

TEST(TableDigester, RefusesRowsAfterAnUnfinishedStride) {
  const auto batch = batch_of(numbers(10));
  TableDigester digester(*batch->schema());
  digester.append(hash_strides(*batch), 10);
  EXPECT_THROW(digester.append(hash_strides(*batch), 10), Error);
}

TEST(Leaves, SurvivePacking) {
  StreamDigester digester(batch_of(numbers(1))->schema());
  digester.update(batch_of(numbers(kBlockRows + 1)));
  const TableDigest digest = digester.finish();
  TableDigest copy = digest;
  copy.columns[0].leaves.clear();
  unpack_leaves(pack_leaves(digest), copy);
  EXPECT_EQ(copy.columns[0].leaves, digest.columns[0].leaves);
}

TEST(Leaves, AreRefusedWhenTheirNumberIsWrong) {
  StreamDigester digester(batch_of(numbers(1))->schema());
  digester.update(batch_of(numbers(5)));
  TableDigest digest = digester.finish();
  EXPECT_THROW(unpack_leaves(pack_leaves(digest) + "x", digest), Error);
}

TEST(Leaves, NarrowADifferenceToColumnAndRows) {
  const auto column = numbers(2 * kBlockRows + 10);
  const Arrays parts = {column->Slice(0, kBlockRows + 1), array_of(arrow::int64(), "[-1]"),
                        column->Slice(kBlockRows + 2)};
  const auto changed = arrow::Concatenate(parts).ValueOrDie();
  const auto digest = [](const std::shared_ptr<arrow::Array>& array) {
    StreamDigester digester(batch_of(array)->schema());
    digester.update(batch_of(array));
    return digester.finish();
  };
  const auto differences = differing_leaves(digest(column), digest(changed));
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].column, "x");
  EXPECT_EQ(differences[0].first_row, kBlockRows);
  EXPECT_EQ(differences[0].last_row, 2 * kBlockRows - 1);
}

TEST(DigestOfTables, DoesNotDependOnTheOrderButOnTheNames) {
  EXPECT_EQ(digest_of_tables({{"a", "cd1:1"}, {"b", "cd1:2"}}),
            digest_of_tables({{"b", "cd1:2"}, {"a", "cd1:1"}}));
  EXPECT_NE(digest_of_tables({{"a", "cd1:1"}, {"b", "cd1:2"}}),
            digest_of_tables({{"b", "cd1:1"}, {"a", "cd1:2"}}));
}

TEST(MultisetDigest, DoesNotSeeTheOrderOfRows) {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"[1, 2, null]", R"(["x", null, "z"])"}, {"[null, 1, 2]", R"(["z", "x", null])"}};
  std::set<std::string> texts;
  for (const auto& [ints, strings] : rows) {
    MultisetDigester digester;
    digester.update(*arrow::RecordBatch::Make(
        arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::utf8())}), 3,
        Arrays{array_of(arrow::int64(), ints), array_of(arrow::utf8(), strings)}));
    texts.insert(digester.text());
  }
  EXPECT_EQ(texts.size(), 1u);
}

TEST(MultisetDigest, SeesHowOftenARowIsThereAndInWhichColumnAValueIs) {
  const auto text = [](const std::string& first, const std::string& second) {
    MultisetDigester digester;
    const auto a = array_of(arrow::int64(), first);
    digester.update(*arrow::RecordBatch::Make(
        arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::int64())}),
        a->length(), Arrays{a, array_of(arrow::int64(), second)}));
    return digester.text();
  };
  EXPECT_NE(text("[1, 1]", "[5, 5]"), text("[1]", "[5]"));
  EXPECT_NE(text("[1, 2]", "[5, 6]"), text("[5, 6]", "[1, 2]"));
  EXPECT_NE(text("[1, 2]", "[5, 6]"), text("[1, 2]", "[6, 5]"));
}

TEST(MultisetDigest, DoesNotSeeEncodings) {
  const auto text = [](const std::shared_ptr<arrow::Array>& column) {
    MultisetDigester digester;
    digester.update(*batch_of(column));
    return digester.text();
  };
  const auto dictionary =
      arrow::DictionaryArray::FromArrays(arrow::dictionary(arrow::int8(), arrow::utf8()),
                                         array_of(arrow::int8(), "[1, 0, null, 2]"),
                                         array_of(arrow::utf8(), R"(["a", "b", null])"))
          .ValueOrDie();
  const std::string digest = text(array_of(arrow::utf8(), R"(["b", "a", null, null])"));
  EXPECT_EQ(text(dictionary), digest);
  EXPECT_EQ(text(array_of(arrow::utf8_view(), R"(["b", "a", null, null])")), digest);
}

}  // namespace
}  // namespace cairn::data
