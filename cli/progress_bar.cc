#include "progress_bar.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/quantities.h"
#include "interrupt.h"

namespace cairn::cli {
namespace {

using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kWidth = 24;
constexpr std::chrono::milliseconds kBetweenDraws{100};

std::string bar(double share) {
  const int full = static_cast<int>(share * kWidth);
  return fmt::format("{:█<{}}{:░<{}} {:3.0f} %", "", full, "", kWidth - full, share * 100);
}

}  // namespace

bool stderr_is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

void ProgressBar::begin(std::string_view stage, int64_t total) {
  throw_if_interrupted();
  stage_ = stage;
  total_ = total;
  done_ = 0;
  started_ = steady_clock::now();
}

void ProgressBar::advance(int64_t rows) {
  throw_if_interrupted();
  done_ += rows;
  const auto now = steady_clock::now();
  if (visible_ && now - last_drawn_ >= kBetweenDraws) draw(now);
}

void ProgressBar::draw(steady_clock::time_point now) {
  last_drawn_ = now;
  drawn_ = true;
  const double seconds = std::max(Seconds(now - started_).count(), 1e-3);
  const double rate = static_cast<double>(done_) / seconds;
  std::string line = fmt::format("{}  ", stage_);
  if (total_ > 0) {
    line += bar(std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0));
  }
  line += fmt::format("  {} rows, {} a second", format_count(done_),
                      format_count(static_cast<int64_t>(rate)));
  // "\r" goes to the start of the line, "ESC [K" clears what an earlier, longer line left.
  fmt::print(stderr, "\r{}\x1b[K", line);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace cairn::cli
