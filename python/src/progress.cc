#include "progress.h"

namespace cairn::python {
namespace {

constexpr std::chrono::milliseconds kMoment{50};  // between two visits to the interpreter

bool moment_passed(std::chrono::steady_clock::time_point& last) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last < kMoment) return false;
  last = now;
  return true;
}

}  // namespace

void PythonProgress::begin(std::string_view stage, int64_t total) {
  flush();
  stage_ = stage;
  total_ = total;
  done_ = 0;
  told_ = -1;
  const nb::gil_scoped_acquire held;
  tell();
}

void PythonProgress::advance(int64_t rows) {
  done_ += rows;
  if (!moment_passed(last_)) return;
  const nb::gil_scoped_acquire held;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
  tell();
}

void PythonProgress::flush() {
  if (report_.is_none() || stage_.empty()) return;
  const nb::gil_scoped_acquire held;
  tell();
}

void PythonProgress::tell() {
  if (report_.is_none() || told_ == done_) return;
  told_ = done_;
  report_(stage_, done_, total_ < 0 ? nb::object(nb::none()) : nb::object(nb::int_(total_)));
}

void check_signals(std::chrono::steady_clock::time_point& last) {
  if (!moment_passed(last)) return;
  const nb::gil_scoped_acquire held;
  if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

}  // namespace cairn::python
