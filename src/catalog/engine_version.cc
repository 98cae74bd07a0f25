#include "catalog/engine_version.h"

#include <sqlite3.h>

namespace cairn::catalog {

std::string sqlite_version() {
  return sqlite3_libversion();
}

}  // namespace cairn::catalog
