#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cairn {

/// How a Parquet file is written. The defaults are the `export` profile of docs/formats.md.
struct ParquetOptions {
  std::string compression = "snappy";  // none, snappy, lz4_raw, zstd, gzip, brotli
  std::optional<int> compression_level;
  int64_t row_group_rows = 131072;     // a multiple of 4,096
  int64_t row_group_bytes = 64 << 20;  // of Arrow memory
  bool dictionary = true;
  bool statistics = true;
  bool page_index = true;

  /// Throws invalid_argument naming the option.
  void validate() const;
};

}  // namespace cairn
