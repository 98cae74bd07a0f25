#include "formats/csv/tokenizer.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "cairn/error.h"

namespace cairn::formats {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> names(size_t columns) {
  std::vector<std::string> result;
  for (size_t i = 0; i < columns; ++i) result.push_back("c" + std::to_string(i));
  return result;
}

// Every field of every record, "*" after quoted ones.
std::vector<std::string> fields_of(const std::string& text, size_t columns, char delimiter = ',') {
  const CsvPart part{text, 1, "x.csv"};
  const auto header = names(columns);
  CsvTokenizer tokenizer(part, delimiter, header);
  CsvBlock block;
  std::vector<std::string> result;
  while (tokenizer.next(block)) {
    for (size_t i = 0; i < block.records * columns; ++i) {
      const CsvField& field = block.fields[i];
      result.push_back(text.substr(field.begin, field.size) + (field.quoted != 0 ? "*" : ""));
    }
  }
  return result;
}

TEST(CsvTokenizer, SplitsRecordsIntoFields) {
  EXPECT_THAT(fields_of("a,b\nc,\n", 2), ElementsAre("a", "b", "c", ""));
  EXPECT_THAT(fields_of("\"a,b\",\"\"\n", 2), ElementsAre("a,b*", "*"));
  EXPECT_THAT(fields_of("\"a\nb\"\r\nc", 1), ElementsAre("a\nb*", "c"));
}

TEST(CsvTokenizer, SkipsBlankLinesExceptInOneColumn) {
  EXPECT_THAT(fields_of("\na,b\n\r\n\nc,d\n\n", 2), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(fields_of("\na\n\n", 1), ElementsAre("", "a", ""));
}

TEST(CsvTokenizer, FindsTheSameFieldsWhereverTheyMeetTheScannedBlocks) {
  for (size_t padding = 0; padding < 140; ++padding) {
    const std::string pad(padding, 'p');
    EXPECT_THAT(fields_of(pad + ",\"x\"\"y\",\"\"\r\n\"\n\",b,\"c\"", 3),
                ElementsAre(pad, "x\"\"y*", "*", "\n*", "b", "c*"))
        << padding;
  }
}

TEST(CsvTokenizer, SplitsTablesWiderThanABlock) {
  std::string record;
  for (int i = 0; i < 20'000; ++i) record += (i == 0 ? "" : ",") + std::to_string(i);
  const auto fields = fields_of(record + "\n" + record + "\n", 20'000);
  ASSERT_EQ(fields.size(), 40'000U);
  EXPECT_EQ(fields.back(), "19999");
}

TEST(FirstRecord, NeedsItsEndUnlessTheFileEnds) {
  EXPECT_EQ(first_record({"a,\"b", 0, "x"}, ',', false).bytes, 0U);
  EXPECT_EQ(first_record({"a,b", 0, "x"}, ',', false).bytes, 0U);
  EXPECT_THAT(first_record({"a,b", 0, "x"}, ',', true).fields, ElementsAre("a", "b"));
  EXPECT_THAT(first_record({"\"a \"\"1\"\"\",\"b\nc\"\r\nd", 0, "x"}, ',', false).fields,
              ElementsAre("a \"1\"", "b\nc"));
  EXPECT_THROW(first_record({"a,\"b", 0, "x"}, ',', true), Error);
}

TEST(FirstRecord, RefusesTextAfterAClosingQuote) {
  for (const char* text : {"\"a\"b\"\n", "\"a\"b\n", "\"a\" ,b\n"})
    EXPECT_THROW(first_record({text, 0, "x"}, ',', true), Error) << text;
  EXPECT_THAT(first_record({"\"\",\"\"\"\"\r\n", 0, "x"}, ',', true).fields, ElementsAre("", "\""));
  EXPECT_THAT(first_record({"5\" disk,a\"\n", 0, "x"}, ',', true).fields,
              ElementsAre("5\" disk", "a\""));
}

TEST(WholeRecords, EndAtTheLastLineFeedOutsideQuotes) {
  const auto extent = [](const std::string& text, size_t columns = 2) {
    const CsvExtent found = whole_records(text, ',', columns);
    return std::pair(text.substr(0, found.bytes), found.records);
  };
  EXPECT_EQ(extent("a,b\nc"), std::pair(std::string("a,b\n"), int64_t{1}));
  EXPECT_EQ(extent("a,\"b\nc"), std::pair(std::string(), int64_t{0}));
  EXPECT_EQ(extent("a,\"b\nc\"\n"), std::pair(std::string("a,\"b\nc\"\n"), int64_t{1}));
  EXPECT_EQ(extent("a,\"b\"\"\n\"\"\"\nd"),
            std::pair(std::string("a,\"b\"\"\n\"\"\"\n"), int64_t{1}));
  EXPECT_EQ(extent("5\" disk,x\ny,\"\nz"), std::pair(std::string("5\" disk,x\n"), int64_t{1}));
  EXPECT_EQ(extent("a\"\"b,x\ny"), std::pair(std::string("a\"\"b,x\n"), int64_t{1}));
  EXPECT_EQ(extent("\na,b\n\r\n").second, 1);
  EXPECT_EQ(extent("\na\n\n", 1).second, 3);
}

}  // namespace
}  // namespace cairn::formats
