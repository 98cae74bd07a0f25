#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cairn {

/// One data file of a version. Rows and bytes are of this file; checksums are lower-case hex, empty
/// where not computed.
struct DatasetFile {
  std::string table;
  std::string format;
  std::string path;  // relative to the output folder
  int64_t rows = 0;
  int64_t bytes = 0;
  std::string md5;
  std::string xxh3_128;
  std::string sha256;
};

/// One table of a version.
struct DatasetTable {
  std::string name;
  std::string role;  // processed, analytical
  int64_t rows = 0;
  int64_t columns = 0;
  std::string digest;              // cd1:…, of the contents, the same in every format
  std::string schema_fingerprint;  // sf1:…
};

/// A committed version of a dataset.
struct DatasetVersion {
  std::string dataset;
  std::string slug;         // of the dataset, unique in the store: what paths are made of
  int64_t version = 0;      // 1, 2, 3, …: the only order there is
  std::string export_uuid;  // chosen before anything was written
  std::string operation;    // export, rollback
  std::chrono::sys_time<std::chrono::microseconds> created;
  bool clock_ran_backwards = false;  // created is not after the parent's
  std::string digest;                // cd1:…, over all tables
  int64_t rows = 0;                  // over all tables
  int64_t bytes = 0;                 // over all files
  int64_t tables = 0;
  int64_t files = 0;
  std::string message;
  std::string author;
  std::string state;  // committed, expired (files gone, digests kept)
  std::vector<std::string> tags;
};

}  // namespace cairn
