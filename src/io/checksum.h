#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::io {

/// Checksums of the bytes of one file, in lower-case hex. MD5 tells accidental damage only, and is
/// empty where the host forbids it.
struct Checksums {
  std::string md5;
  std::string xxh3_128;
  std::string sha256;  // empty unless asked for

  bool operator==(const Checksums&) const = default;
};

/// Which checksums to compute beside XXH3-128, which is always there: at about a tenth of MD5's
/// cost.
struct ChecksumChoice {
  bool md5 = true;
  bool sha256 = false;
};

/// Computes every chosen checksum in one pass over bytes handed to it in order.
class Checksummer {
 public:
  explicit Checksummer(ChecksumChoice choice = {});
  ~Checksummer();
  Checksummer(Checksummer&&) noexcept;
  Checksummer& operator=(Checksummer&&) noexcept;

  void update(std::string_view bytes);
  Checksums finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// SHA-256 of bytes in memory, in lower-case hex.
std::string sha256_hex(std::string_view bytes);

/// Read a file once, from the disk or its cache, and compute its checksums. `visit` sees every
/// chunk on the way.
Checksums checksum_file(const std::filesystem::path& path, ChecksumChoice choice,
                        const std::function<void(std::string_view)>& visit = {});

/// The same for a file that is open, called `path` in messages.
Checksums checksum_file(int fd, const std::filesystem::path& path, ChecksumChoice choice,
                        const std::function<void(std::string_view)>& visit = {});

}  // namespace cairn::io
