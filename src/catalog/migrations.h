#pragma once

#include "catalog/connection.h"

namespace cairn::catalog {

/// The schema that this program reads and writes.
int newest_schema();

/// Bring the schema from whatever it is, nothing included, to the newest version, in one
/// transaction.
///
/// Errors   unsupported for a schema that only a newer program knows.
void migrate(Connection& connection);

int schema_version_of(Connection& connection);

}  // namespace cairn::catalog
