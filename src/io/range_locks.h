#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "base/at_fork.h"
#include "io/file.h"

namespace cairn::io {

/// Many locks in one empty file, one for each of its byte positions (open file description locks).
/// Each is freed by the kernel when its holder dies, and none leaves a file behind. Threads and
/// processes compete alike.
class RangeLocks {
 public:
  /// A lock that is held, until it is destroyed. Must not outlive its RangeLocks.
  class Held {
   public:
    ~Held();
    Held(Held&& other) noexcept;
    Held& operator=(Held&& other) noexcept;

   private:
    friend class RangeLocks;
    Held(RangeLocks& locks, int64_t position) : locks_(&locks), position_(position) {}

    RangeLocks* locks_;
    int64_t position_;
  };

  /// The file is made if it is missing.
  explicit RangeLocks(std::filesystem::path file);

  /// The lock, or nothing when somebody else holds it.
  std::optional<Held> try_acquire(int64_t position);

  /// Whether anybody holds the lock now.
  bool is_held(int64_t position);

 private:
  // The kernel does not tell apart who locks through one descriptor.
  struct Own {
    std::mutex mutex;
    std::set<int64_t> positions;
  };

  void release(int64_t position);
  void open_file();
  void start_anew();

  const std::filesystem::path path_;
  FileDescriptor file_;
  std::unique_ptr<Own> own_ = std::make_unique<Own>();
  // A child would share its parent's locks, and keep them after the parent's death.
  const AtFork at_fork_{[this] { start_anew(); }};
};

}  // namespace cairn::io
