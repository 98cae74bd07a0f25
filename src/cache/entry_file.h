#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cairn/data_cache.h"
#include "formats/codec.h"
#include "io/file.h"

namespace cairn::cache {

/// What an entry's file says of itself, so that it can be told from another one's, and the index be
/// made anew from files alone.
struct EntryManifest {
  std::string key;
  std::string process;
  std::string step;
  std::string identity;  // as to_json(CacheIdentity)
  std::string digest;    // of the content
  std::string schema;    // as data::encode_schema
  int64_t rows = 0;
  int64_t cost = 0;     // microseconds
  int64_t created = 0;  // microseconds UTC
  int64_t expires = 0;  // microseconds UTC; 0 for never
  bool weak = false;

  std::map<std::string, std::string> to_key_values() const;

  /// Errors   corrupt, also for the manifest of a newer program.
  static EntryManifest from_key_values(const std::map<std::string, std::string>& key_values);
};

/// The file of an entry, open: what it holds stays, whoever removes its name. Opening reads what
/// the file says of itself and no data.
///
/// Errors   corrupt for whatever is not as it was written; not_found; permission, io.
class EntryFile {
 public:
  static std::unique_ptr<EntryFile> open(const std::filesystem::path& path, CacheForm form);
  virtual ~EntryFile() = default;

  const EntryManifest& manifest() const { return manifest_; }
  const io::FileStatus& status() const { return status_; }

  /// XXH3-128 of all its bytes.
  std::string checksum() const;

  /// The columns at these positions, all when none are given, read by so many threads.
  virtual std::shared_ptr<arrow::Table> read(const std::vector<int>& columns, int threads) = 0;

  /// Whether the tables it gives lie in the file itself.
  virtual bool maps() const = 0;

  std::shared_ptr<arrow::Schema> schema() const { return schema_; }

 protected:
  EntryFile(io::FileDescriptor file, std::filesystem::path path);

  const std::filesystem::path path_;
  const io::FileDescriptor file_;
  const io::FileStatus status_;
  EntryManifest manifest_;
  std::shared_ptr<arrow::Schema> schema_;
};

/// The content digest of a table, "cd1:…".
std::string digest_of(const arrow::Table& table);

/// How tables of this schema are written in a form.
std::unique_ptr<formats::Codec> make_codec(CacheForm form, std::shared_ptr<arrow::Schema> schema);

}  // namespace cairn::cache
