#include "formats/inputs/open_input.h"

#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "data/arrow_error.h"
#include "support/arrow_samples.h"
#include "support/errors.h"
#include "support/hostile_bytes.h"
#include "support/temporary_folder.h"

namespace cairn::formats {
namespace {

using namespace std::string_view_literals;

using cairn::testing::array_of;
using cairn::testing::damaged;
using cairn::testing::error_of;
using cairn::testing::sample_batch;
using cairn::testing::TemporaryFolder;
using ::testing::HasSubstr;

using Write = std::function<void(const std::shared_ptr<arrow::io::OutputStream>&)>;

std::string bytes_of(const Write& write) {
  auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), "open");
  write(sink);
  return value_or_throw(sink->Finish(), "finish")->ToString();
}

std::string ipc_file(const arrow::RecordBatch& batch) {
  return bytes_of([&](const auto& sink) {
    auto writer = value_or_throw(arrow::ipc::MakeFileWriter(sink, batch.schema()), "open");
    check(writer->WriteRecordBatch(batch), "write");
    check(writer->WriteRecordBatch(batch), "write");
    check(writer->Close(), "close");
  });
}

std::string ipc_stream(const arrow::RecordBatch& batch) {
  return bytes_of([&](const auto& sink) {
    auto writer = value_or_throw(arrow::ipc::MakeStreamWriter(sink, batch.schema()), "open");
    check(writer->WriteRecordBatch(batch), "write");
    check(writer->Close(), "close");
  });
}

std::string parquet_file(const std::shared_ptr<arrow::RecordBatch>& batch) {
  return bytes_of([&](const auto& sink) {
    const auto table = value_or_throw(arrow::Table::FromRecordBatches({batch}), "make a table");
    check(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink), "write");
  });
}

class Inputs : public ::testing::Test {
 protected:
  Input open(const std::string& name, std::string_view bytes,
             arrow::MemoryPool* pool = arrow::default_memory_pool()) {
    const auto path = folder_ / name;
    std::filesystem::remove(path);  // replacing a file in place would wait for the disk
    std::ofstream(path, std::ios::binary) << bytes;
    return open_input(path, folder_ / "spool", pool);
  }

  std::shared_ptr<arrow::Table> read(const std::string& name, std::string_view bytes) {
    return value_or_throw(open(name, bytes).reader->ToTable(), "read it");
  }

  std::string complaint(ErrorKind kind, const std::string& name, std::string_view bytes) {
    const auto error = error_of([&] { read(name, bytes); });
    EXPECT_EQ(error->kind(), kind) << error->what();
    return error->what();
  }

  TemporaryFolder folder_;
};

TEST_F(Inputs, AreRecognisedByTheirBytesWhateverTheirName) {
  const auto batch = sample_batch(100);
  const auto kind = [&](std::string_view bytes) { return open("data.bin", bytes).kind; };
  EXPECT_EQ(kind(parquet_file(batch)), "parquet");
  EXPECT_EQ(kind(ipc_file(*batch)), "arrow");
  EXPECT_EQ(kind(ipc_stream(*batch)), "arrow");
  EXPECT_EQ(kind("{\"a\": 1}\n"), "jsonl");
  EXPECT_EQ(kind("a,b\n1,2\n"), "csv");
}

TEST_F(Inputs, HoldTheSameTableInEveryArrowFormat) {
  const auto batch = sample_batch(100);
  const auto same = [&](const std::shared_ptr<arrow::Table>& table, int64_t offset = 0) {
    return value_or_throw(table->Slice(offset, 100)->CombineChunksToBatch(), "combine")
        ->Equals(*batch);
  };
  EXPECT_TRUE(same(read("a.parquet", parquet_file(batch))));
  EXPECT_TRUE(same(read("a.arrow", ipc_file(*batch)), 0));
  EXPECT_TRUE(same(read("a.arrow", ipc_file(*batch)), 100));
  EXPECT_TRUE(same(read("a.arrows", ipc_stream(*batch))));
}

TEST_F(Inputs, SayHowMuchTheyHoldWhereThatIsKnown) {
  const auto batch = sample_batch(100);
  EXPECT_EQ(open("a", parquet_file(batch)).rows, 100);
  EXPECT_EQ(open("a", ipc_file(*batch)).rows, -1);
  EXPECT_EQ(open("a", "{\"a\": 1}\n\n{\"a\": 2}").rows, 2);
  EXPECT_EQ(open("a", "{\"a\": 1}\n\n{\"a\": 2}").bytes, 18);
}

TEST_F(Inputs, ThatArePipesAreSpooled) {
  const auto batch = sample_batch(100);
  const std::string pipe = folder_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << parquet_file(batch); });
  const auto input = open_input(pipe, folder_ / "spool", arrow::default_memory_pool());
  writer.join();
  EXPECT_EQ(input.rows, 100);
  EXPECT_EQ(value_or_throw(input.reader->ToTable(), "read it")->num_rows(), 100);
}

TEST_F(Inputs, OfCsvAreReadWithInferredTypes) {
  const auto table = read("a.csv", "id,name\n1,x\n2,\n");
  EXPECT_EQ(table->schema()->ToString(), "id: int64\nname: string");
  EXPECT_EQ(table->num_rows(), 2);
}

TEST_F(Inputs, OfJsonLinesUniteTheTypesOfAllLines) {
  // Enough lines that the later types come in another block.
  std::string lines;
  for (int i = 0; i < 30'000; ++i)
    lines +=
        R"({"n": 1, "when": "2026-01-02 03:04:05", "list": [], "deep": {"a": null}, "s": null})"
        "\n";
  lines += R"({"n": 1.5, "when": "later", "list": [1], "deep": {"a": true, "b": 2}, "new": "x"})";
  const auto table = read("a.jsonl", lines);
  EXPECT_EQ(table->num_rows(), 30'001);
  EXPECT_EQ(table->schema()->ToString(),
            "n: double\nwhen: string\nlist: list<item: int64>\n"
            "deep: struct<a: bool, b: int64>\ns: null\nnew: string");
  EXPECT_EQ(value_or_throw(table->column(1)->GetScalar(0), "get")->ToString(),
            "2026-01-02 03:04:05");
}

TEST_F(Inputs, OfJsonLinesNameTheFieldThatHasTwoTypes) {
  // Long enough to be a block of its own.
  const std::string text(2 << 20, 'x');
  const std::string lines = R"({"a": {"b": [1]}})"
                            "\n"
                            R"({"a": {"b": [")" +
                            text + "\"]}}\n";
  EXPECT_THAT(complaint(ErrorKind::corrupt, "a.jsonl", lines),
              HasSubstr("field 'a.b[]' is int64 in some lines and string in others"));
}

TEST_F(Inputs, OfJsonLinesAreRefusedWithTheLinesAtFault) {
  EXPECT_THAT(complaint(ErrorKind::corrupt, "a.jsonl", "{\"a\": 1}\n{\"a\": \n"),
              HasSubstr("lines 1 to 2"));
  const std::string deep = "{\"a\": " + std::string(100'000, '[') + "\n";
  EXPECT_THAT(complaint(ErrorKind::corrupt, "a.jsonl", deep), HasSubstr("line 1 is nested"));
}

TEST_F(Inputs, OfJsonLinesWithManyNamesStayWithinMemory) {
  // A cell for every name in every line would be 300,000,000 cells.
  std::string lines = "{\"k\": 0";
  for (int i = 0; i < 10'000; ++i) lines += ",\"" + std::to_string(i) + "\":0";
  lines += "}\n";
  for (int i = 0; i < 30'000; ++i) lines += "{}\n";
  const auto input = open("a.jsonl", lines);
  std::shared_ptr<arrow::RecordBatch> batch;
  check(input.reader->ReadNext(&batch), "read");
  EXPECT_EQ(batch->num_columns(), 10'001);
  EXPECT_LT(batch->num_rows(), 2000);
}

TEST_F(Inputs, ThatCannotBeReadSayWhyAndWhatToDo) {
  const auto unsupported = [&](const std::string& name, std::string_view bytes) {
    return complaint(ErrorKind::unsupported, name, bytes);
  };
  const auto corrupt = [&](const std::string& name, std::string_view bytes) {
    return complaint(ErrorKind::corrupt, name, bytes);
  };
  EXPECT_THAT(unsupported("a.csv.gz", "\x1f\x8b\x08\0\0"sv), HasSubstr("decompress it first"));
  EXPECT_THAT(unsupported("a.xlsx", "PK\x03\x04...."), HasSubstr("save the sheet as CSV"));
  EXPECT_THAT(unsupported("a.db", "SQLite format 3\0..."sv), HasSubstr("an SQLite database"));
  EXPECT_THAT(unsupported("a.feather", "FEA1...."), HasSubstr("version 2"));
  EXPECT_THAT(unsupported("a.csv",
                          "\xff\xfe"
                          "a\0,\0b\0"sv),
              HasSubstr("iconv"));
  EXPECT_THAT(unsupported("a.json", "[{\"a\": 1}]"), HasSubstr("one object per line"));
  EXPECT_THAT(corrupt("a.csv", ""), HasSubstr("it is empty"));
  EXPECT_THAT(corrupt("a.csv", " \n\n"), HasSubstr("only spaces"));
  EXPECT_THAT(corrupt("a.parquet", "a,b\n1,2\n"), HasSubstr("is named .parquet"));
  EXPECT_THAT(corrupt("a.bin", "\1\2\0\3"sv), HasSubstr("it is binary"));
  EXPECT_THAT(corrupt("a.parquet", "PAR1 and no more"), HasSubstr("its end is missing"));
  EXPECT_THAT(corrupt("a.arrow", "ARROW1\0\0and no more"sv), HasSubstr("a.arrow"));
}

TEST_F(Inputs, ThatAreNoFilesSaySo) {
  const auto open_path = [&](const std::string& path) {
    return error_of([&] { open_input(path, folder_ / "spool", arrow::default_memory_pool()); });
  };
  EXPECT_EQ(open_path(folder_ / "missing")->kind(), ErrorKind::not_found);
  const auto error = open_path(folder_.path());
  EXPECT_EQ(error->kind(), ErrorKind::invalid_argument);
  EXPECT_THAT(error->what(), HasSubstr("name a file"));
}

// Every damaged input is read, or refused with an Error; none breaks its reader or the limit.
TEST_F(Inputs, SurviveAnyDamage) {
  const auto batch = sample_batch(300);
  std::string lines;
  for (int i = 0; i < 100; ++i)
    lines += R"({"n": 1.5, "s": "a\u00e9\n", "list": [1, null], "deep": {"a": true}})"
             "\n";
  for (const std::string& intact : {ipc_file(*batch), ipc_stream(*batch), lines}) {
    for (uint32_t seed = 0; seed < 2000; ++seed) {
      arrow::CappedMemoryPool pool(arrow::default_memory_pool(), 64 << 20);
      try {
        value_or_throw(open("a.bin", damaged(intact, seed), &pool).reader->ToTable(), "read it");
      } catch (const Error& error) {
        EXPECT_STRNE(error.what(), "");
      }
    }
  }
}

}  // namespace
}  // namespace cairn::formats
