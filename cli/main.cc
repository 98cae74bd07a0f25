#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <string>
#include <vector>

#include "base/json.h"
#include "cairn/error.h"
#include "command_tree.h"
#include "interrupt.h"
#include "io/file.h"

namespace cairn::cli {
namespace {

constexpr int kReaderWentAway = 141;  // what a shell reports for a program that SIGPIPE ended

int run(const std::vector<std::string>& arguments) {
  const Invocation invocation = parse_command_line(arguments);
  Session session(invocation.common);
  return invocation.run(session);
}

int report(const Error& error, bool json) {
  const int code = exit_code(error.kind());
  if (json) {
    const Json document = {{"error",
                            {{"kind", to_string(error.kind())},
                             {"message", error.message()},
                             {"next_step", error.next_step()},
                             {"exit", code}}}};
    fmt::print(stderr, "{}\n", to_canonical_json(document));
  } else {
    fmt::print(stderr, "cairn: {}\n", error.what());
  }
  return code;
}

// A failed command line has told us nothing yet, so the arguments themselves are asked.
bool wants_json(const std::vector<std::string>& arguments) {
  const auto end = std::find(arguments.begin(), arguments.end(), "--");
  return std::find(arguments.begin(), end, "--json") != end;
}

// The one place where failures become a line and an exit code.
int run_and_report(const std::vector<std::string>& arguments) {
  const bool json = wants_json(arguments);
  try {
    return run(arguments);
  } catch (const ClosedPipe&) {
    return kReaderWentAway;
  } catch (const Error& error) {
    return report(error, json);
  } catch (const std::filesystem::filesystem_error& error) {
    errno = error.code().value();
    return report(io::system_error("use", error.path1()), json);
  } catch (const std::bad_alloc&) {
    return report(Error(ErrorKind::internal, "the machine has no memory left",
                        "lower --memory, or close other programs"),
                  json);
  } catch (const std::exception& error) {
    return report(Error(ErrorKind::internal, fmt::format("unexpected failure: {}", error.what()),
                        "please report it with the command that caused it"),
                  json);
  }
}

}  // namespace
}  // namespace cairn::cli

int main(int argc, char** argv) {
  cairn::cli::prepare_signals();
  return cairn::cli::run_and_report(std::vector<std::string>(argv + 1, argv + argc));
}
