#include "io/machine.h"

#include <pwd.h>
#include <sched.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <string>

#include "io/file.h"

namespace cairn::io {

namespace fs = std::filesystem;

namespace {

// The first word of a one-line kernel file, or nothing when it is missing or says "max".
int64_t first_number(const char* path, int64_t otherwise) {
  std::ifstream in(path);
  int64_t number = 0;
  return in >> number ? number : otherwise;
}

// CPU quota of control groups v2 ("max 100000" or "150000 100000"), then v1.
double cpu_quota() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (v2 >> quota >> period && period > 0) return quota / period;
  quota = static_cast<double>(first_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", -1));
  period = static_cast<double>(first_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us", 0));
  return quota > 0 && period > 0 ? quota / period : std::numeric_limits<double>::max();
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string user_at_host() {
  const passwd* user = getpwuid(getuid());
  return (user == nullptr ? std::to_string(getuid()) : user->pw_name) + "@" + host_name();
}

int process_id() {
  return getpid();
}

int available_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int allowed = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::max(1, static_cast<int>(std::min<double>(allowed, cpu_quota() + 0.5)));
}

int64_t available_memory() {
  const int64_t machine = static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
  const int64_t v2 = first_number("/sys/fs/cgroup/memory.max", machine);
  const int64_t v1 = first_number("/sys/fs/cgroup/memory/memory.limit_in_bytes", machine);
  return std::min({machine, v1, v2});
}

int64_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  int64_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

int64_t peak_resident_bytes() {
  // Not getrusage: its peak outlives exec, so a child would report its parent's.
  std::ifstream in("/proc/self/status");
  for (std::string word; in >> word;) {
    if (word != "VmHWM:") continue;
    int64_t kilobytes = 0;
    in >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

int64_t free_disk_bytes(const fs::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) throw system_error("look at the file system of", path);
  return static_cast<int64_t>(info.f_bavail) * static_cast<int64_t>(info.f_frsize);
}

bool is_network_file_system(const fs::path& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) throw system_error("look at the file system of", path);
  // NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph: the magic numbers of linux/magic.h and of those file
  // systems' sources.
  constexpr std::array<uint32_t, 7> kNetwork{0x6969,     0x517B,     0xFF534D42, 0xFE534D42,
                                             0x65735546, 0x01021997, 0x00C36400};
  return std::find(kNetwork.begin(), kNetwork.end(), static_cast<uint32_t>(info.f_type)) !=
         kNetwork.end();
}

}  // namespace cairn::io
