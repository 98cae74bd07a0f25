#include "catalog/sql_catalog.h"

#include "catalog/migrations.h"
#include "catalog/sqlite_connection.h"
#include "io/file.h"

namespace cairn::catalog {

std::unique_ptr<Catalog> Catalog::open(const Location& location) {
  io::create_folders(std::filesystem::absolute(location.file).parent_path());
  io::create_folders(std::filesystem::absolute(location.writer_lock).parent_path());
  return std::make_unique<SqlCatalog>(
      [location, journal = journal_for(location.file)] { return open_sqlite(location, journal); });
}

SqlCatalog::SqlCatalog(const Session::Connect& connect)
    : session_([connect] {
        std::unique_ptr<Connection> connection = connect();
        migrate(*connection);
        return connection;
      }) {}

std::vector<std::string> SqlCatalog::check_health() {
  return session_.use([](Connection& connection) { return connection.check_health(); });
}

int SqlCatalog::schema_version() {
  return session_.use([](Connection& connection) { return schema_version_of(connection); });
}

}  // namespace cairn::catalog
