#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdint>

namespace cairn::bench {

/// What this process has used so far. Units: seconds of user and system time; bytes.
struct Usage {
  double cpu_seconds = 0;
  int64_t peak_rss = 0;
};

inline Usage usage() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss * 1024};
}

/// Wall seconds that `work` takes.
template <typename Work>
double seconds_of(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace cairn::bench
