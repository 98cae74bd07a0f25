#include "formats/arrow/arrow_codec.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "support/errors.h"
#include "support/tables.h"
#include "support/temporary_folder.h"

namespace cairn::formats {
namespace {

using cairn::testing::error_kind_of;

class ArrowCodecTest : public ::testing::Test {
 protected:
  std::filesystem::path write(const Rows& rows, const std::shared_ptr<arrow::Schema>& schema) {
    const auto codec = make_arrow_codec(schema);
    const auto assembler = codec->assemble();
    std::string bytes;
    const auto add = [&](const FileAssembler::Pieces& pieces) {
      for (const auto& piece : pieces) bytes += piece->ToString();
    };
    add(assembler->begin());
    for (const auto& batch : rows)
      add(assembler->append(codec->encode({batch}, arrow::default_memory_pool())));
    add(assembler->finish({{"about", "this"}}));
    return write(bytes);
  }

  std::filesystem::path write(const std::string& bytes) {
    const auto path = folder_ / (std::to_string(++files_) + ".arrow");
    io::replace_file(path, bytes);
    return path;
  }

  static MappedArrowFile open(const std::filesystem::path& path) {
    return MappedArrowFile::open(io::FileDescriptor::open_to_read(path), path);
  }

  cairn::testing::TemporaryFolder folder_;
  int files_ = 0;
};

TEST_F(ArrowCodecTest, GivesBackRowsThatLieInTheFile) {
  const auto batch = cairn::testing::make_orders(5000);
  const auto path = write({batch->Slice(0, 4096), batch->Slice(4096)}, batch->schema());
  std::shared_ptr<arrow::Table> table;
  {
    const auto file = open(path);
    EXPECT_EQ(file.key_values().at("about"), "this");
    table = file.read();
  }
  std::filesystem::remove(path);
  EXPECT_TRUE(table->Equals(*arrow::Table::FromRecordBatches({batch}).ValueOrDie(), true));
  for (const auto& column : table->columns()) {
    for (const auto& chunk : column->chunks()) {
      for (const auto& buffer : chunk->data()->buffers) {
        if (buffer != nullptr && buffer->size() > 0) {
          EXPECT_EQ(buffer->address() % 8, 0u) << "is copied when it is computed on";
        }
      }
    }
  }
}

TEST_F(ArrowCodecTest, HasATableWithoutRows) {
  const auto schema = arrow::schema({arrow::field("x", arrow::int8())});
  const auto table = open(write(Rows{}, schema)).read();
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_TRUE(table->schema()->Equals(*schema, true));
}

TEST_F(ArrowCodecTest, DecodesWhatItEncodes) {
  const auto batch = cairn::testing::make_orders(100);
  const auto codec = make_arrow_codec(batch->schema());
  auto* pool = arrow::default_memory_pool();
  const Rows rows = codec->decode(codec->encode({batch}, pool), pool);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows.front()->Equals(*batch));
}

TEST_F(ArrowCodecTest, RefusesAnEndThatIsNotWhole) {
  const auto batch = cairn::testing::make_orders(100);
  const std::string bytes = io::read_file(write({batch}, batch->schema()), 1 << 20);
  for (const size_t size : {size_t{0}, size_t{7}, bytes.size() / 2, bytes.size() - 1}) {
    const auto path = write(bytes.substr(0, size));
    EXPECT_EQ(error_kind_of([&] { open(path); }), ErrorKind::corrupt) << size;
  }
  std::string lying = bytes;
  lying[bytes.size() - 9] = '\x7f';  // the highest byte of the length
  EXPECT_EQ(error_kind_of([&] { open(write(lying)); }), ErrorKind::corrupt);
}

}  // namespace
}  // namespace cairn::formats
