#pragma once

#include <arrow/type_fwd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "cairn/config.h"
#include "formats/codec.h"

namespace cairn::exports {

/// One file that an export is to make.
struct PlannedFile {
  size_t table;  // position among the tables of the export
  Format format;
  std::string path;  // relative to the output folder
};

/// The files of an export, table after table and within one in the order of the formats: the first
/// table is the processed data, the others are analytical. Names are checked, and kept apart where
/// two of them look the same in a path.
///
/// Errors   invalid_argument for a name that cannot be one, or stands twice.
std::vector<PlannedFile> plan_files(const std::string& dataset,
                                    const std::vector<std::string>& tables,
                                    const std::vector<Format>& formats, const Uuid& id,
                                    TimePoint created);

/// What writes one table in one format as the configuration says, and what is recorded of how.
struct TableCodec {
  std::unique_ptr<formats::Codec> codec;
  Json details;
};
TableCodec make_codec(Format format, const std::shared_ptr<arrow::Schema>& schema,
                      const PipelineConfig& config);

}  // namespace cairn::exports
