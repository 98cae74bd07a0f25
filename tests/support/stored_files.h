#pragma once

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <filesystem>
#include <memory>
#include <string>

#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/csv/csv_codec.h"
#include "formats/parquet/parquet_codec.h"
#include "integrity/stored_file.h"
#include "io/checksum.h"
#include "support/codec_files.h"
#include "support/file_bytes.h"

namespace cairn::testing {

/// Rows with a number, a price that may be null, and a city in which commas and quotes occur.
inline std::shared_ptr<arrow::RecordBatch> orders(int64_t rows) {
  arrow::Int64Builder id;
  arrow::DoubleBuilder price;
  arrow::StringBuilder city;
  for (int64_t row = 0; row < rows; ++row) {
    check(id.Append(1000000 + row), "make a sample");
    check(row % 7 == 0 ? price.AppendNull() : price.Append(static_cast<double>(row % 997) / 4),
          "make a sample");
    check(city.Append(row % 5 == 0 ? "Lisbon, Portugal" : "city " + std::to_string(row % 40)),
          "make a sample");
  }
  const auto finish = [](auto& builder) {
    return value_or_throw(builder.Finish(), "make a sample");
  };
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("price", arrow::float64()),
                     arrow::field("city", arrow::utf8())}),
      rows, {finish(id), finish(price), finish(city)});
}

/// A file of these rows as an export leaves it, in units of `unit_rows`, and what is recorded of it.
inline integrity::StoredFile store(const std::shared_ptr<arrow::RecordBatch>& rows, Format format,
                                   const std::filesystem::path& folder, int64_t unit_rows = 65536,
                                   const CsvDialect& dialect = {}) {
  const auto codec = format == Format::csv ? formats::make_csv_codec(rows->schema(), dialect)
                                           : formats::make_parquet_codec(rows->schema(), {});
  integrity::StoredFile file;
  file.name = std::string("orders.") + std::string(to_string(format));
  file.path = folder / file.name;
  file.table = "orders";
  file.format = format;
  file.schema = rows->schema();
  file.dialect = dialect;
  const std::string bytes =
      file_of(*codec, encode_units(*codec, rows, unit_rows), {{"cairn.table", "orders"}});
  write_bytes(file.path, bytes);
  file.bytes = static_cast<int64_t>(bytes.size());
  file.checksums = io::checksum_file(file.path, {.md5 = true, .sha256 = true});
  data::StreamDigester digester(rows->schema());
  digester.update(rows);
  file.digest = digester.finish();
  return file;
}

}  // namespace cairn::testing
