#include <arrow/api.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/record_chunks.h"
#include "io/file.h"
#include "support/errors.h"
#include "support/temporary_folder.h"

namespace cairn::formats {
namespace {

using cairn::testing::error_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using TypePtr = std::shared_ptr<arrow::DataType>;

/// A file of these bytes, gone after the test.
class CsvFile {
 public:
  explicit CsvFile(const std::string& bytes) { io::replace_file(path(), bytes); }

  std::filesystem::path path() const { return folder_ / "input.csv"; }

 private:
  cairn::testing::TemporaryFolder folder_;
};

std::shared_ptr<arrow::Table> read_all(const std::filesystem::path& path,
                                       const std::shared_ptr<arrow::Schema>& schema,
                                       const CsvDialect& dialect) {
  const auto reader = open_csv(path, schema, dialect, arrow::default_memory_pool());
  auto table = value_or_throw(reader->ToTable(), "read");
  const arrow::Status valid = table->ValidateFull();
  EXPECT_TRUE(valid.ok()) << valid.ToString();
  return table;
}

TypePtr type_of(const std::string& records) {
  const CsvFile file("x\n" + records);
  const CsvInference found = infer_csv(file.path());
  // Whatever inference accepts, reading must too.
  EXPECT_EQ(read_all(file.path(), found.schema, found.dialect)->num_rows(), found.records);
  return found.schema->field(0)->type();
}

std::string why_not(const std::string& bytes) {
  const CsvFile file(bytes);
  const auto error = error_of([&] { infer_csv(file.path()); });
  EXPECT_EQ(error->kind(), ErrorKind::corrupt) << error->what();
  return error->what();
}

void expect_type(const TypePtr& type, const std::vector<std::string>& columns) {
  for (const std::string& records : columns)
    EXPECT_TRUE(type_of(records)->Equals(*type))
        << records << " -> " << type_of(records)->ToString();
}

TEST(InferCsv, GivesAColumnTheTypeOfAllItsValues) {
  expect_type(arrow::int64(), {"1\n-2\n0\n", "9223372036854775807\n", "\"1\"\n\"2\"\n"});
  expect_type(arrow::float64(), {"1.5\n", "1\n2.25\n", "1e-05\n", "1.5e300\n", "NaN\n1.0\n-inf\n",
                                 "-0.0\n", "9007199254740992\n0.5\n"});
  expect_type(arrow::boolean(), {"true\nfalse\n"});
  expect_type(arrow::date32(), {"2024-02-29\n1969-12-31\n"});
  expect_type(arrow::timestamp(arrow::TimeUnit::MICRO),
              {"2024-02-29 12:00:00\n2024-02-29T12:00:00.5\n", "9999-12-31T00:00:00\n"});
  expect_type(arrow::timestamp(arrow::TimeUnit::NANO), {"2024-02-29 12:00:00.123456789\n"});
  expect_type(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"),
              {"2024-02-29T12:00:00Z\n2024-02-29 12:00:00+02:00\n"});
}

TEST(InferCsv, KeepsAsTextWhatWouldNotReadBackTheSame) {
  expect_type(arrow::utf8(), {
                                 "01037\n13023\n",
                                 "+5\n",
                                 "\"1,000\"\n",
                                 "0x10\n",
                                 "9223372036854775808\n",
                                 "9007199254740993\n0.5\n",
                                 "0.123456789012345678901\n",
                                 "00.5\n",
                                 "-0\n",
                                 "12e4\n",
                                 "1.\n",
                                 ".5\n",
                                 " 1\n",
                                 "True\n",
                                 "true\n1\n",
                                 "1\n2024-02-29\n",
                                 "2024-02-30\n",
                                 "2024-02-29\n2024-02-29 12:00:00\n",
                                 "2024-02-29 12:00:00\n2024-02-29 12:00:00Z\n",
                                 "9999-12-31T00:00:00\n2024-02-29T12:00:00.123456789\n",
                                 "NaN\ninf\n",
                                 "1\n\"\"\n",
                                 "a\n1\n",
                             });
}

TEST(InferCsv, TakesBareEmptyFieldsForNull) {
  const CsvFile file("a,b,c\n1,,x\n,,\"\"\n");
  const CsvInference found = infer_csv(file.path());
  EXPECT_TRUE(found.schema->Equals(
      *arrow::schema({arrow::field("a", arrow::int64()), arrow::field("b", arrow::utf8()),
                      arrow::field("c", arrow::utf8())})));
  const auto table = read_all(file.path(), found.schema, found.dialect);
  EXPECT_EQ(table->column(0)->null_count(), 1);
  EXPECT_EQ(table->column(1)->null_count(), 2);
  EXPECT_EQ(table->column(2)->null_count(), 0);
}

TEST(InferCsv, FindsTheDelimiter) {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    const std::string d(1, delimiter);
    const CsvFile file("name" + d + "note\n\"a,b;c|d\te\"" + d + "x\nb" + d + "\"\"\n");
    const CsvInference found = infer_csv(file.path());
    EXPECT_EQ(found.dialect.delimiter, delimiter);
    EXPECT_EQ(found.schema->num_fields(), 2);
  }
  const CsvFile decimal_commas("price;tax\n1,5;0,5\n2,5;0,1\n");
  EXPECT_EQ(infer_csv(decimal_commas.path()).dialect.delimiter, ';');
  const CsvFile one_column("word\na\nb\n");
  EXPECT_EQ(infer_csv(one_column.path()).schema->num_fields(), 1);
}

TEST(InferCsv, RecognisesByteOrderMarkAndLineEndings) {
  const CsvFile file("\xEF\xBB\xBF\"id\",name\r\n1,x\r\n2,\"y\r\nz\"");
  const CsvInference found = infer_csv(file.path());
  EXPECT_TRUE(found.dialect.bom);
  EXPECT_TRUE(found.dialect.crlf);
  EXPECT_EQ(found.records, 2);
  EXPECT_EQ(found.schema->field(0)->name(), "id");
  const auto names = read_all(file.path(), found.schema, found.dialect)->column(1)->chunk(0);
  EXPECT_EQ(static_cast<const arrow::StringArray&>(*names).GetString(1), "y\r\nz");
}

TEST(InferCsv, LooksAtEveryRecord) {
  std::string records;
  for (int i = 0; i < 400'000; ++i) records += "12345\n";
  expect_type(arrow::int64(), {records});
  expect_type(arrow::utf8(), {records + "x\n"});
}

TEST(InferCsv, SaysWhatIsWrongWithAFile) {
  EXPECT_THAT(why_not(""), HasSubstr("is empty"));
  EXPECT_THAT(why_not("\xEF\xBB\xBF"), HasSubstr("is empty"));
  EXPECT_THAT(why_not("a,b\n1,2,3\n"), HasSubstr("record 1 has 3 fields, the header names 2"));
  EXPECT_THAT(why_not("a,a\n1,2\n"), HasSubstr("names two columns 'a'"));
  EXPECT_THAT(why_not("a,\n1,2\n"), HasSubstr("column 2 has no name"));
  EXPECT_THAT(why_not("a,b\n1,\"2\n"), HasSubstr("record 1: a quoted field never ends"));
  EXPECT_THAT(why_not("\"a\n"), HasSubstr("header: a quoted field never ends"));
  EXPECT_THAT(why_not("a,b\n1,x\n2,\xFF\n"),
              AllOf(HasSubstr("record 2, column 'b'"), HasSubstr("iconv")));
  EXPECT_THAT(why_not("\xFC\n1\n"), HasSubstr("column 1 is not UTF-8"));
  EXPECT_THAT(why_not(std::string("\xFF\xFE"
                                  "a\0,\0b\0\n\0",
                                  10)),
              HasSubstr("UTF-16"));
  EXPECT_THAT(why_not(std::string("a,b\n1,\0\n", 8)), HasSubstr("NUL"));
}

TEST(InferCsv, TakesAFileOfOnlyAHeaderForNoRows) {
  const CsvFile file("a,b");
  const CsvInference found = infer_csv(file.path());
  EXPECT_EQ(found.records, 0);
  EXPECT_EQ(read_all(file.path(), found.schema, found.dialect)->num_rows(), 0);
}

TEST(OpenCsv, ChecksNamesAndOrderOfTheHeader) {
  const CsvFile file("a,b\n1,2\n");
  const auto open = [&](const std::vector<std::string>& names) {
    arrow::FieldVector fields;
    for (const auto& name : names) fields.push_back(arrow::field(name, arrow::int8()));
    return open_csv(file.path(), arrow::schema(fields), {}, arrow::default_memory_pool());
  };
  EXPECT_NO_THROW(open({"a", "b"}));
  EXPECT_THROW(open({"b", "a"}), Error);
  EXPECT_THROW(open({"a"}), Error);
  EXPECT_THROW(open({"a", "b", "c"}), Error);
}

TEST(OpenCsv, ReadsFilesWithoutHeader) {
  const CsvFile file("1\n2\n");
  CsvDialect dialect;
  dialect.header = false;
  const auto schema = arrow::schema({arrow::field("a", arrow::int8())});
  EXPECT_EQ(read_all(file.path(), schema, dialect)->num_rows(), 2);
  const CsvFile empty("");
  EXPECT_EQ(read_all(empty.path(), schema, dialect)->num_rows(), 0);
}

TEST(OpenCsv, RestoresTheLayoutOfEveryBatch) {
  std::string records;
  for (int i = 0; i < 100'000; ++i) records += "7,word\n";
  const CsvFile file("runs,words\n" + records);
  const auto schema =
      arrow::schema({arrow::field("runs", arrow::run_end_encoded(arrow::int16(), arrow::int64())),
                     arrow::field("words", arrow::dictionary(arrow::int8(), arrow::utf8()))});
  const auto reader = open_csv(file.path(), schema, {}, arrow::default_memory_pool());
  int64_t rows = 0;
  while (const auto batch = value_or_throw(reader->Next(), "read")) {
    EXPECT_TRUE(batch->ValidateFull().ok());
    EXPECT_TRUE(batch->schema()->Equals(*schema));
    rows += batch->num_rows();
  }
  EXPECT_EQ(rows, 100'000);
}

TEST(OpenCsv, NumbersRecordsThroughAllChunks) {
  std::string records;
  for (int i = 0; i < 600'000; ++i) records += "1234567\n";
  const CsvFile file("n\n" + records + "x\n");
  const auto error = error_of(
      [&] { read_all(file.path(), arrow::schema({arrow::field("n", arrow::int64())}), {}); });
  EXPECT_THAT(error->message(), HasSubstr("record 600001, column 'n': 'x' is no int64"));
}

TEST(CsvRecordChunks, CutsOnlyBetweenRecords) {
  const std::string header = "\xEF\xBB\xBFkey,\"long, name\"\n";
  const std::string records =
      "1,\"a\nb\"\n2,\"" + std::string(50, 'x') + "\"\"\n\"\n\n3,5\" disk\n4,last";
  const CsvFile file(header + records);
  for (size_t bytes = 1; bytes < 100; ++bytes) {
    CsvRecordChunks chunks(file.path(), {}, bytes);
    EXPECT_EQ(chunks.header().back(), "long, name");
    std::string all;
    int64_t count = 0;
    while (const auto chunk = chunks.next(2)) {
      EXPECT_EQ(chunk->first_record, count + 1);
      count += chunk->records;
      all += chunk->text;
    }
    EXPECT_EQ(all, records) << bytes;
    EXPECT_EQ(count, 4) << bytes;
  }
}

}  // namespace
}  // namespace cairn::formats
