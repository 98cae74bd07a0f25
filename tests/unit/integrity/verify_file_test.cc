#include <arrow/memory_pool.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "base/thread_pool.h"
#include "cairn/error.h"
#include "integrity/stored_file.h"
#include "support/stored_files.h"
#include "support/temporary_folder.h"

namespace cairn::integrity {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::orders;
using testing::read_bytes;
using ::testing::SizeIs;
using testing::store;
using testing::TemporaryFolder;
using testing::write_bytes;

constexpr int64_t kBlock = data::kBlockRows;
constexpr int64_t kRows = 2 * kBlock + 5000;

class VerifyFile : public ::testing::TestWithParam<Format> {
 protected:
  StoredFile stored() { return store(orders(kRows), GetParam(), folder_.path()); }

  IntegrityReport verify(const StoredFile& file, VerifyLevel level) {
    return verify_file(file, level, {threads_, arrow::default_memory_pool(), no_progress()});
  }
  IntegrityReport verify_fresh(const StoredFile& file) {
    return verify_written(file, {threads_, arrow::default_memory_pool(), no_progress()});
  }

  TemporaryFolder folder_;
  ThreadPool threads_{2};
};

using VerifyCsv = VerifyFile;
using VerifyParquet = VerifyFile;

auto code(const std::string& text) {
  return Field(&Issue::code, text);
}

std::vector<std::string> codes(const IntegrityReport& report) {
  std::vector<std::string> codes;
  for (const Issue& issue : report.issues) codes.push_back(issue.code);
  return codes;
}

const Issue* find(const IntegrityReport& report, const std::string& code) {
  const auto found = std::find_if(report.issues.begin(), report.issues.end(),
                                  [&](const Issue& issue) { return issue.code == code; });
  return found == report.issues.end() ? nullptr : &*found;
}

bool says_values_are_intact(const IntegrityReport& report) {
  return std::all_of(report.issues.begin(), report.issues.end(), [](const Issue& issue) {
    return issue.code == "CHECKSUM_MISMATCH" && !issue.samples.empty();
  });
}

// The columns that issues name, in order.
std::vector<std::string> columns_named(const IntegrityReport& report) {
  std::vector<std::string> columns;
  for (const Issue& issue : report.issues)
    if (!issue.column.empty()) columns.push_back(issue.column);
  return columns;
}

// Whether an issue about content has this row within its rows.
bool locates(const IntegrityReport& report, int64_t row) {
  return std::any_of(report.issues.begin(), report.issues.end(), [&](const Issue& issue) {
    return issue.first_row && *issue.first_row <= row && row <= *issue.last_row;
  });
}

TEST_P(VerifyFile, PassesAtEveryLevelWhatAnExportWrote) {
  const StoredFile file = stored();
  for (const auto level :
       {VerifyLevel::size, VerifyLevel::checksum, VerifyLevel::structure, VerifyLevel::content}) {
    const IntegrityReport report = verify(file, level);
    EXPECT_EQ(report.verdict, Verdict::pass) << report.to_text();
    EXPECT_EQ(report.level, to_string(level));
    EXPECT_EQ(report.bytes, file.bytes);
  }
  const IntegrityReport report = verify(file, VerifyLevel::content);
  EXPECT_EQ(report.rows, kRows);
  EXPECT_THAT(report.checks, ElementsAre("size", "checksum", "structure", "content"));
  EXPECT_EQ(verify_fresh(file).verdict, Verdict::pass) << verify_fresh(file).to_text();
}

TEST_P(VerifyFile, PassesATableWithoutRows) {
  const StoredFile file = store(orders(0), GetParam(), folder_.path());
  EXPECT_EQ(verify(file, VerifyLevel::content).verdict, Verdict::pass);
  EXPECT_EQ(verify_fresh(file).verdict, Verdict::pass);
}

TEST_P(VerifyFile, ReportsAMissingFileAndStops) {
  StoredFile file = stored();
  file.path = folder_ / "elsewhere";
  const IntegrityReport report = verify(file, VerifyLevel::content);
  EXPECT_EQ(report.verdict, Verdict::fail);
  EXPECT_THAT(codes(report), ElementsAre("FILE_MISSING"));
}

TEST_P(VerifyFile, ReportsATruncatedFileAtEveryLevel) {
  const StoredFile file = stored();
  write_bytes(file.path, read_bytes(file.path).substr(0, file.bytes / 2));
  EXPECT_THAT(codes(verify(file, VerifyLevel::size)), ElementsAre("SIZE_MISMATCH"));
  EXPECT_THAT(codes(verify(file, VerifyLevel::structure)),
              AllOf(Contains("SIZE_MISMATCH"), Contains("CHECKSUM_MISMATCH"),
                    Contains(GetParam() == Format::csv ? "ROWCOUNT" : "FOOTER_UNREADABLE")));
  EXPECT_EQ(verify_fresh(file).verdict, Verdict::fail);
}

TEST_P(VerifyFile, FindsAnEmptyFile) {
  const StoredFile file = stored();
  write_bytes(file.path, "");
  EXPECT_EQ(verify(file, VerifyLevel::content).verdict, Verdict::fail);
}

TEST_P(VerifyFile, ComparesEveryChecksumThatWasRecorded) {
  for (std::string io::Checksums::*sum :
       {&io::Checksums::md5, &io::Checksums::xxh3_128, &io::Checksums::sha256}) {
    StoredFile file = stored();
    file.checksums.*sum = "00";
    EXPECT_THAT(codes(verify(file, VerifyLevel::checksum)), ElementsAre("CHECKSUM_MISMATCH"));
    file.checksums.*sum = "";
    EXPECT_EQ(verify(file, VerifyLevel::checksum).verdict, Verdict::pass);
  }
}

TEST_P(VerifyFile, FindsContentThatIsNotTheRecordedOneUnderRightChecksums) {
  StoredFile file = stored();
  file.digest.columns[1].leaves[1].low ^= 1;
  file.digest.columns[1].leaves[2].low ^= 1;
  const IntegrityReport report = verify(file, VerifyLevel::content);
  ASSERT_THAT(codes(report), ElementsAre("CONTENT_DIGEST"));
  EXPECT_EQ(report.issues[0].table, "orders");
  EXPECT_EQ(report.issues[0].column, "price");
  EXPECT_EQ(report.issues[0].first_row, kBlock);
  EXPECT_EQ(report.issues[0].last_row, kRows - 1);
  EXPECT_EQ(report.issues[0].count, 2);
}

TEST_P(VerifyFile, FindsARecordedRootThatItsLeavesDoNotMake) {
  StoredFile file = stored();
  file.digest.root = "cd1:00";
  EXPECT_THAT(codes(verify(file, VerifyLevel::content)), ElementsAre("CONTENT_DIGEST"));
}

TEST_P(VerifyFile, FindsRowsThatWereNeverRecorded) {
  StoredFile file = stored();
  file.digest.rows += 3;
  EXPECT_THAT(codes(verify(file, VerifyLevel::structure)), Contains("ROWCOUNT"));
  // A fresh CSV file was decoded when it was written; its size and checksum stand for its rows.
  EXPECT_EQ(find(verify_fresh(file), "ROWCOUNT") != nullptr, GetParam() == Format::parquet);
}

TEST_P(VerifyFile, FindsAFlippedByteWhereverItIs) {
  const StoredFile file = stored();
  const std::string bytes = read_bytes(file.path);
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    const size_t at = i < 20 ? bytes.size() - 1 - i * 37 : random() % bytes.size();
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    write_bytes(file.path, damaged);
    EXPECT_THAT(codes(verify(file, VerifyLevel::checksum)), Contains("CHECKSUM_MISMATCH"));
    const IntegrityReport report = verify(file, VerifyLevel::content);
    EXPECT_EQ(report.verdict, Verdict::fail);
    EXPECT_TRUE(says_values_are_intact(report) || report.issues.size() > 3) << at << "\n"
                                                                            << report.to_text();
  }
}

TEST_P(VerifyFile, StopsWhenAskedTo) {
  class Stop : public Progress {
    void begin(std::string_view, int64_t) override {}
    void advance(int64_t) override { throw Error(ErrorKind::cancelled, "stopped"); }
  } stop;
  const StoredFile file = stored();
  EXPECT_THROW(
      verify_file(file, VerifyLevel::content, {threads_, arrow::default_memory_pool(), stop}),
      Error);
}

INSTANTIATE_TEST_SUITE_P(Formats, VerifyFile, ::testing::Values(Format::csv, Format::parquet),
                         [](const auto& format) { return std::string(to_string(format.param)); });

// The byte where the record of a row begins; no value of orders() has a line break.
size_t record_at(const std::string& csv, int64_t row) {
  size_t at = csv.find('\n') + 1;
  for (; row > 0; --row) at = csv.find('\n', at) + 1;
  return at;
}

TEST_P(VerifyCsv, LocatesFlippedBytesToTheBlock) {
  const StoredFile file = stored();
  const std::string bytes = read_bytes(file.path);
  std::mt19937 random(11);
  for (int i = 0; i < 40; ++i) {
    const int64_t row = random() % kRows;
    const size_t begin = record_at(bytes, row);
    const size_t at = begin + random() % (bytes.find('\n', begin) + 1 - begin);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    write_bytes(file.path, damaged);
    const IntegrityReport report = verify(file, VerifyLevel::content);
    EXPECT_TRUE(locates(report, row)) << row << " " << at - begin << "\n" << report.to_text();
    for (const Issue& issue : report.issues) {
      EXPECT_EQ(issue.first_row.value_or(row) / kBlock, row / kBlock);
      EXPECT_EQ(issue.last_row.value_or(row) / kBlock, row / kBlock);
    }
  }
}

TEST_P(VerifyCsv, NamesTheColumnAndBlockOfAChangedValue) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, kBlock + 10)] = '9';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  const Issue* issue = find(report, "CONTENT_DIGEST");
  ASSERT_NE(issue, nullptr) << report.to_text();
  EXPECT_EQ(issue->column, "id");
  EXPECT_EQ(issue->first_row, kBlock);
  EXPECT_EQ(issue->last_row, 2 * kBlock - 1);
  EXPECT_EQ(find(report, "ROWCOUNT"), nullptr);
}

TEST_P(VerifyCsv, NamesTheColumnWhoseTextIsNoValue) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, kBlock + 10) + 3] = 'x';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  const Issue* issue = find(report, "UNREADABLE");
  ASSERT_NE(issue, nullptr) << report.to_text();
  EXPECT_EQ(issue->column, "id");
  EXPECT_EQ(issue->first_row, kBlock);
  EXPECT_THAT(issue->actual, HasSubstr("record 65547"));
  EXPECT_EQ(find(report, "CONTENT_DIGEST"), nullptr);
}

TEST_P(VerifyCsv, KeepsRowsInPlaceBehindALostLineBreak) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, kBlock + 10) - 1] = ' ';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  const Issue* issue = find(report, "CSV_STRUCTURE");
  ASSERT_NE(issue, nullptr) << report.to_text();
  EXPECT_EQ(issue->first_row, kBlock);
  EXPECT_EQ(issue->last_row, 2 * kBlock - 1);
  EXPECT_THAT(issue->samples[0], HasSubstr("record 65546"));
  EXPECT_EQ(find(report, "ROWCOUNT")->count, 1);
  EXPECT_THAT(columns_named(report), ElementsAre("id", "city")) << report.to_text();
}

TEST_P(VerifyCsv, KeepsRowsInPlaceBehindALineBreakTooMany) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, kBlock + 10) + 7] = '\n';  // the first delimiter of the record
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  ASSERT_NE(find(report, "CSV_STRUCTURE"), nullptr) << report.to_text();
  EXPECT_EQ(find(report, "CSV_STRUCTURE")->count, 2);
  for (const Issue& issue : report.issues) {
    EXPECT_EQ(issue.first_row.value_or(kBlock), kBlock) << report.to_text();
    EXPECT_EQ(issue.last_row.value_or(2 * kBlock - 1), 2 * kBlock - 1);
  }
  EXPECT_THAT(columns_named(report), ElementsAre()) << report.to_text();
}

TEST_P(VerifyCsv, KeepsRowsInPlaceBehindAQuoteThatIsNeverClosed) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, kBlock + 11)] = '"';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  const Issue* issue = find(report, "CSV_STRUCTURE");
  ASSERT_NE(issue, nullptr) << report.to_text();
  EXPECT_EQ(issue->count, 1);
  EXPECT_EQ(issue->first_row, kBlock);
  EXPECT_EQ(find(report, "ROWCOUNT"), nullptr);
  EXPECT_THAT(columns_named(report), ElementsAre("id")) << report.to_text();
}

// A flip of one byte within the record `1065546,78,city 26` or its like, and the columns it hit.
struct BrokenRecord {
  const char* what;
  int64_t row;
  size_t offset;
  char byte;
  std::vector<std::string> columns;
};

TEST_P(VerifyCsv, NamesTheColumnsOfARecordThatIsNone) {
  const StoredFile file = stored();
  const std::string bytes = read_bytes(file.path);
  constexpr int64_t kQuoted = kBlock + 4;  // "Lisbon, Portugal" in quotes
  constexpr int64_t kBare = kBlock + 6;
  const size_t city = 8 + bytes.substr(record_at(bytes, kQuoted) + 8).find(',') + 1;
  const size_t bare_city = 8 + bytes.substr(record_at(bytes, kBare) + 8).find(',') + 1;
  for (const BrokenRecord& broken : std::vector<BrokenRecord>{
           {"delimiter gained in a number", kBare, 3, ',', {"id"}},
           {"delimiter gained in text", kBare, bare_city + 2, ',', {"city"}},
           {"delimiter lost before text", kBare, bare_city - 1, ';', {"price", "city"}},
           {"delimiter lost after the first", kBare, 7, 'x', {"id", "price"}},
           {"opening quote lost", kQuoted, city, 'x', {"city"}},
           {"closing quote lost", kQuoted, city + 17, 'x', {"city"}},
           {"quote gained within quotes", kQuoted, city + 3, '"', {"city"}},
           {"opening quote gained", kBare, bare_city, '"', {"city"}},
           {"line feed gained in text", kBare, bare_city + 2, '\n', {"city"}},
           {"line feed gained in a number", kBare, 3, '\n', {"id"}},
           {"byte that is not UTF-8", kBare, bare_city + 1, '\xff', {"city"}},
           {"byte that is not UTF-8, within quotes", kQuoted, city + 1, '\xc3', {"city"}},
       }) {
    std::string damaged = bytes;
    damaged[record_at(bytes, broken.row) + broken.offset] = broken.byte;
    write_bytes(file.path, damaged);
    const IntegrityReport report = verify(file, VerifyLevel::content);
    EXPECT_THAT(columns_named(report), ::testing::ElementsAreArray(broken.columns))
        << broken.what << "\n"
        << report.to_text();
    EXPECT_TRUE(locates(report, broken.row)) << broken.what;
  }
}

TEST_P(VerifyCsv, SaysThatValuesAreIntactWhereOnlyQuotesDiffer) {
  CsvDialect quoting_more;
  quoting_more.quoting = CsvDialect::Quoting::strings;
  StoredFile file = stored();
  file.bytes = store(orders(kRows), Format::csv, folder_.path(), kBlock, quoting_more).bytes;
  const IntegrityReport report = verify(file, VerifyLevel::content);
  EXPECT_THAT(report.issues, AllOf(SizeIs(3), Each(code("CHECKSUM_MISMATCH"))));
  EXPECT_TRUE(says_values_are_intact(report)) << report.to_text();
}

TEST_P(VerifyCsv, FindsAnotherHeader) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[0] = 'I';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::structure);
  EXPECT_THAT(codes(report), Contains("CSV_STRUCTURE"));
  EXPECT_THAT(codes(verify_fresh(file)), Contains("CSV_STRUCTURE"));
}

TEST_P(VerifyCsv, FindsRecordsWithTooFewFieldsAtStructure) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes[record_at(bytes, 20) + 7] = ';';
  write_bytes(file.path, bytes);
  EXPECT_THAT(codes(verify(file, VerifyLevel::structure)), Contains("CSV_STRUCTURE"));
}

INSTANTIATE_TEST_SUITE_P(Formats, VerifyCsv, ::testing::Values(Format::csv));

TEST_P(VerifyParquet, LocatesDamageToColumnAndRowGroup) {
  const StoredFile file = stored();
  const std::string bytes = read_bytes(file.path);
  // In the middle of the data of the first row group; its three columns come one after another.
  std::string damaged = bytes;
  damaged[100000] = static_cast<char>(damaged[100000] ^ 0x10);
  write_bytes(file.path, damaged);
  for (const auto level : {VerifyLevel::structure, VerifyLevel::content}) {
    const IntegrityReport report = verify(file, level);
    const Issue* issue = find(report, "PAGE_CRC");
    ASSERT_NE(issue, nullptr) << report.to_text();
    EXPECT_EQ(issue->column, "id");
    EXPECT_EQ(issue->first_row, 0);
    EXPECT_EQ(issue->last_row, kBlock - 1);
    EXPECT_EQ(find(report, "CONTENT_DIGEST"), nullptr) << report.to_text();
  }
}

TEST_P(VerifyParquet, SaysThatValuesAreIntactWhereOnlyMetadataDiffers) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  const size_t at = bytes.rfind("cairn.table");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'C';
  write_bytes(file.path, bytes);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  EXPECT_THAT(report.issues, AllOf(SizeIs(3), Each(code("CHECKSUM_MISMATCH"))));
  EXPECT_TRUE(says_values_are_intact(report)) << report.to_text();
}

TEST_P(VerifyParquet, StopsWhereThereIsNoFooter) {
  const StoredFile file = stored();
  std::string bytes = read_bytes(file.path);
  bytes.back() = '2';
  write_bytes(file.path, bytes);
  EXPECT_THAT(codes(verify(file, VerifyLevel::content)), Contains("FOOTER_UNREADABLE"));
}

TEST_P(VerifyParquet, FindsAnotherSchema) {
  StoredFile file = stored();
  file.schema =
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("cost", arrow::float64()),
                     arrow::field("city", arrow::utf8())});
  const IntegrityReport report = verify_fresh(file);
  ASSERT_THAT(codes(report), ElementsAre("DTYPE_INCOMPATIBLE"));
  EXPECT_EQ(report.issues[0].column, "cost");
}

TEST_P(VerifyParquet, ReadsRowGroupsThatDoNotBeginAtAStride) {
  const StoredFile file = store(orders(kRows), Format::parquet, folder_.path(), 50001);
  const IntegrityReport report = verify(file, VerifyLevel::content);
  EXPECT_EQ(report.verdict, Verdict::pass) << report.to_text();
}

INSTANTIATE_TEST_SUITE_P(Formats, VerifyParquet, ::testing::Values(Format::parquet));

TEST(CalculateChecksum, IsTheMd5OfTheBytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "abc", "abc");
  EXPECT_EQ(DataIntegrityValidator().calculate_checksum(folder / "abc"),
            "900150983cd24fb0d6963f7d28e17f72");
}

TEST(CalculateChecksum, NeedsAFile) {
  const TemporaryFolder folder;
  EXPECT_THROW(DataIntegrityValidator().calculate_checksum(folder / "none"), Error);
}

}  // namespace
}  // namespace cairn::integrity
