#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "bind.h"
#include "cairn/progress.h"

namespace cairn::python {

/// Tells a Python callable `(stage, rows done, rows in total or None)` how far work has come, and
/// lets Python's signal handlers run, so that Ctrl-C stops it.
///
/// Errors   what the callable or a handler raises, thrown through the work.
class PythonProgress final : public Progress {
 public:
  /// Of a callable or None; with the GIL.
  explicit PythonProgress(nb::object report) : report_(std::move(report)) {}

  // Both without the GIL.
  void begin(std::string_view stage, int64_t total) override;
  void advance(int64_t rows) override;

  /// Tell what was not told yet.
  void flush();

 private:
  void tell();

  const nb::object report_;
  std::string stage_;
  int64_t total_ = -1;
  int64_t done_ = 0;
  int64_t told_ = -1;
  std::chrono::steady_clock::time_point last_;
};

/// Do work without the GIL, telling `report` of it.
template <typename Work>
auto with_progress(const nb::object& report, Work&& work) {
  PythonProgress progress(report);
  const nb::gil_scoped_release released;
  auto result = std::forward<Work>(work)(progress);
  progress.flush();
  return result;
}

/// Run Python's signal handlers when a moment passed since `last`; without the GIL.
///
/// Errors   KeyboardInterrupt, as any Python exception.
void check_signals(std::chrono::steady_clock::time_point& last);

}  // namespace cairn::python
