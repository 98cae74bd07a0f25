#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cairn/data_integrity.h"
#include "integrity/table_comparison.h"

namespace cairn::integrity {

/// Both tables, being read.
struct TablePair {
  arrow::RecordBatchReader& original;
  arrow::RecordBatchReader& exported;
  Progress& progress;
};

/// What a comparison may use before it spills.
struct SpillRoom {
  int64_t memory_bytes;
  std::filesystem::path folder;
};

/// Compare row against row, from the first on.
void compare_by_position(const TablePair& tables, TableComparison& comparison);

/// Compare `rows` rows, drawn from all with equal chance, and beside them the first and the last
/// and those at the borders of blocks. Nothing is returned when that is every row.
///
/// Source   bottom-k sampling: the k rows with the smallest hash of seed and position are a uniform
///          sample without knowing beforehand how many rows there are (Cohen and Kaplan, PODC
///          2007).
std::optional<SampleFacts> compare_sample(const TablePair& tables, TableComparison& comparison,
                                          int64_t rows, uint64_t seed);

/// Compare the rows of equal keys; rows whose key is not unique are reported and not compared.
void compare_by_key(const TablePair& tables, TableComparison& comparison,
                    const std::vector<std::string>& keys, const SpillRoom& room);

/// Compare how often each row is there, whatever the order.
void compare_as_multiset(const TablePair& tables, TableComparison& comparison,
                         const SpillRoom& room);

}  // namespace cairn::integrity
