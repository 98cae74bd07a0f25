#pragma once

#include <arrow/buffer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "formats/codec.h"

namespace cairn::testing {

/// `rows` as units of at most `unit_rows`, those of the codec when 0.
inline std::vector<formats::EncodedUnit> encode_units(
    const formats::Codec& codec, const std::shared_ptr<arrow::RecordBatch>& rows,
    int64_t unit_rows = 0) {
  if (unit_rows == 0) unit_rows = codec.unit_rows();
  std::vector<formats::EncodedUnit> units;
  for (int64_t row = 0; row < rows->num_rows(); row += unit_rows)
    units.push_back(codec.encode({rows->Slice(row, unit_rows)}, arrow::default_memory_pool()));
  return units;
}

/// The bytes of the file that these units make.
inline std::string file_of(const formats::Codec& codec,
                           const std::vector<formats::EncodedUnit>& units,
                           const std::map<std::string, std::string>& key_values = {}) {
  std::string file;
  const auto add = [&](const formats::FileAssembler::Pieces& pieces) {
    for (const auto& piece : pieces) file += piece->ToString();
  };
  const auto assembler = codec.assemble();
  add(assembler->begin());
  for (const formats::EncodedUnit& unit : units) add(assembler->append(unit));
  add(assembler->finish(key_values));
  return file;
}

}  // namespace cairn::testing
