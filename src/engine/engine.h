#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "cairn/progress.h"
#include "data/column_profile.h"
#include "data/content_digest.h"
#include "engine/memory_budget.h"
#include "formats/codec.h"
#include "io/staged_file.h"

namespace cairn::engine {

/// One file to be written from a table.
struct Output {
  const formats::Codec& codec;
  io::StagedFile& file;
  /// Decode every unit right after it was encoded, on the same thread, and digest what the reader
  /// made of it.
  bool decode_back = true;
  /// What the file says of itself, where its format has a place for that; asked when the digest is
  /// known.
  std::function<std::map<std::string, std::string>(const data::TableDigest&)> key_values;
};

/// What became of one output.
struct OutputResult {
  std::vector<int64_t> formula_cells;  // per column; empty where none were looked for
  std::vector<data::LeafDifference>
      differences;  // between the input and what was decoded back; none is the promise
};

/// What is known of a table after it was written.
struct WrittenTable {
  int64_t rows = 0;
  int64_t input_bytes = 0;  // of Arrow memory
  data::TableDigest digest;
  std::vector<data::ColumnProfile> profiles;
  std::vector<OutputResult> outputs;  // as the outputs were given
};

/// Threads and memory for writing tables: one pass over a source feeds every file, digest and
/// profile.
///
///   source -> morsels -> digest and profile            in parallel
///                     -> units -> encode, decode back  in parallel, pure
///                              -> order, write, hash   one lane per file
class Engine {
 public:
  /// Units: `memory_bytes` bounds what is in flight and what may be allocated on the way.
  Engine(int threads, int64_t memory_bytes);
  ~Engine();

  /// Write all that `source` yields to every output. The files are left staged.
  ///
  /// Shape    any rows x columns; what every codec takes.
  /// Effects  bytes in the staged files.
  /// Errors   what the source, the codecs and the files throw; memory_budget; what `progress`
  /// throws.
  WrittenTable write(arrow::RecordBatchReader& source, const std::vector<Output>& outputs,
                     Progress& progress);

  /// Where everything on the way is allocated, up to the budget. For sources too.
  arrow::MemoryPool* pool() { return pool_.get(); }
  int64_t peak_bytes() const;
  int64_t memory_bytes() const { return memory_bytes_; }
  ThreadPool& threads() { return threads_; }

 private:
  const int64_t memory_bytes_;
  std::unique_ptr<arrow::MemoryPool> proxy_;  // counts; below the cap
  std::unique_ptr<arrow::MemoryPool> pool_;
  ThreadPool threads_;
};

}  // namespace cairn::engine
