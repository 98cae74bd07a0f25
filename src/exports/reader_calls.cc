#include "exports/reader_calls.h"

namespace cairn::exports {
namespace {

Json parquet_calls() {
  return {
      {"imports",
       "import duckdb\nimport pandas as pd\nimport polars as pl\nimport pyarrow.parquet\n"},
      {"pandas", "pd.read_parquet(path, dtype_backend=\"pyarrow\")"},
      {"polars", "pl.read_parquet(path)"},
      {"duckdb", "duckdb.read_parquet(path)"},
      {"pyarrow", "pyarrow.parquet.ParquetFile(path, page_checksum_verification=True).read()"},
  };
}

}  // namespace

Json reader_calls(const catalog::FileRow& file, const catalog::TableRow& table) {
  static_cast<void>(table);
  return file.format == "parquet" ? parquet_calls() : Json::object();
}

}  // namespace cairn::exports
