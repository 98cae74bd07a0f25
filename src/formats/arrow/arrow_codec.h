#pragma once

#include <arrow/type_fwd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "formats/codec.h"
#include "io/file.h"

namespace cairn::formats {

/// Arrow IPC as docs/formats.md has it: a stream of uncompressed batches that can be used where
/// they lie in the file, and what the file says of itself at the end.
///
/// Shape    every Arrow type.
std::unique_ptr<Codec> make_arrow_codec(std::shared_ptr<arrow::Schema> schema);

/// Such a file, mapped into memory. Nothing but its ends is read until somebody looks at the rows.
///
/// Errors   corrupt for what does not hang together. The values themselves are not looked at: the
///          caller knows that we wrote the file and that it is as we wrote it.
class MappedArrowFile {
 public:
  static MappedArrowFile open(const io::FileDescriptor& file, const std::filesystem::path& path);

  const std::map<std::string, std::string>& key_values() const { return key_values_; }

  /// All rows. They keep the file mapped as long as they live, whatever becomes of its name.
  std::shared_ptr<arrow::Table> read() const;

 private:
  std::string name_;
  std::map<std::string, std::string> key_values_;
  std::shared_ptr<arrow::Buffer> stream_;
};

}  // namespace cairn::formats
