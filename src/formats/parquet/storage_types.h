#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace cairn::formats {

/// The schema in which Parquet holds tables of `schema`, as docs/formats.md lists it.
///
/// Shape    dictionaries of text, and views, at the top level stay as they are; everything else
///          takes its plain layout, and types that Parquet lacks take a form that it has.
/// Errors   unsupported, naming the column, for unions, decimals of more than 76 digits, and a
///          table without columns.
std::shared_ptr<arrow::Schema> storage_schema(const arrow::Schema& schema);

/// What tables of `schema` are cheapest to read back as, where only their values are asked for. It
/// holds any number of rows.
std::shared_ptr<arrow::Schema> decoded_schema(const arrow::Schema& schema);

/// `batch` in the storage schema of its own.
///
/// Errors   unsupported, naming the column, for a value that the stored type cannot hold: seconds
///          beyond the range of milliseconds, or a date64 within a day.
std::shared_ptr<arrow::RecordBatch> to_storage(const arrow::RecordBatch& batch,
                                               const std::shared_ptr<arrow::Schema>& storage,
                                               arrow::MemoryPool* pool);

/// `batch`, read from Parquet, in exactly `schema`.
///
/// Errors   corrupt, naming the column, where it is not of the storage type of that schema;
///          LayoutTooNarrow (physical_layout.h).
std::shared_ptr<arrow::RecordBatch> from_storage(const arrow::RecordBatch& batch,
                                                 const std::shared_ptr<arrow::Schema>& schema,
                                                 arrow::MemoryPool* pool);

}  // namespace cairn::formats
