#include "integrity/csv_damage.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/csv/csv_reader.h"
#include "formats/csv/record_chunks.h"
#include "formats/csv/tokenizer.h"
#include "integrity/column_comparison.h"
#include "io/file.h"

namespace cairn::integrity {
namespace {

using Batch = std::shared_ptr<arrow::RecordBatch>;
using formats::CsvDecoder;

// The part of a file that is being looked at.
class TextWindow {
 public:
  explicit TextWindow(const std::filesystem::path& path)
      : path_(path), file_(io::FileDescriptor::open_to_read(path)) {}

  std::string_view text() const { return std::string_view(held_).substr(begin_); }
  bool at_end() const { return at_end_; }

  // Have `bytes` in the window, or all that there are.
  void fill(size_t bytes) {
    if (at_end_ || text().size() >= bytes) return;
    held_.erase(0, std::exchange(begin_, 0));
    const size_t kept = held_.size();
    held_.resize(bytes);
    const std::span<char> room(held_.data() + kept, bytes - kept);
    const size_t read = io::read_at(file_.get(), offset_, room, path_);
    held_.resize(kept + read);
    offset_ += static_cast<int64_t>(read);
    at_end_ = read < room.size();
  }

  void skip(size_t bytes) { begin_ += bytes; }

 private:
  const std::filesystem::path path_;
  const io::FileDescriptor file_;
  std::string held_;
  size_t begin_ = 0;
  int64_t offset_ = 0;
  bool at_end_ = false;
};

size_t line_bytes(std::string_view text) {
  const size_t end = text.find('\n');
  return end == std::string_view::npos ? text.size() : end + 1;
}

// Walks over all records of a file, whatever stands in it.
class RecordWalk {
 public:
  struct Visitor {
    std::function<void(const Batch&)> rows;
    std::function<void(std::string_view record, int64_t number, const Error&)> broken;
  };

  RecordWalk(const StoredFile& file, const CsvDecoder& decoder, const VerifyResources& resources)
      : file_(file), decoder_(decoder), resources_(resources) {}

  void run(const Visitor& visitor) {
    TextWindow window(file_.path);
    int64_t number = 0;
    window.fill(kWindowBytes);
    if (window.text().starts_with(kByteOrderMark)) window.skip(kByteOrderMark.size());
    if (file_.dialect.header) window.skip(record_bytes(window));
    // Whole windows where they can be read, and smaller parts around what cannot.
    size_t part = kWindowBytes;
    for (window.fill(kWindowBytes); !window.text().empty(); window.fill(kWindowBytes)) {
      resources_.progress.advance(0);
      const size_t whole = whole_bytes(window, part);
      const auto rows = try_decode(window.text().substr(0, whole), number + 1).first;
      if (whole > 0 && rows) {
        number += rows->num_rows();
        visitor.rows(rows);
        window.skip(whole);
      } else if (whole > kPartBytes) {
        part = whole / 2;
        continue;
      } else {
        visit_singly(window, std::max<size_t>(whole, 1), number, visitor);
      }
      part = kWindowBytes;
    }
  }

 private:
  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  static constexpr size_t kWindowBytes = size_t{1} << 20;
  static constexpr size_t kPartBytes = size_t{4} << 10;

  // Of the first `part` bytes of the window, those that are whole records.
  size_t whole_bytes(const TextWindow& window, size_t part) const {
    const auto columns = static_cast<size_t>(decoder_.schema()->num_fields());
    const std::string_view text = window.text().substr(0, part);
    return formats::whole_records(text, file_.dialect.delimiter, columns).bytes;
  }

  // Visit records one by one until `bytes` of the window are done.
  void visit_singly(TextWindow& window, size_t bytes, int64_t& number, const Visitor& visitor) {
    for (size_t done = 0; done < bytes && !window.text().empty();) {
      size_t size = record_bytes(window);
      auto [rows, error] = try_decode(window.text().substr(0, size), number + 1);
      if (rows) {
        number += rows->num_rows();
        visitor.rows(rows);
      } else {
        // A quote that was lost or gained may have joined this record with those behind it.
        size = line_bytes(window.text().substr(0, size));
        visitor.broken(window.text().substr(0, size), ++number, *error);
      }
      window.skip(size);
      done += size;
    }
  }

  // The bytes of the first record, or of the first line where no record ends.
  size_t record_bytes(TextWindow& window) const {
    for (;;) {
      try {
        const size_t bytes = formats::first_record({window.text(), 1, file_.name},
                                                   file_.dialect.delimiter, window.at_end())
                                 .bytes;
        if (bytes > 0) return bytes;
      } catch (const Error& error) {
        if (!tells_damage(error)) throw;
        return line_bytes(window.text());
      }
      if (window.at_end() || window.text().size() >= formats::CsvRecordChunks::kMaxRecordBytes)
        return line_bytes(window.text());
      window.fill(window.text().size() * 2 + 1);
    }
  }

  std::pair<Batch, std::optional<Error>> try_decode(std::string_view records, int64_t first) const {
    try {
      return {decoder_.decode(records, first, file_.name, resources_.memory), std::nullopt};
    } catch (const Error& error) {
      if (!tells_damage(error)) throw;
      return {nullptr, error};
    }
  }

  const StoredFile& file_;
  const CsvDecoder& decoder_;
  const VerifyResources& resources_;
};

Batch rows_of_nulls(const std::shared_ptr<arrow::Schema>& schema, int64_t rows) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    columns.push_back(
        value_or_throw(arrow::MakeArrayOfNull(field->type(), rows), "make up for lost rows"));
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

// Reports broken records, one issue for each block of rows and column.
class BrokenRecords {
 public:
  BrokenRecords(FileFindings& found, std::shared_ptr<arrow::Schema> schema,
                std::vector<Hole>& holes)
      : found_(found), schema_(std::move(schema)), holes_(holes) {}

  // `rows` rows from `row` on stand for the record; they are returned, null where nothing could be
  // read.
  Batch add(std::string_view record, int64_t row, int64_t rows, const Error& error,
            arrow::MemoryPool* pool) {
    const std::vector<int> columns = unreadable_columns(record, pool);
    if (columns.empty()) {
      note("CSV_STRUCTURE", "", row, error);
      for (int c = 0; c < schema_->num_fields(); ++c) add_hole(c, row, rows);
    }
    for (const int column : columns) {
      note("UNREADABLE", schema_->field(column)->name(), row, error);
      add_hole(column, row, rows);
    }
    return columns.empty() || rows != 1 ? rows_of_nulls(schema_, rows)
                                        : readable_part(record, columns, pool);
  }

  void report() {
    const int64_t table_rows = found_.file().digest.rows;
    for (const auto& [place, noted] : noted_) {
      const auto& [block, code, column] = place;
      Issue& issue = found_.error(code);
      issue.column = column;
      issue.first_row = block * data::kBlockRows;
      issue.last_row =
          std::max(*issue.first_row, std::min((block + 1) * data::kBlockRows, table_rows) - 1);
      issue.expected = column.empty() ? "a record" : "a value of the type of the column";
      issue.actual = noted.samples.front();
      issue.count = noted.count;
      issue.samples = noted.samples;
    }
  }

 private:
  // The columns whose text is none of their values; none where the record is no record.
  std::vector<int> unreadable_columns(std::string_view record, arrow::MemoryPool* pool) {
    if (decoders_.empty()) {
      const auto text = text_schema(*schema_);
      for (int c = 0; c < schema_->num_fields(); ++c) {
        const auto one = value_or_throw(text->SetField(c, schema_->field(c)), "choose a column");
        decoders_.push_back(std::make_unique<CsvDecoder>(one, found_.file().dialect));
      }
    }
    std::vector<int> columns;
    for (int c = 0; c < schema_->num_fields(); ++c) {
      try {
        static_cast<void>(decoders_[c]->decode(record, 1, found_.file().name, pool));
      } catch (const Error& error) {
        if (!tells_damage(error)) throw;
        columns.push_back(c);
      }
    }
    // A broken record fails under every type of its columns.
    const bool all = columns.size() == decoders_.size();
    return all && !is_record(record, pool) ? std::vector<int>() : columns;
  }

  // The row of a record, with nulls in these columns.
  Batch readable_part(std::string_view record, const std::vector<int>& columns,
                      arrow::MemoryPool* pool) const {
    auto schema = schema_;
    for (const int column : columns) {
      schema = value_or_throw(
          schema->SetField(column, arrow::field(schema->field(column)->name(), arrow::utf8())),
          "choose a column");
    }
    auto row =
        CsvDecoder(schema, found_.file().dialect).decode(record, 1, found_.file().name, pool);
    const Batch nulls = rows_of_nulls(schema_, row->num_rows());
    for (const int column : columns) {
      row = value_or_throw(row->SetColumn(column, schema_->field(column), nulls->column(column)),
                           "leave a value out");
    }
    return row;
  }

  bool is_record(std::string_view record, arrow::MemoryPool* pool) const {
    try {
      const CsvDecoder decoder(text_schema(*schema_), found_.file().dialect);
      static_cast<void>(decoder.decode(record, 1, found_.file().name, pool));
      return true;
    } catch (const Error& error) {
      if (!tells_damage(error)) throw;
      return false;
    }
  }

  void note(const std::string& code, const std::string& column, int64_t row, const Error& error) {
    Differences& noted = noted_[{row / data::kBlockRows, code, column}];
    noted.add({}, row, [&] { return error.message(); });
  }

  void add_hole(int column, int64_t row, int64_t rows) {
    holes_.push_back({static_cast<size_t>(column), row, row + std::max<int64_t>(rows, 1) - 1});
  }

  FileFindings& found_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::vector<Hole>& holes_;
  std::vector<std::unique_ptr<CsvDecoder>> decoders_;
  std::map<std::tuple<int64_t, std::string, std::string>, Differences> noted_;
};

}  // namespace

std::shared_ptr<arrow::Schema> text_schema(const arrow::Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema.fields())
    fields.push_back(arrow::field(field->name(), arrow::utf8()));
  return arrow::schema(std::move(fields));
}

std::optional<data::TableDigest> locate_csv_damage(FileFindings& found,
                                                   const std::shared_ptr<arrow::Schema>& schema,
                                                   bool hashed, std::vector<Hole>& holes,
                                                   const VerifyResources& resources) {
  const CsvDecoder decoder(schema, found.file().dialect);
  RecordWalk walk(found.file(), decoder, resources);
  int64_t records = 0;
  walk.run({[&](const Batch& rows) { records += rows->num_rows(); },
            [&](std::string_view, int64_t, const Error&) { ++records; }});
  found.expect_rows(records);
  found.looked_at(records);

  // Rows that the first broken record has to stand for beside its own, so that all others line up.
  int64_t lost = found.file().digest.rows - records;
  int64_t row = 0;
  data::StreamDigester digester(schema);
  BrokenRecords broken(found, schema, holes);
  walk.run({[&](const Batch& rows) {
              if (hashed) digester.update(rows);
              row += rows->num_rows();
            },
            [&](std::string_view record, int64_t, const Error& error) {
              const int64_t rows = std::max<int64_t>(0, 1 + lost);
              lost = lost > 0 ? 0 : std::min<int64_t>(0, lost + 1);
              const Batch instead = broken.add(record, row, rows, error, resources.memory);
              if (hashed && rows > 0) digester.update(instead);
              row += rows;
            }});
  broken.report();
  return hashed ? std::optional(digester.finish()) : std::nullopt;
}

}  // namespace cairn::integrity
