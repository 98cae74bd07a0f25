#include "formats/parquet/parquet_properties.h"

#include <arrow/util/compression.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/parquet/parquet_codec.h"

namespace cairn {
namespace {

using arrow::Compression;

struct NamedCodec {
  std::string_view name;
  Compression::type codec;
};

constexpr std::array kCodecs{
    NamedCodec{"none", Compression::UNCOMPRESSED}, NamedCodec{"snappy", Compression::SNAPPY},
    NamedCodec{"lz4_raw", Compression::LZ4},       NamedCodec{"zstd", Compression::ZSTD},
    NamedCodec{"gzip", Compression::GZIP},         NamedCodec{"brotli", Compression::BROTLI},
};

const NamedCodec* find_codec(std::string_view name) {
  const auto* found = std::find_if(kCodecs.begin(), kCodecs.end(),
                                   [&](const NamedCodec& codec) { return codec.name == name; });
  return found == kCodecs.end() ? nullptr : found;
}

[[noreturn]] void reject(std::string_view option, std::string_view value, std::string_view rule) {
  throw Error(ErrorKind::invalid_argument, fmt::format("{} is '{}'", option, value),
              fmt::format("give {}", rule));
}

void check_level(const ParquetOptions& options, Compression::type codec) {
  if (!options.compression_level) return;
  const int level = *options.compression_level;
  const auto text = std::to_string(level);
  if (!arrow::util::Codec::SupportsCompressionLevel(codec))
    reject("compression_level", text, fmt::format("none, {} has no levels", options.compression));
  const int low = value_or_throw(arrow::util::Codec::MinimumCompressionLevel(codec), "ask a codec");
  const int high =
      value_or_throw(arrow::util::Codec::MaximumCompressionLevel(codec), "ask a codec");
  if (level < low || level > high)
    reject("compression_level", text,
           fmt::format("{} to {} for {}", low, high, options.compression));
}

}  // namespace

void ParquetOptions::validate() const {
  const NamedCodec* codec = find_codec(compression);
  if (codec == nullptr)
    reject("compression", compression, "none, snappy, lz4_raw, zstd, gzip or brotli");
  check_level(*this, codec->codec);
  if (row_group_rows <= 0 || row_group_rows % data::kStrideRows != 0)
    reject("row_group_rows", std::to_string(row_group_rows),
           fmt::format("a multiple of {}", data::kStrideRows));
  if (row_group_bytes <= 0)
    reject("row_group_bytes", std::to_string(row_group_bytes), "a positive number of bytes");
}

namespace formats {

Json to_json(const ParquetOptions& options) {
  Json json{
      {"compression", options.compression},         {"row_group_rows", options.row_group_rows},
      {"row_group_bytes", options.row_group_bytes}, {"dictionary", options.dictionary},
      {"statistics", options.statistics},           {"page_index", options.page_index}};
  if (options.compression_level) json["compression_level"] = *options.compression_level;
  return json;
}

std::shared_ptr<parquet::WriterProperties> writer_properties(const ParquetOptions& options,
                                                             arrow::MemoryPool* pool) {
  parquet::WriterProperties::Builder builder;
  builder.memory_pool(pool)
      ->version(parquet::ParquetVersion::PARQUET_2_6)
      ->compression(find_codec(options.compression)->codec)
      ->max_row_group_length(std::numeric_limits<int64_t>::max())
      ->enable_page_checksum();
  if (options.compression_level) builder.compression_level(*options.compression_level);
  if (!options.dictionary) builder.disable_dictionary();
  if (!options.statistics) builder.disable_statistics();
  if (!options.page_index) builder.disable_write_page_index();
  return builder.build();
}

std::shared_ptr<parquet::ArrowWriterProperties> arrow_writer_properties() {
  // Row groups are encoded side by side on our threads; Arrow's pool below them could deadlock.
  return parquet::ArrowWriterProperties::Builder().store_schema()->set_use_threads(false)->build();
}

parquet::ReaderProperties reader_properties(int64_t footer_bytes, arrow::MemoryPool* pool) {
  // A list or string in a footer takes at least one byte for each element, so that no true footer
  // has longer ones than itself. Page indexes lie outside, hence the floors.
  constexpr int64_t kLeastElements = 1 << 16;
  constexpr int64_t kLeastText = 16 << 20;
  parquet::ReaderProperties properties(pool);
  properties.set_page_checksum_verification(true);
  properties.set_thrift_container_size_limit(static_cast<int32_t>(std::clamp<int64_t>(
      footer_bytes, kLeastElements, parquet::kDefaultThriftContainerSizeLimit)));
  properties.set_thrift_string_size_limit(static_cast<int32_t>(
      std::clamp<int64_t>(footer_bytes, kLeastText, parquet::kDefaultThriftStringSizeLimit)));
  return properties;
}

parquet::ArrowReaderProperties arrow_reader_properties(int64_t batch_rows) {
  parquet::ArrowReaderProperties properties(/*use_threads=*/false);
  properties.set_batch_size(batch_rows);
  properties.set_pre_buffer(false);  // it would hold all selected row groups in memory
  return properties;
}

}  // namespace formats
}  // namespace cairn
