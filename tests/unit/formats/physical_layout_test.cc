#include "formats/physical_layout.h"

#include <arrow/api.h>
#include <arrow/extension_type.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "cairn/error.h"
#include "data/arrow_error.h"
#include "support/arrow_values.h"

namespace cairn::formats {
namespace {

using cairn::testing::array_of;
using ArrayPtr = std::shared_ptr<arrow::Array>;
using TypePtr = std::shared_ptr<arrow::DataType>;

arrow::MemoryPool* pool() {
  return arrow::default_memory_pool();
}

void expect_valid(const ArrayPtr& array) {
  const arrow::Status status = array->ValidateFull();
  EXPECT_TRUE(status.ok()) << status.ToString();
}

// A storage type under another name, as registered extension types are.
class Celsius : public arrow::ExtensionType {
 public:
  explicit Celsius(TypePtr storage) : ExtensionType(std::move(storage)) {}
  std::string extension_name() const override { return "test.celsius"; }
  bool ExtensionEquals(const ExtensionType& other) const override {
    return other.extension_name() == extension_name() &&
           other.storage_type()->Equals(*storage_type());
  }
  ArrayPtr MakeArray(std::shared_ptr<arrow::ArrayData> data) const override {
    return std::make_shared<arrow::ExtensionArray>(std::move(data));
  }
  arrow::Result<TypePtr> Deserialize(TypePtr storage, const std::string&) const override {
    return std::make_shared<Celsius>(std::move(storage));
  }
  std::string Serialize() const override { return ""; }
};

struct Layout {
  std::string name;
  TypePtr type;
  TypePtr plain;
  std::string json;  // values of the plain type
};

std::vector<Layout> layouts() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  const std::string words = R"(["a", "bb", null, "a", "", "a"])";
  const auto named = [](const TypePtr& type) { return field("entry", type, false); };
  return {
      {"int64", int64(), int64(), "[1, null, 3]"},
      {"dictionary", dictionary(int8(), utf8()), large_utf8(), words},
      {"ordered_dictionary", dictionary(uint16(), int32(), true), int32(), "[7, null, 7, 8]"},
      {"dictionary_of_views", dictionary(int32(), utf8_view()), large_utf8(), words},
      {"dictionary_of_decimals", dictionary(int8(), decimal128(9, 2)), decimal128(9, 2),
       R"(["1.50", "1.50", null])"},
      {"dictionary_of_bools", dictionary(int8(), boolean()), boolean(), "[true, null, true]"},
      {"dictionary_of_lists", dictionary(int16(), list(int8())), large_list(int8()),
       "[[1, 2], [], null, [1, 2]]"},
      {"run_ends", run_end_encoded(int16(), utf8()), large_utf8(), words},
      {"run_ends_of_structs", run_end_encoded(int32(), struct_({field("x", int8())})),
       struct_({field("x", int8())}), R"([{"x": 1}, {"x": 1}, null, null, {"x": 2}])"},
      {"string_view", utf8_view(), large_utf8(), words},
      {"binary_view", binary_view(), large_binary(), words},
      {"list_view", list_view(named(utf8())), large_list(named(large_utf8())),
       R"([["a"], null, [], ["b", "c"]])"},
      {"large_list_view", large_list_view(int8()), large_list(int8()), "[[1], null, [], [2, 3]]"},
      {"list_of_dictionaries", list(dictionary(int8(), utf8())), list(large_utf8()),
       R"([["a", "b"], null, [null]])"},
      {"fixed_list_of_views", fixed_size_list(utf8_view(), 2), fixed_size_list(large_utf8(), 2),
       R"([["a", "b"], null, [null, "c"]])"},
      {"map_to_dictionary", map(utf8(), dictionary(int8(), utf8()), true),
       map(utf8(), large_utf8(), true), R"([[["k", "v"]], null, []])"},
      {"struct_of_both",
       struct_({field("d", dictionary(int8(), utf8())), field("v", utf8_view(), false)}),
       struct_({field("d", large_utf8()), field("v", large_utf8(), false)}),
       R"([{"d": "x", "v": "y"}, null, {"d": null, "v": "z"}])"},
      {"extension", std::make_shared<Celsius>(dictionary(int8(), float32())), float32(),
       "[1.5, null, 1.5]"},
  };
}

class PhysicalLayout : public ::testing::TestWithParam<Layout> {};

TEST_P(PhysicalLayout, IsLostAndRestoredExactly) {
  const Layout& layout = GetParam();
  ASSERT_TRUE(plain_type(layout.type)->Equals(*layout.plain))
      << plain_type(layout.type)->ToString();
  const ArrayPtr values = array_of(layout.plain, layout.json);

  const ArrayPtr laid_out = from_plain(values, layout.type, pool());
  expect_valid(laid_out);
  EXPECT_TRUE(laid_out->type()->Equals(*layout.type, /*check_metadata=*/true))
      << laid_out->type()->ToString();

  const ArrayPtr plain = to_plain(laid_out, pool());
  expect_valid(plain);
  EXPECT_TRUE(plain->Equals(*values)) << plain->ToString() << values->ToString();
}

TEST_P(PhysicalLayout, IsLostFromASliceAsFromTheWhole) {
  const ArrayPtr values = array_of(GetParam().plain, GetParam().json);
  const ArrayPtr laid_out = from_plain(values, GetParam().type, pool());
  const ArrayPtr plain = to_plain(laid_out->Slice(1, 2), pool());
  expect_valid(plain);
  EXPECT_TRUE(plain->Equals(*values->Slice(1, 2))) << plain->ToString();
  const ArrayPtr again = from_plain(values->Slice(1, 2), GetParam().type, pool());
  EXPECT_TRUE(to_plain(again, pool())->Equals(*values->Slice(1, 2)));
}

TEST_P(PhysicalLayout, IsRestoredForNoRows) {
  const ArrayPtr none = array_of(GetParam().plain, "[]");
  const ArrayPtr laid_out = from_plain(none, GetParam().type, pool());
  expect_valid(laid_out);
  EXPECT_EQ(to_plain(laid_out, pool())->length(), 0);
}

INSTANTIATE_TEST_SUITE_P(Types, PhysicalLayout, ::testing::ValuesIn(layouts()),
                         [](const auto& layout) { return layout.param.name; });

TEST(PhysicalLayoutOfFloats, KeepsZerosOfBothSignsApart) {
  const ArrayPtr zeros = array_of(arrow::float64(), "[0.0, -0.0, 0.0]");
  for (const TypePtr& type : {arrow::dictionary(arrow::int8(), arrow::float64()),
                              arrow::run_end_encoded(arrow::int32(), arrow::float64())}) {
    const ArrayPtr plain = to_plain(from_plain(zeros, type, pool()), pool());
    EXPECT_TRUE(plain->Equals(*zeros, arrow::EqualOptions::Defaults().signed_zeros_equal(false)))
        << type->ToString();
  }
}

TEST(PhysicalLayoutOfListViews, FollowsOverlappingAndUnorderedViews) {
  const ArrayPtr items = array_of(arrow::int8(), "[1, 2, 3]");
  const ArrayPtr offsets = array_of(arrow::int32(), "[1, 0, 0]");
  const ArrayPtr sizes = array_of(arrow::int32(), "[2, 2, 0]");
  const ArrayPtr views =
      value_or_throw(arrow::ListViewArray::FromArrays(*offsets, *sizes, *items), "build views");
  EXPECT_TRUE(to_plain(views, pool())
                  ->Equals(*array_of(arrow::large_list(arrow::int8()), "[[2, 3], [1, 2], []]")));
}

TEST(PhysicalLayoutOfDictionaries, RefusesMoreValuesThanTheIndexCounts) {
  arrow::Int32Builder builder;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(builder.Append(i).ok());
  const ArrayPtr many = value_or_throw(builder.Finish(), "build");
  EXPECT_THROW(from_plain(many, arrow::dictionary(arrow::int8(), arrow::int32()), pool()), Error);
}

arrow::RecordBatchVector in_pieces(const std::shared_ptr<arrow::Array>& plain,
                                   const std::shared_ptr<arrow::DataType>& type) {
  const auto schema = arrow::schema({arrow::field("x", type)});
  return convert_in_pieces(testing::batch_of(plain), [&](const arrow::RecordBatch& rows) {
    return arrow::RecordBatch::Make(
        schema, rows.num_rows(), {from_plain(rows.column(0), type, arrow::default_memory_pool())});
  });
}

std::shared_ptr<arrow::Array> distinct_numbers(int64_t count) {
  arrow::Int32Builder numbers;
  for (int64_t i = 0; i < count; ++i) check(numbers.Append(static_cast<int32_t>(i)), "append");
  return value_or_throw(numbers.Finish(), "finish");
}

TEST(ConvertInPieces, LeavesWhatFitsInOne) {
  EXPECT_EQ(
      in_pieces(distinct_numbers(128), arrow::dictionary(arrow::int8(), arrow::int32())).size(),
      1U);
  EXPECT_EQ(
      in_pieces(distinct_numbers(32767), arrow::run_end_encoded(arrow::int16(), arrow::int32()))
          .size(),
      1U);
  EXPECT_EQ(in_pieces(distinct_numbers(0), arrow::dictionary(arrow::int8(), arrow::int32())).size(),
            1U);
}

TEST(ConvertInPieces, HalvesRowsUntilIndicesAndRunEndsCountThem) {
  for (const auto& [rows, type] : std::vector<std::pair<int64_t, std::shared_ptr<arrow::DataType>>>{
           {129, arrow::dictionary(arrow::int8(), arrow::int32())},
           {1000, arrow::dictionary(arrow::uint8(), arrow::int32())},
           {32768, arrow::run_end_encoded(arrow::int16(), arrow::int32())}}) {
    const auto plain = distinct_numbers(rows);
    int64_t row = 0;
    for (const auto& piece : in_pieces(plain, type)) {
      check(piece->ValidateFull(), "validate");
      EXPECT_TRUE(piece->column(0)->type()->Equals(*type));
      const auto back = to_plain(piece->column(0), arrow::default_memory_pool());
      EXPECT_TRUE(back->Equals(plain->Slice(row, piece->num_rows()))) << type->ToString();
      row += piece->num_rows();
    }
    EXPECT_EQ(row, rows);
  }
}

TEST(ConvertInPieces, GivesUpOnASingleRowThatDoesNotFit) {
  const auto plain =
      value_or_throw(arrow::ListArray::FromArrays(*testing::array_of(arrow::int32(), "[0, 200]"),
                                                  *distinct_numbers(200)),
                     "make a list");
  EXPECT_THROW(in_pieces(plain, arrow::list(arrow::dictionary(arrow::int8(), arrow::int32()))),
               LayoutTooNarrow);
}

}  // namespace
}  // namespace cairn::formats
