#pragma once

#include <chrono>
#include <memory>

#include "catalog/catalog.h"
#include "catalog/connection.h"

namespace cairn::catalog {

/// How SQLite makes a transaction atomic. The write-ahead log needs memory shared between
/// processes, which network file systems do not have; there a rollback journal must do.
enum class Journal { write_ahead, rollback };

/// The journal for the file system that holds `file`.
Journal journal_for(const std::filesystem::path& file);

/// What a database is worth.
struct Care {
  bool durable = true;                         // else a power failure may cost it
  std::chrono::milliseconds patience{30'000};  // with others who write to it
};

/// Open or create the database, in folders that exist, with the settings of docs/catalog.md. Its
/// schema is left alone.
///
/// Errors   busy, corrupt, permission, io.
std::unique_ptr<Connection> open_sqlite(const Catalog::Location& location, Journal journal,
                                        Care care = {});

}  // namespace cairn::catalog
