// The vectors of tests/golden/cd1 were made by tests/python/cd1_reference.py, an independent
// implementation of docs/formats.md.

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/util/base64.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/json.h"
#include "data/content_digest.h"

namespace cairn::data {
namespace {

struct Vector {
  std::string name;
  std::shared_ptr<arrow::Table> table;
  std::string root;
  std::string multiset;
};

uint64_t splitmix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

/// Appends the values of one recipe to a builder of its type.
class RecipeBuilder {
 public:
  explicit RecipeBuilder(const std::string& type) : type_(type) {}

  void append(uint64_t bits) {
    if (type_ == "int64") {
      ok(ints_.Append(static_cast<int64_t>(bits)));
    } else if (type_ == "uint8") {
      ok(bytes_.Append(static_cast<uint8_t>(bits)));
    } else if (type_ == "float64") {
      ok(doubles_.Append(bits % 64 == 0 ? std::nan("") : std::ldexp(bits >> 11, -30)));
    } else if (type_ == "bool") {
      ok(bools_.Append((bits & 1) == 1));
    } else if (type_ == "utf8") {
      ok(strings_.Append("v" + std::to_string(bits % 1000)));
    } else {
      ok(lists_.Append());
      for (uint64_t i = 0; i < bits % 4; ++i) ok(items_->Append(static_cast<uint8_t>(bits >> 8)));
    }
  }

  void append_null() { ok(builder().AppendNull()); }
  std::shared_ptr<arrow::Array> finish() { return builder().Finish().ValueOrDie(); }

 private:
  static void ok(const arrow::Status& status) { ASSERT_TRUE(status.ok()) << status.ToString(); }

  arrow::ArrayBuilder& builder() {
    if (type_ == "int64") return ints_;
    if (type_ == "uint8") return bytes_;
    if (type_ == "float64") return doubles_;
    if (type_ == "bool") return bools_;
    if (type_ == "utf8") return strings_;
    return lists_;
  }

  std::string type_;
  arrow::Int64Builder ints_;
  arrow::UInt8Builder bytes_;
  arrow::DoubleBuilder doubles_;
  arrow::BooleanBuilder bools_;
  arrow::StringBuilder strings_;
  std::shared_ptr<arrow::UInt8Builder> items_ = std::make_shared<arrow::UInt8Builder>();
  arrow::ListBuilder lists_{arrow::default_memory_pool(), items_};
};

std::shared_ptr<arrow::Table> table_of_recipe(const Json& recipe) {
  RecipeBuilder builder(recipe.at("type").get<std::string>());
  const auto seed = recipe.at("seed").get<uint64_t>();
  const auto null_every = recipe.at("null_every").get<uint64_t>();
  for (uint64_t i = 0; i < recipe.at("rows").get<uint64_t>(); ++i) {
    const uint64_t bits = splitmix64(seed + i);
    if (null_every > 0 && (bits >> 40) % null_every == 0) {
      builder.append_null();
    } else {
      builder.append(bits);
    }
  }
  const auto column = builder.finish();
  return arrow::Table::Make(arrow::schema({arrow::field("x", column->type())}), {column});
}

std::shared_ptr<arrow::Table> table_of_ipc(const std::string& base64) {
  const auto bytes = arrow::Buffer::FromString(arrow::util::base64_decode(base64).ValueOrDie());
  return arrow::ipc::RecordBatchStreamReader::Open(std::make_shared<arrow::io::BufferReader>(bytes))
      .ValueOrDie()
      ->ToTable()
      .ValueOrDie();
}

std::vector<Vector> read_vectors() {
  std::ifstream file(CAIRN_TESTS_DIR "/golden/cd1/vectors.json");
  std::stringstream text;
  text << file.rdbuf();
  std::vector<Vector> vectors;
  for (const Json& json : parse_json(text.str(), "the golden vectors")) {
    auto table = json.contains("recipe") ? table_of_recipe(json.at("recipe"))
                                         : table_of_ipc(json.at("ipc").get<std::string>());
    vectors.push_back({json.at("name").get<std::string>(), std::move(table),
                       json.at("root").get<std::string>(), json.at("multiset").get<std::string>()});
  }
  return vectors;
}

class GoldenVectors : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { vectors_ = read_vectors(); }
  static void TearDownTestSuite() { vectors_.clear(); }

  static std::vector<Vector> vectors_;
};

std::vector<Vector> GoldenVectors::vectors_;

TEST_F(GoldenVectors, AreMany) {
  EXPECT_GE(vectors_.size(), 200u);
}

TEST_F(GoldenVectors, HaveTheDigestTheReferenceGives) {
  for (const Vector& vector : vectors_) {
    arrow::TableBatchReader reader(vector.table);
    EXPECT_EQ(digest_all(reader).root, vector.root) << vector.name;
  }
}

TEST_F(GoldenVectors, HaveTheSameDigestCutIntoSmallBatches) {
  for (const Vector& vector : vectors_) {
    arrow::TableBatchReader reader(vector.table);
    reader.set_chunksize(vector.table->num_rows() < 1000 ? 1 : 1000);
    EXPECT_EQ(digest_all(reader).root, vector.root) << vector.name;
  }
}

TEST_F(GoldenVectors, HaveTheMultisetDigestTheReferenceGives) {
  for (const Vector& vector : vectors_) {
    arrow::TableBatchReader reader(vector.table);
    MultisetDigester digester;
    while (const auto batch = reader.Next().ValueOrDie()) digester.update(*batch);
    EXPECT_EQ(digester.text(), vector.multiset) << vector.name;
  }
}

}  // namespace
}  // namespace cairn::data
