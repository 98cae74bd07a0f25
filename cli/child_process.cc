#include "child_process.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "cairn/error.h"

namespace cairn::cli {

ProcessEnd run_cairn(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"cairn"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::fflush(stdout);  // what was said before comes before what the child says
  pid_t child = 0;
  // The link of the running program: right also when it was renamed or is not on the PATH.
  const int failed = posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, argv.data(), environ);
  if (failed != 0) {
    throw Error(ErrorKind::io, std::string("cannot start cairn again: ") + std::strerror(failed));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) throw Error(ErrorKind::io, "cannot wait for a process of ours");
  }
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace cairn::cli
