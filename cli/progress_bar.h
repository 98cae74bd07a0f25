#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cairn/progress.h"

namespace cairn::cli {

/// Shows how far work has come in one line of the terminal, and stops it on Ctrl-C. Where `visible`
/// is false it only does the latter.
class ProgressBar final : public Progress {
 public:
  explicit ProgressBar(bool visible) : visible_(visible) {}
  ~ProgressBar() override { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void begin(std::string_view stage, int64_t total) override;
  void advance(int64_t rows) override;

  /// Take the line away, before anything else is printed.
  void clear();

 private:
  void draw(std::chrono::steady_clock::time_point now);

  const bool visible_;
  bool drawn_ = false;
  std::string stage_;
  int64_t total_ = -1;
  int64_t done_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::chrono::steady_clock::time_point last_drawn_;
};

/// Whether there is somebody to show progress to.
bool stderr_is_terminal();

}  // namespace cairn::cli
