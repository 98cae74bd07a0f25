#pragma once

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cairn::formats {

/// Cuts JSON lines into blocks of whole lines that a parser can take without harm: of bounded
/// length and nesting, and of few enough lines that their cells, absent ones included, fit memory.
class JsonBlocks {
 public:
  struct Block {
    std::string_view lines;  // until the next call
    int64_t first_line = 1;
    int64_t last_line = 0;
  };

  /// `fields` is the number of columns that every line will have cells for; 0 where only the lines
  /// tell.
  JsonBlocks(std::shared_ptr<arrow::io::RandomAccessFile> source, std::string name, int64_t fields)
      : source_(std::move(source)), name_(std::move(name)), fields_(fields) {}

  /// The next block; false at the end. Lines without text are left out.
  ///
  /// Errors   corrupt for a line that is too long or nested too deep, naming it.
  bool next(Block& block);

 private:
  bool next_line(std::string_view& line);
  bool fill();

  std::shared_ptr<arrow::io::RandomAccessFile> source_;
  std::string name_;
  int64_t fields_;
  int64_t offset_ = 0;   // of what is not read yet
  std::string pending_;  // read and not given out
  size_t taken_ = 0;     // of pending_
  int64_t line_ = 0;
  std::string lines_;  // of the block given out
};

}  // namespace cairn::formats
