#include "exports/reader_calls.h"

#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>

#include "data/logical_type.h"
#include "exports/readers/csv_calls.h"
#include "exports/readers/csv_table.h"
#include "exports/readers/python_text.h"
#include "exports/readers/type_limits.h"
#include "formats/physical_layout.h"

namespace cairn::exports {
namespace {

constexpr std::string_view kImports =
    "import base64, datetime, decimal, json\n"
    "import duckdb\n"
    "import pandas as pd\n"
    "import polars as pl\n"
    "import pyarrow as pa\n"
    "import pyarrow.compute\n"
    "import pyarrow.csv\n"
    "import pyarrow.parquet\n";

constexpr std::string_view kDuckdbNames =
    "DuckDB cannot name the columns: a name is empty, or two differ in case only";

using TypeChoice = std::shared_ptr<arrow::DataType> (*)(const CsvTable::Column&);

// The table as a library takes it, with a note on each column that it leaves as text.
CsvTable adapted(CsvTable table, std::string_view library, TypeChoice choose, Json& notes) {
  for (auto& column : table.columns) {
    auto type = choose(column);
    if (arrow::is_string(*type) && !arrow::is_string(*column.type)) {
      notes.push_back(fmt::format("{}: column {} ({}) stays text", library,
                                  python_string(column.name), data::logical_type(*column.type)));
    }
    column.type = std::move(type);
  }
  return table;
}

Json csv_calls(const CsvTable& table) {
  Json notes = Json::array();
  Json calls = {
      {"imports", kImports},
      {"pyarrow", pyarrow_call(adapted(table, "pyarrow", pyarrow_type, notes))},
      {"pandas", pandas_call(adapted(table, "pandas", pyarrow_type, notes))},
      {"polars", polars_call(adapted(table, "polars", polars_type, notes))},
  };
  if (duckdb_takes_names(table)) {
    calls["duckdb"] = duckdb_call(adapted(table, "duckdb", duckdb_type, notes));
  } else {
    calls["duckdb"] = nullptr;
    notes.push_back(kDuckdbNames);
  }
  if (!notes.empty()) calls["notes"] = std::move(notes);
  return calls;
}

bool is_interval(const arrow::DataType& type) {
  return arrow::is_interval(type.id());
}

// DuckDB does not look at the Arrow schema inside the file, which says what the integers are.
bool is_duration(const arrow::DataType& type) {
  return type.id() == arrow::Type::DURATION;
}

Json parquet_calls(const arrow::Schema& schema) {
  Json calls = {
      {"imports", kImports},
      {"pyarrow", "pa.parquet.ParquetFile(path, page_checksum_verification=True).read()"},
      {"pandas", "pd.read_parquet(path, dtype_backend=\"pyarrow\")"},
      {"polars", "pl.read_parquet(path)"},
      {"duckdb", "duckdb.read_parquet(path)"},
  };
  Json notes = Json::array();
  for (const auto& field : schema.fields()) {
    const auto note = [&](std::string_view library, std::string_view what) {
      notes.push_back(fmt::format("{}: column {} ({}) {}", library, python_string(field->name()),
                                  data::logical_type(*field->type()), what));
    };
    const auto plain = formats::plain_type(field->type());
    const arrow::DataType& type = *plain;
    const bool has_interval = contains_type(type, is_interval);
    for (const char* library : {"pyarrow", "pandas", "polars", "duckdb"}) {
      if (has_interval) note(library, "comes back in the form that Parquet stores it in");
    }
    if (contains_type(type, is_duration)) note("duckdb", "comes back as integers, in its unit");
    if (!has_wide_decimal(type)) continue;
    for (const char* library : {"polars", "duckdb"}) {
      note(library, "has no type there");
      calls[library] = nullptr;
    }
  }
  if (!notes.empty()) calls["notes"] = std::move(notes);
  return calls;
}

}  // namespace

Json reader_calls(const catalog::FileRow& file, const catalog::TableRow& table) {
  if (file.format == "csv") return csv_calls(describe_csv(file, table));
  return parquet_calls(*data::decode_schema(table.schema));
}

}  // namespace cairn::exports
