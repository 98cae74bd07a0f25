#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/connection.h"
#include "catalog/rows.h"

namespace cairn::catalog {

// Between rows of the database and the structs of rows.h.

inline int64_t to_micros(TimePoint time) {
  return time.time_since_epoch().count();
}

inline TimePoint from_micros(int64_t micros) {
  return TimePoint(std::chrono::microseconds(micros));
}

/// LIMIT for "at most `limit`, 0 for all".
inline int64_t limit_or_all(int64_t limit) {
  return limit > 0 ? limit : std::numeric_limits<int64_t>::max();
}

/// The text of a JSON column. Throws unsupported for more than can be read back.
std::string json_text(const Json& value, std::string_view what);

/// The slug of `name` (base/names.h), or with _2, _3 and so on the first that `taken`, a query for
/// one slug, does not find.
std::string free_slug(Connection& connection, std::string_view taken, std::string_view name);

/// A version and the key of its row.
struct StoredVersion {
  int64_t id = 0;
  DatasetVersion row;
};

/// Versions that `condition` selects: the end of a query over version v and dataset d, from WHERE.
std::vector<StoredVersion> select_versions(Connection& connection, std::string_view condition,
                                           Values parameters);

/// The first of them.
std::optional<StoredVersion> select_version(Connection& connection, std::string_view condition,
                                            Values parameters);

std::optional<StoredVersion> version_numbered(Connection& connection, std::string_view dataset,
                                              int64_t version);

/// The same, but throws not_found, saying what there is.
StoredVersion existing_version(Connection& connection, std::string_view dataset, int64_t version);

/// The rows alone.
std::optional<DatasetVersion> row_of(std::optional<StoredVersion> stored);
std::vector<DatasetVersion> rows_of(std::vector<StoredVersion> stored);

std::optional<int64_t> dataset_id_of(Connection& connection, std::string_view dataset);

/// Let `name` stand for a version. Throws already_exists when it stands for another one, unless it
/// may be moved.
void set_tag(Connection& connection, const StoredVersion& version, int64_t dataset_id,
             std::string_view name, bool replace);

}  // namespace cairn::catalog
