#include <fmt/format.h>

#include "base/names.h"
#include "catalog/sql_catalog.h"
#include "catalog/version_rows.h"

namespace cairn::catalog {

void SqlCatalog::tag(std::string_view dataset, int64_t version, std::string_view name,
                     bool replace) {
  session_.write([&](Connection& connection) {
    const StoredVersion target = existing_version(connection, dataset, version);
    if (target.row.state != "committed") {
      throw Error(ErrorKind::conflict,
                  fmt::format("cannot tag version {} of '{}': it is {}", version,
                              printable(dataset), target.row.state),
                  "tag a version whose files are kept");
    }
    set_tag(connection, target, dataset_id_of(connection, dataset).value(), name, replace);
  });
}

void SqlCatalog::untag(std::string_view dataset, std::string_view name) {
  session_.write([&](Connection& connection) {
    const int64_t removed = connection.execute(
        "DELETE FROM tag WHERE name = ?"
        " AND dataset_id = (SELECT id FROM dataset WHERE dataset.name = ?)",
        {name, dataset});
    if (removed == 0) {
      throw Error(ErrorKind::not_found,
                  fmt::format("dataset '{}' has no tag '{}'", printable(dataset), printable(name)));
    }
  });
}

}  // namespace cairn::catalog
