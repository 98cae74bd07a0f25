#include "formats/parquet/hybrid_runs.h"

#include <arrow/buffer_builder.h>
#include <arrow/util/bitmap_ops.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "data/arrow_error.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kDoing = "encode Parquet";
constexpr size_t kGroup = 8;  // packed values come in groups of as many

// A run costs two to six bytes, and so does going back to packed values after it.
constexpr size_t kLeastRun = 4 * kGroup;

constexpr int64_t kLongestHeader = 5;

void append_header(uint64_t header, arrow::BufferBuilder& out) {
  std::array<uint8_t, 10> bytes{};
  size_t size = 0;
  for (; header >= 0x80; header >>= 7) bytes[size++] = static_cast<uint8_t>(header | 0x80);
  bytes[size++] = static_cast<uint8_t>(header);
  check(out.Append(bytes.data(), static_cast<int64_t>(size)), kDoing);
}

void append_run(uint32_t value, size_t count, int width, arrow::BufferBuilder& out) {
  static_assert(std::endian::native == std::endian::little);
  append_header(count << 1, out);
  check(out.Append(&value, (width + 7) / 8), kDoing);
}

// A multiple of kGroup values, side by side.
uint8_t* pack(std::span<const uint32_t> values, int width, uint8_t* out) {
  uint64_t bits = 0;
  int held = 0;
  for (const uint32_t value : values) {
    bits |= uint64_t{value} << held;
    held += width;
    if (held < 32) continue;
    std::memcpy(out, &bits, 4);
    out += 4;
    bits >>= 32;
    held -= 32;
  }
  std::memcpy(out, &bits, static_cast<size_t>(held) / 8);
  return out + held / 8;
}

// What fills up the last group is 0; only the last packed values of all may need it.
void append_packed(std::span<const uint32_t> values, int width, arrow::BufferBuilder& out) {
  if (values.empty()) return;
  const size_t groups = (values.size() + kGroup - 1) / kGroup;
  append_header(groups << 1 | 1, out);
  const auto bytes = static_cast<int64_t>(groups) * width;
  check(out.Reserve(bytes), kDoing);
  const size_t whole = values.size() / kGroup * kGroup;
  uint8_t* end = pack(values.first(whole), width, out.mutable_data() + out.length());
  if (whole < values.size()) {
    std::array<uint32_t, kGroup> last{};
    std::copy(values.begin() + static_cast<std::ptrdiff_t>(whole), values.end(), last.begin());
    pack(last, width, end);
  }
  out.UnsafeAdvance(bytes);
}

bool all_equal(const uint32_t* group) {
  uint32_t difference = 0;
  for (size_t i = 1; i < kGroup; ++i) difference |= group[i] ^ group[0];
  return difference == 0;
}

}  // namespace

int bits_of(uint32_t highest) {
  return static_cast<int>(std::bit_width(highest));
}

void append_hybrid_runs(std::span<const uint32_t> values, int width, arrow::BufferBuilder& out) {
  size_t packed = 0;  // where the values begin that are not written yet
  size_t at = 0;
  while (at + kGroup <= values.size()) {
    if (!all_equal(&values[at])) {
      at += kGroup;
      continue;
    }
    size_t end = at + kGroup;
    while (end < values.size() && values[end] == values[at]) ++end;
    if (end - at < kLeastRun && end < values.size()) {
      at += kGroup;
      continue;
    }
    append_packed(values.subspan(packed, at - packed), width, out);
    append_run(values[at], end - at, width, out);
    packed = at = end;
  }
  append_packed(values.subspan(packed), width, out);
}

void append_definition_levels(const uint8_t* valid, int64_t first, int64_t count,
                              arrow::BufferBuilder& out) {
  const int64_t length_at = out.length();
  const int64_t groups = (count + 7) / 8;
  const int64_t set = valid == nullptr ? count : arrow::internal::CountSetBits(valid, first, count);
  check(out.Reserve(int64_t{sizeof(uint32_t)} + kLongestHeader + groups), kDoing);
  out.UnsafeAdvance(sizeof(uint32_t));
  if (set == count || set == 0) {
    append_run(set == 0 ? 0 : 1, static_cast<size_t>(count), 1, out);
  } else {
    append_header(static_cast<uint64_t>(groups) << 1 | 1, out);
    uint8_t* bits = out.mutable_data() + out.length();
    bits[groups - 1] = 0;
    arrow::internal::CopyBitmap(valid, first, count, bits, 0);
    out.UnsafeAdvance(groups);
  }
  const auto length = static_cast<uint32_t>(out.length() - length_at - int64_t{sizeof(uint32_t)});
  std::memcpy(out.mutable_data() + length_at, &length, sizeof length);
}

}  // namespace cairn::formats
