#include "integrity/dtype_matrix.h"

#include <arrow/api.h>
#include <gmock/gmock.h>

#include "support/arrow_values.h"

namespace cairn::integrity {
namespace {

using Type = std::shared_ptr<arrow::DataType>;
using enum TypeRelation;
using testing::array_of;

const auto kZone = [](const char* zone) { return arrow::timestamp(arrow::TimeUnit::MICRO, zone); };
Type stamp(arrow::TimeUnit::type unit) {
  return arrow::timestamp(unit);
}

struct Cell {
  Type original;
  Type exported;
  TypeRelation flexible;
  TypeRelation csv;
};

std::vector<Cell> layouts() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  return {
      {int64(), int64(), identical, identical},
      {utf8(), large_utf8(), equivalent, equivalent},
      {large_utf8(), utf8_view(), equivalent, equivalent},
      {dictionary(int8(), utf8()), utf8(), equivalent, equivalent},
      {utf8(), dictionary(int32(), large_utf8()), equivalent, equivalent},
      {run_end_encoded(int32(), int64()), int64(), equivalent, equivalent},
      {binary(), binary_view(), equivalent, equivalent},
      {fixed_size_binary(4), binary(), equivalent, equivalent},
      {binary(), fixed_size_binary(4), by_value, by_value},
      {list(utf8()), large_list(large_utf8()), equivalent, equivalent},
      {fixed_size_list(int8(), 2), list(int8()), equivalent, equivalent},
      {struct_({field("a", utf8())}), struct_({field("a", large_utf8(), false)}), equivalent,
       equivalent},
      {struct_({field("a", utf8())}), struct_({field("b", utf8())}), incompatible, incompatible},
      {list(int32()), list(int64()), incompatible, incompatible}};
}

std::vector<Cell> numbers() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  return {{int32(), int64(), equivalent, equivalent},
          {uint32(), int64(), equivalent, equivalent},
          {uint32(), int32(), by_value, by_value},
          {int8(), uint64(), by_value, by_value},
          {int64(), int16(), by_value, by_value},
          {int64(), float64(), by_value, by_value},
          {float64(), int64(), by_value, by_value},
          {float32(), float64(), equivalent, equivalent},
          {float64(), float32(), by_value, by_value},
          {float16(), float32(), equivalent, equivalent},
          {decimal128(10, 2), decimal128(12, 4), equivalent, equivalent},
          {decimal128(10, 2), decimal256(40, 2), equivalent, equivalent},
          {decimal128(12, 4), decimal128(12, 2), by_value, by_value},
          {decimal128(12, 0), int64(), by_value, by_value},
          {decimal128(12, 2), float64(), incompatible, by_value},
          {boolean(), int8(), incompatible, incompatible},
          {null(), int64(), by_value, by_value},
          {utf8(), null(), by_value, by_value}};
}

std::vector<Cell> times() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  return {{date32(), date64(), equivalent, equivalent},
          {date64(), date32(), equivalent, equivalent},
          {stamp(TimeUnit::MICRO), stamp(TimeUnit::NANO), equivalent, equivalent},
          {stamp(TimeUnit::NANO), stamp(TimeUnit::MICRO), by_value, by_value},
          {time32(TimeUnit::MILLI), time64(TimeUnit::NANO), equivalent, equivalent},
          {time64(TimeUnit::NANO), time32(TimeUnit::SECOND), by_value, by_value},
          {duration(TimeUnit::SECOND), duration(TimeUnit::MILLI), equivalent, equivalent},
          {duration(TimeUnit::MILLI), duration(TimeUnit::SECOND), by_value, by_value},
          {kZone("UTC"), kZone("+00:00"), equivalent, equivalent},
          {kZone("Europe/Berlin"), kZone("UTC"), incompatible, by_value},
          {kZone("UTC"), stamp(TimeUnit::MICRO), incompatible, incompatible},
          {date32(), stamp(TimeUnit::SECOND), incompatible, by_value},
          {date32(), int32(), incompatible, incompatible}};
}

std::vector<Cell> texts() {
  using namespace arrow;  // NOLINT: a table of Arrow types
  return {{utf8(), int64(), incompatible, by_text},
          {boolean(), utf8(), incompatible, by_text},
          {date32(), large_utf8(), incompatible, by_text},
          {stamp(TimeUnit::MICRO), utf8(), incompatible, by_text},
          {decimal128(5, 2), utf8(), incompatible, by_text},
          {duration(TimeUnit::MILLI), int64(), incompatible, by_text},
          {month_interval(), int64(), incompatible, by_text},
          {binary(), utf8(), incompatible, by_text},
          {list(int8()), utf8(), incompatible, by_text}};
}

class DtypeMatrix : public ::testing::TestWithParam<std::vector<Cell>> {};

TEST_P(DtypeMatrix, RelatesEveryPairOfTypes) {
  for (const Cell& cell : GetParam()) {
    const std::string what = cell.original->ToString() + " to " + cell.exported->ToString();
    EXPECT_EQ(relate(cell.original, cell.exported, DtypePolicy::flexible), cell.flexible) << what;
    EXPECT_EQ(relate(cell.original, cell.exported, DtypePolicy::strict), cell.flexible) << what;
    EXPECT_EQ(relate(cell.original, cell.exported, DtypePolicy::csv), cell.csv) << what;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, DtypeMatrix,
                         ::testing::Values(layouts(), numbers(), times(), texts()));

struct Values {
  Type original;
  std::string original_json;
  Type exported;
  std::string exported_json;
  int64_t differing;
};

int64_t differing_values(const Values& values) {
  const auto original = array_of(values.original, values.original_json);
  const auto exported = array_of(values.exported, values.exported_json);
  CompareOptions options;
  options.dtypes = DtypePolicy::csv;
  const auto reader = [](const std::shared_ptr<arrow::Array>& array) {
    const auto batch = testing::batch_of(array);
    return arrow::RecordBatchReader::Make({batch}, batch->schema()).ValueOrDie();
  };
  const IntegrityReport report =
      DataIntegrityValidator().compare(*reader(original), *reader(exported), options);
  for (const Issue& issue : report.issues) {
    if (issue.code == "VALUE_MISMATCH") return issue.count;
    if (issue.severity == Issue::Severity::error) return -1;
  }
  return 0;
}

TEST(ComparedValues, AreEqualAcrossTypesWhereTheyMeanTheSame) {
  using namespace arrow;  // NOLINT: a table of Arrow types
  const std::vector<Values> cases{
      {dictionary(int8(), utf8()), R"(["a", null, "a"])", large_utf8(), R"(["a", null, "b"])", 1},
      {utf8_view(), R"(["a", ""])", utf8(), R"(["a", ""])", 0},
      {int32(), "[1, -2, null]", int64(), "[1, -2, null]", 0},
      {int64(), "[1, 300]", int8(), "[1, 44]", 1},
      {uint64(), "[18446744073709551615]", int64(), "[-1]", 1},
      {int64(), "[9007199254740992, 5]", float64(), "[9007199254740992, 5]", 0},
      {int64(), "[9007199254740994]", float64(), "[9007199254740994]", 1},
      {float64(), "[1.5]", int64(), "[1]", 1},
      {float64(), "[0.5, 0.1]", float32(), "[0.5, 0.1]", 1},
      {float32(), "[0.5]", float64(), "[0.5]", 0},
      {float16(), "[0.5, 2]", float32(), "[0.5, 3]", 1},
      {decimal128(10, 2), R"(["1.50", "2.00"])", decimal256(40, 4), R"(["1.5000", "2.0001"])", 1},
      {decimal128(10, 2), R"(["1.50"])", decimal128(10, 1), R"(["1.5"])", 0},
      {decimal128(10, 2), R"(["7.00", "7.50"])", int64(), "[7, 7]", 1},
      {decimal128(10, 2), R"(["1.50"])", float64(), "[1.5]", 0},
      {date32(), "[1]", date64(), "[86400000]", 0},
      {date64(), "[86400001]", date32(), "[1]", 1},
      {date32(), "[1]", timestamp(TimeUnit::SECOND), "[86400]", 0},
      {timestamp(TimeUnit::NANO), "[1000, 1001]", timestamp(TimeUnit::MICRO), "[1, 1]", 1},
      {time32(TimeUnit::SECOND), "[1]", time64(TimeUnit::NANO), "[1000000000]", 0},
      {duration(TimeUnit::MILLI), "[1000, 1001]", duration(TimeUnit::SECOND), "[1, 1]", 1},
      {fixed_size_binary(2), R"(["ab"])", large_binary(), R"(["ab"])", 0},
      {list(utf8()), R"([["a", null], []])", large_list(large_utf8()), R"([["a", null], []])", 0},
      {list(utf8()), R"([["a", null], []])", large_list(large_utf8()), R"([["a", "b"], []])", 1},
      {struct_({field("a", utf8())}), R"([{"a": "x"}])", struct_({field("a", large_utf8())}),
       R"([{"a": "y"}])", 1},
      {map(utf8(), int8()), R"([[["k", 1]]])", map(large_utf8(), int8()), R"([[["k", 2]]])", 1},
      {null(), "[null]", int64(), "[null]", 0},
      {boolean(), "[true, false]", utf8(), R"(["true", "FALSE"])", 1},
      {utf8(), R"(["7", "007"])", int64(), "[7, 7]", 1},
      {date32(), "[0]", utf8(), R"(["1970-01-01"])", 0},
      {decimal128(5, 2), R"(["1.50"])", utf8(), R"(["1.50"])", 0},
      {list(int8()), "[[1, null]]", utf8(), R"(["[1,null]"])", 0},
      {duration(TimeUnit::MILLI), "[15]", int64(), "[15]", 0}};
  for (const Values& values : cases) {
    EXPECT_EQ(differing_values(values), values.differing)
        << values.original->ToString() << " " << values.original_json << " and "
        << values.exported->ToString() << " " << values.exported_json;
  }
}

}  // namespace
}  // namespace cairn::integrity
