#include "catalog/sql_catalog.h"
#include "catalog/sqlite_connection.h"
#include "catalog_concurrency_contract.h"
#include "catalog_contract.h"
#include "checkpoint_rows_contract.h"
#include "lineage_contract.h"

namespace cairn::catalog {
namespace {

Catalog::Location location_in(const std::filesystem::path& folder) {
  return {folder / "catalog.sqlite", folder / "locks" / "catalog.lock"};
}

// The journal of network file systems, on whatever file system the tests have.
std::unique_ptr<Catalog> open_with_rollback_journal(const std::filesystem::path& folder) {
  const Catalog::Location location = location_in(folder);
  std::filesystem::create_directories(location.writer_lock.parent_path());
  return std::make_unique<SqlCatalog>(
      [location] { return open_sqlite(location, Journal::rollback); });
}

const auto kKinds = ::testing::Values(
    CatalogKind{
        "Sqlite",
        [](const std::filesystem::path& folder) { return Catalog::open(location_in(folder)); }},
    CatalogKind{"SqliteRollbackJournal", open_with_rollback_journal});

std::string name_of(const ::testing::TestParamInfo<CatalogKind>& kind) {
  return kind.param.name;
}

INSTANTIATE_TEST_SUITE_P(, CatalogContract, kKinds, name_of);
INSTANTIATE_TEST_SUITE_P(, CheckpointRowsContract, kKinds, name_of);
INSTANTIATE_TEST_SUITE_P(, LineageContract, kKinds, name_of);

}  // namespace
}  // namespace cairn::catalog
