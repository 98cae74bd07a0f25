#include "catalog/sqlite_error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

#include "base/names.h"

namespace cairn::catalog {

namespace fs = std::filesystem;

namespace {

// Extended result codes keep the primary one in their low byte.
int primary_code(const SQLite::Exception& error) {
  return error.getErrorCode() & 0xff;
}

std::string shown(const fs::path& file) {
  return printable(file.native());
}

Error cannot_open(const SQLite::Exception& error, const fs::path& file) {
  const bool forbidden = errno == EACCES || errno == EPERM || errno == EROFS;
  return Error(forbidden ? ErrorKind::permission : ErrorKind::io,
               fmt::format("cannot open the catalog '{}': {}", shown(file), error.what()),
               "check that it is a file in a folder that this user may write to");
}

}  // namespace

Error damaged(const fs::path& file, std::string_view reason) {
  return Error(ErrorKind::corrupt,
               fmt::format("the catalog '{}' is damaged: {}", shown(file), reason),
               "run cairn doctor");
}

Error sqlite_error(const SQLite::Exception& error, const fs::path& file) {
  const auto tell = [&](ErrorKind kind, std::string_view doing, const char* next_step) {
    return Error(kind,
                 fmt::format("cannot {} the catalog '{}': {}", doing, shown(file), error.what()),
                 next_step);
  };
  switch (primary_code(error)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return tell(ErrorKind::busy, "get a turn at", "another program is using it, try again");
    case SQLITE_FULL:
      return tell(ErrorKind::no_space, "write to", "free some disk space");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    // Our statements are correct for the schema that the catalog says it has, so it does not have
    // that schema.
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
      return damaged(file, error.what());
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return tell(ErrorKind::permission, "write to", "check who may write to it and its folder");
    case SQLITE_CANTOPEN:
      return cannot_open(error, file);
    case SQLITE_IOERR:
      return tell(ErrorKind::io, "read or write", "check the disk and its file system");
    case SQLITE_CONSTRAINT:
      return tell(ErrorKind::conflict, "change", "read it again and retry");
    case SQLITE_TOOBIG:
      return tell(ErrorKind::invalid_argument, "store so large a value in", "");
    default:
      return tell(ErrorKind::internal, "use", "");
  }
}

Error sqlite_commit_error(const SQLite::Exception& error, const fs::path& file) {
  switch (primary_code(error)) {
    // SQLite leaves a busy transaction open, and the frame that makes one count is written last:
    // if that did not fit, nothing counts.
    case SQLITE_BUSY:
    case SQLITE_FULL:
    case SQLITE_CONSTRAINT:
      return sqlite_error(error, file);
    default:
      return Error(ErrorKind::commit_unknown,
                   fmt::format("cannot tell whether a change of the catalog '{}' was stored: {}",
                               shown(file), error.what()),
                   "look whether it is there before trying again");
  }
}

}  // namespace cairn::catalog
