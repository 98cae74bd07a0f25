#include "interrupt.h"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction is not in <csignal>
#include <unistd.h>

#include <string_view>

#include "cairn/error.h"

namespace cairn::cli {
namespace {

volatile sig_atomic_t interrupted = 0;
volatile sig_atomic_t cleaning_up = 0;

void on_interrupt(int /*signal*/) {
  if (cleaning_up != 0 && interrupted == 0) {
    interrupted = 1;
    return;
  }
  constexpr std::string_view kMessage = "cairn: cancelled\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  _exit(exit_code(ErrorKind::cancelled));
}

}  // namespace

void prepare_signals() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

CleanInterrupt::CleanInterrupt() {
  cleaning_up = 1;
}
CleanInterrupt::~CleanInterrupt() {
  cleaning_up = 0;
}

void throw_if_interrupted() {
  if (interrupted != 0) throw Error(ErrorKind::cancelled, "cancelled", "nothing was left behind");
}

}  // namespace cairn::cli
