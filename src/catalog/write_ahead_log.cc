#include "catalog/write_ahead_log.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "base/names.h"
#include "cairn/error.h"
#include "io/file.h"

namespace cairn::catalog {
namespace {

namespace fs = std::filesystem;

constexpr size_t kHeaderBytes = 32;
constexpr size_t kFrameHeaderBytes = 24;
constexpr uint32_t kMagic = 0x377f0682;  // the lowest bit is set where checksums are big-endian
constexpr uint32_t kMinPageBytes = 512;
constexpr uint32_t kMaxPageBytes = 65536;

using Header = std::array<char, kHeaderBytes>;

uint32_t big_endian(const char* bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return __builtin_bswap32(value);
}

static_assert(std::endian::native == std::endian::little);

struct Checksum {
  uint32_t first = 0;
  uint32_t second = 0;
  bool big_endian_words = false;

  void add(std::span<const char> bytes) {
    for (size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      first += word(&bytes[i]) + second;
      second += word(&bytes[i + 4]) + first;
    }
  }

  bool is_stored_at(const char* bytes) const {
    return big_endian(bytes) == first && big_endian(bytes + 4) == second;
  }

 private:
  uint32_t word(const char* bytes) const {
    uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return big_endian_words ? __builtin_bswap32(value) : value;
  }
};

class Log {
 public:
  Log(const fs::path& path, int64_t bytes)
      : path_(path), file_(io::FileDescriptor::open_to_read(path)), header_(read_header()) {
    if (bytes <= static_cast<int64_t>(kHeaderBytes)) return;
    checksum_.big_endian_words = (big_endian(header_.data()) & 1) != 0;
    checksum_.add(std::span(header_).first(kFrameHeaderBytes));
    const uint32_t page = big_endian(&header_[8]);
    const bool valid = (big_endian(header_.data()) & ~1U) == kMagic && page >= kMinPageBytes &&
                       page <= kMaxPageBytes && checksum_.is_stored_at(&header_[24]);
    // The header is durable before the first frame is written.
    if (!valid) {
      broken_ = 0;
      return;
    }
    frame_.resize(kFrameHeaderBytes + page);
    frames_ = (bytes - static_cast<int64_t>(kHeaderBytes)) / static_cast<int64_t>(frame_.size());
    broken_ = first_lost_frame();
  }

  /// The frame, from 1, at which committed ones begin to be lost; 0 for the header. Nothing where
  /// none are, or where the log began anew meanwhile.
  std::optional<int64_t> broken() const {
    return broken_ && read_header() == header_ ? broken_ : std::nullopt;
  }

 private:
  Header read_header() const {
    Header header{};
    io::read_at(file_.get(), 0, header, path_);
    return header;
  }

  std::optional<int64_t> first_lost_frame() {
    std::optional<int64_t> wrong;
    bool committed_behind = false;
    for (int64_t number = 1; number <= frames_; ++number) {
      read_frame(number);
      if (!wrong && is_next()) continue;
      if (!wrong) wrong = number;
      if (!is_of_this_log()) continue;
      if (committed_behind) return wrong;
      committed_behind = big_endian(&frame_[4]) != 0;
    }
    return std::nullopt;
  }

  void read_frame(int64_t number) {
    const auto size = static_cast<int64_t>(frame_.size());
    const int64_t offset = static_cast<int64_t>(kHeaderBytes) + (number - 1) * size;
    if (io::read_at(file_.get(), offset, frame_, path_) < frame_.size())
      frame_.assign(frame_.size(), 0);
  }

  // Frames of an earlier use of the file have other salts.
  bool is_of_this_log() const { return std::memcmp(&frame_[8], &header_[16], 8) == 0; }

  bool is_next() {
    checksum_.add(std::span(frame_).first(8));
    checksum_.add(std::span(frame_).subspan(kFrameHeaderBytes));
    return is_of_this_log() && checksum_.is_stored_at(&frame_[16]);
  }

  const fs::path& path_;
  const io::FileDescriptor file_;
  const Header header_;
  Checksum checksum_;
  std::string frame_;
  int64_t frames_ = 0;
  std::optional<int64_t> broken_;
};

}  // namespace

void require_intact_log(const fs::path& database) {
  const fs::path path = database.native() + "-wal";
  if (!io::file_exists(path)) return;
  const auto broken = Log(path, io::bytes_of_file(path)).broken();
  if (!broken) return;
  throw Error(
      ErrorKind::corrupt,
      fmt::format("the log of the catalog '{}' is damaged at frame {}, and versions "
                  "committed behind that would be lost",
                  printable(database.native()), *broken),
      "restore catalog.sqlite and catalog.sqlite-wal, both, from a backup; no data file was "
      "touched");
}

}  // namespace cairn::catalog
