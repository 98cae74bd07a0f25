#include "formats/parquet/parquet_assembler.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/page_index.h>
#include <parquet/schema.h>
#include <parquet/size_statistics.h>
#include <parquet/statistics.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "data/arrow_error.h"
#include "formats/parquet/parquet_properties.h"
#include "formats/untrusted.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kDoing = "put a Parquet file together";
constexpr int64_t kMagicBytes = 4;

std::unique_ptr<parquet::ParquetFileReader> open_in_memory(
    const std::shared_ptr<arrow::Buffer>& bytes) {
  return parquet::ParquetFileReader::Open(
      std::make_shared<arrow::io::BufferReader>(bytes),
      reader_properties(bytes->size(), arrow::default_memory_pool()));
}

int64_t start_of(const parquet::ColumnChunkMetaData& chunk) {
  return chunk.has_dictionary_page() ? chunk.dictionary_page_offset() : chunk.data_page_offset();
}

// Where the column chunks end and page index or footer begin.
int64_t end_of_chunks(const parquet::RowGroupMetaData& row_group) {
  int64_t end = kMagicBytes;
  for (int i = 0; i < row_group.num_columns(); ++i) {
    const auto chunk = row_group.ColumnChunk(i);
    end = std::max(end, start_of(*chunk) + chunk->total_compressed_size());
  }
  return end;
}

void copy_chunk(const parquet::ColumnChunkMetaData& from, int64_t shift,
                parquet::ColumnChunkMetaDataBuilder* to) {
  if (auto statistics = from.encoded_statistics()) {
    // Not in the file, but it decides whether the old min and max fields are written too.
    statistics->set_is_signed(to->descr()->sort_order() == parquet::SortOrder::SIGNED);
    to->SetStatistics(*statistics);
  }
  if (const auto sizes = from.size_statistics()) to->SetSizeStatistics(*sizes);
  if (from.key_value_metadata()) to->SetKeyValueMetadata(from.key_value_metadata());

  std::map<parquet::Encoding::type, int32_t> dictionary_pages;
  std::map<parquet::Encoding::type, int32_t> data_pages;
  for (const auto& pages : from.encoding_stats()) {
    const bool is_dictionary = pages.page_type == parquet::PageType::DICTIONARY_PAGE;
    (is_dictionary ? dictionary_pages : data_pages)[pages.encoding] += pages.count;
  }
  const bool has_dictionary = from.has_dictionary_page();
  const bool fell_back = has_dictionary && data_pages.contains(parquet::Encoding::PLAIN);
  to->Finish(from.num_values(), has_dictionary ? from.dictionary_page_offset() + shift : -1,
             /*index_page_offset=*/-1, from.data_page_offset() + shift,
             from.total_compressed_size(), from.total_uncompressed_size(), has_dictionary,
             fell_back, dictionary_pages, data_pages);
}

// The histogram of one page out of those of all pages, which lie one after another.
std::vector<int64_t> histogram_of_page(const std::vector<int64_t>& all, size_t page, size_t pages) {
  const size_t size = all.size() / pages;
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(page * size);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

void copy_column_index(const parquet::ColumnIndex& from, parquet::ColumnIndexBuilder* to) {
  const size_t pages = from.null_pages().size();
  for (size_t page = 0; page < pages; ++page) {
    parquet::EncodedStatistics statistics;
    statistics.all_null_value = from.null_pages()[page];
    if (!statistics.all_null_value) {
      statistics.set_min(from.encoded_min_values()[page]);
      statistics.set_max(from.encoded_max_values()[page]);
    }
    if (from.has_null_counts()) statistics.set_null_count(from.null_counts()[page]);
    parquet::SizeStatistics sizes;
    if (from.has_definition_level_histograms())
      sizes.definition_level_histogram =
          histogram_of_page(from.definition_level_histograms(), page, pages);
    if (from.has_repetition_level_histograms())
      sizes.repetition_level_histogram =
          histogram_of_page(from.repetition_level_histograms(), page, pages);
    to->AddPage(statistics, sizes);
  }
  to->Finish();
}

void copy_offset_index(const parquet::OffsetIndex& from, int64_t shift,
                       parquet::OffsetIndexBuilder* to) {
  const auto& lengths = from.unencoded_byte_array_data_bytes();
  for (size_t page = 0; page < from.page_locations().size(); ++page) {
    const auto& location = from.page_locations()[page];
    to->AddPage(location.offset, location.compressed_page_size, location.first_row_index,
                lengths.empty() ? std::nullopt : std::optional<int64_t>(lengths[page]));
  }
  to->Finish(shift);
}

class ParquetAssembler : public FileAssembler {
 public:
  ParquetAssembler(const ParquetOptions& options, const std::shared_ptr<arrow::Buffer>& empty_file)
      : properties_(writer_properties(options, arrow::default_memory_pool())),
        empty_(open_in_memory(empty_file)),
        schema_(empty_->metadata()->schema()),
        footer_(parquet::FileMetaDataBuilder::Make(schema_, properties_)) {
    if (options.page_index) page_index_ = parquet::PageIndexBuilder::Make(schema_);
  }

  Pieces begin() override {
    position_ = kMagicBytes;
    return {arrow::Buffer::FromString("PAR1")};
  }

  Pieces append(const EncodedUnit& unit) override {
    if (unit.rows == 0) return {};
    return guarded(kDoing, [&] { return relocate(unit); });
  }

  Pieces finish(const std::map<std::string, std::string>& key_values) override {
    return guarded(kDoing, [&] { return Pieces{write_end(key_values)}; });
  }

 private:
  Pieces relocate(const EncodedUnit& unit) {
    const auto file = open_in_memory(unit.bytes);
    const auto from = file->metadata()->RowGroup(0);
    const int64_t shift = position_ - kMagicBytes;
    auto* to = footer_->AppendRowGroup();
    to->set_num_rows(from->num_rows());
    for (int i = 0; i < from->num_columns(); ++i)
      copy_chunk(*from->ColumnChunk(i), shift, to->NextColumnChunk());
    to->Finish(from->total_byte_size());
    if (page_index_) copy_page_index(*file, from->num_columns(), shift);

    const int64_t length = end_of_chunks(*from) - kMagicBytes;
    position_ += length;
    return {arrow::SliceBuffer(unit.bytes, kMagicBytes, length)};
  }

  void copy_page_index(parquet::ParquetFileReader& file, int columns, int64_t shift) {
    page_index_->AppendRowGroup();
    const auto reader = file.GetPageIndexReader()->RowGroup(0);
    if (reader == nullptr) return;
    for (int i = 0; i < columns; ++i) {
      if (const auto index = reader->GetColumnIndex(i))
        copy_column_index(*index, page_index_->GetColumnIndexBuilder(i));
      if (const auto index = reader->GetOffsetIndex(i))
        copy_offset_index(*index, shift, page_index_->GetOffsetIndexBuilder(i));
    }
  }

  // A stream that begins where the column chunks end, so that what asks it for its position gets
  // that of the file.
  std::shared_ptr<arrow::Buffer> write_end(const std::map<std::string, std::string>& key_values) {
    auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(), kDoing);
    if (page_index_) {
      page_index_->Finish();
      auto written = page_index_->WriteTo(sink.get());
      for (auto* locations : {&written.column_index_locations, &written.offset_index_locations})
        for (auto& [chunk, location] : *locations) location.offset += position_;
      footer_->SetIndexLocations(parquet::IndexKind::kColumnIndex, written.column_index_locations);
      footer_->SetIndexLocations(parquet::IndexKind::kOffsetIndex, written.offset_index_locations);
    }
    auto described = std::make_shared<arrow::KeyValueMetadata>();
    if (const auto& own = empty_->metadata()->key_value_metadata()) described = own->Copy();
    for (const auto& [key, value] : key_values) described->Append(key, value);
    const auto metadata = footer_->Finish(described);
    check(parquet::arrow::WriteFileMetaData(*metadata, sink.get()), kDoing);
    return value_or_throw(sink->Finish(), kDoing);
  }

  std::shared_ptr<parquet::WriterProperties> properties_;
  std::unique_ptr<parquet::ParquetFileReader> empty_;
  const parquet::SchemaDescriptor* schema_;  // of empty_
  std::unique_ptr<parquet::FileMetaDataBuilder> footer_;
  std::unique_ptr<parquet::PageIndexBuilder> page_index_;  // null where none is wanted
  int64_t position_ = 0;
};

}  // namespace

std::unique_ptr<FileAssembler> make_parquet_assembler(const ParquetOptions& options,
                                                      std::shared_ptr<arrow::Buffer> empty_file) {
  return guarded(kDoing, [&] { return std::make_unique<ParquetAssembler>(options, empty_file); });
}

}  // namespace cairn::formats
