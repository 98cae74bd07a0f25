#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

/// Told how far long work has come. Called from one thread at a time; throwing from it stops the
/// work cleanly, as a Ctrl-C handler does with ErrorKind::cancelled.
class Progress {
 public:
  virtual ~Progress() = default;

  /// A stage starts: "writing orders". `total` is in rows, or -1 where it cannot be known.
  virtual void begin(std::string_view stage, int64_t total) = 0;

  /// `rows` more are done. Called several times a second while work goes on, with 0 where nothing
  /// moved.
  virtual void advance(int64_t rows) = 0;
};

/// The one that shows nothing.
Progress& no_progress();

}  // namespace cairn
