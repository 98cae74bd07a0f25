#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace cairn::io {

/// This machine, the user on it, and this process: what a version says of where it was made.
std::string host_name();
std::string user_at_host();
int process_id();

/// Processors this process may use: its affinity, bounded by the quota of its control group.
int available_cpus();

/// Bytes of memory this process may use: the machine's, bounded by its control group.
int64_t available_memory();

/// Bytes of memory in use now, and the most there ever were, by the operating system's count.
int64_t resident_bytes();
int64_t peak_resident_bytes();

/// Bytes free for this user on the file system that holds `path`.
int64_t free_disk_bytes(const std::filesystem::path& path);

/// Whether the file system that holds `path` is a network or FUSE one, where shared-memory locks
/// cannot be trusted.
bool is_network_file_system(const std::filesystem::path& path);

}  // namespace cairn::io
