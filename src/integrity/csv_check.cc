#include <arrow/api.h>
#include <fmt/format.h>

#include <string>

#include "base/names.h"
#include "data/arrow_error.h"
#include "engine/memory_budget.h"
#include "engine/ordered_lane.h"
#include "engine/task_group.h"
#include "formats/csv/csv_codec.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/record_chunks.h"
#include "formats/physical_layout.h"
#include "integrity/csv_damage.h"
#include "integrity/format_check.h"
#include "io/file.h"

namespace cairn::integrity {
namespace {

using formats::CsvRecordChunks;

// Whether the file starts with the bytes that the encoder puts before the first record.
bool begins_as_written(const StoredFile& file) {
  std::string expected;
  for (const auto& piece : formats::make_csv_codec(file.schema, file.dialect)->assemble()->begin())
    expected += piece->ToString();
  std::string actual(expected.size(), '\0');
  const io::FileDescriptor open = io::FileDescriptor::open_to_read(file.path);
  actual.resize(io::read_at(open.get(), 0, actual, file.path));
  return actual == expected;
}

// Other bytes may still be the same names, quoted otherwise.
bool names_columns_as_recorded(const StoredFile& file) {
  if (!file.dialect.header) return true;
  const CsvRecordChunks chunks(file.path, file.dialect);
  return chunks.header() == file.schema->field_names();
}

void check_header(FileFindings& found, Depth depth) {
  const StoredFile& file = found.file();
  std::string reason = "another first record";
  try {
    if (begins_as_written(file)) return;
    if (depth != Depth::frame && names_columns_as_recorded(file)) return;
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    reason = error.message();
  }
  Issue& issue = found.error("CSV_STRUCTURE");
  issue.expected = "the header of the recorded columns";
  issue.actual = reason;
}

// Decodes the chunks of a file on all threads, and digests their rows in order.
class ChunkReader {
 public:
  ChunkReader(const StoredFile& file, const std::shared_ptr<arrow::Schema>& schema, bool hashed,
              const VerifyResources& resources)
      : file_(file),
        hashed_(hashed),
        resources_(resources),
        decoder_(schema, file.dialect),
        digester_(schema),
        lane_([this](Decoded decoded) { take(decoded); }) {}

  void read_all() {
    engine::TaskGroup tasks(resources_.threads);
    try {
      CsvRecordChunks chunks(file_.path, file_.dialect);
      const auto slots = std::make_shared<engine::MemoryBudget>(resources_.threads.size() + 1);
      const auto columns = static_cast<size_t>(decoder_.schema()->num_fields());
      for (int64_t number = 0; auto chunk = chunks.next(columns); ++number) {
        auto slot = slots->reserve(1, [&] {
          tasks.check();
          resources_.progress.advance(0);
        });
        resources_.progress.advance(chunk->records);
        tasks.run([this, number, chunk = std::make_shared<formats::CsvChunk>(std::move(*chunk)),
                   slot = std::move(slot)] {
          lane_.bring(number, {decoder_.decode(chunk->text, chunk->first_record, file_.name,
                                               resources_.memory),
                               slot});
        });
      }
      tasks.finish();
    } catch (...) {
      tasks.stop();
      throw;
    }
  }

  int64_t rows() const { return rows_; }
  data::TableDigest digest() { return digester_.finish(); }

 private:
  struct Decoded {
    std::shared_ptr<arrow::RecordBatch> rows;
    engine::MemoryBudget::Reservation slot;
  };

  void take(const Decoded& decoded) {
    rows_ += decoded.rows->num_rows();
    if (hashed_) digester_.update(decoded.rows);
  }

  const StoredFile& file_;
  const bool hashed_;
  const VerifyResources& resources_;
  const formats::CsvDecoder decoder_;
  data::StreamDigester digester_;
  int64_t rows_ = 0;
  engine::OrderedLane<Decoded> lane_;
};

}  // namespace

bool check_csv(FileFindings& found, Depth depth, const VerifyResources& resources) {
  check_header(found, depth);
  if (depth == Depth::frame) return false;
  const StoredFile& file = found.file();
  const bool hashed = depth == Depth::content;
  const auto schema = hashed ? formats::plain_schema(*file.schema) : text_schema(*file.schema);
  resources.progress.begin("verifying " + file.name, file.digest.rows);
  try {
    ChunkReader chunks(file, schema, hashed, resources);
    chunks.read_all();
    found.expect_rows(chunks.rows());
    found.looked_at(chunks.rows());
    if (hashed) found.expect_digest(chunks.digest(), {});
    return hashed;
  } catch (const Error& error) {
    if (!tells_damage(error)) throw;
    locate_csv_damage(found, schema, hashed, resources);
    return false;
  }
}

}  // namespace cairn::integrity
