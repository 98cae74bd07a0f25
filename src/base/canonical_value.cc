#include "base/canonical_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>
#include <vector>

#include "base/names.h"
#include "base/value_limits.h"
#include "cairn/error.h"

namespace cairn {
namespace {

constexpr uint64_t kNanBits = 0x7ff8000000000000;

// '-' and digits without leading zeros; there is one zero.
bool is_plain_integer(std::string_view digits) {
  if (digits == "0") return true;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  return !digits.empty() && digits.front() != '0' &&
         digits.find_first_not_of("0123456789") == digits.npos;
}

// Knows where it is, for messages.
class Encoder {
 public:
  std::string take() { return std::move(bytes_); }

  void value(const Value& value) {
    std::visit([&](const auto& it) { form(it); }, value.get());
  }

 private:
  void tag(char tag) { bytes_ += tag; }

  void number(uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>(number >> shift & 0xff);
  }

  void text(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }

  void digits(std::string_view digits) {
    if (!is_plain_integer(digits)) refuse("is a number that is not in plain digits");
    text(digits);
  }

  void form(std::monostate) { tag('n'); }
  void form(bool value) { tag(value ? 't' : 'f'); }
  void form(int64_t value) {
    tag('i');
    text(std::to_string(value));
  }
  void form(const BigInteger& value) {
    tag('i');
    digits(value.digits);
  }
  void form(double value) {
    tag('d');
    number(std::isnan(value) ? kNanBits : std::bit_cast<uint64_t>(value == 0 ? 0.0 : value));
  }
  void form(const std::string& value) {
    if (!is_utf8(value)) refuse("is text that is not UTF-8; pass it as bytes");
    tag('s');
    text(value);
  }
  void form(const Decimal& value) {
    tag('x');
    digits(value.unscaled);
    number(static_cast<uint64_t>(int64_t{value.scale}));
  }
  void form(const Binary& value) {
    tag('b');
    text(value.bytes);
  }
  void form(const Date& value) {
    if (value.days < kFirstDay || value.days > kLastDay)
      refuse("is a date outside of the years 0000 to 9999");
    tag('D');
    number(static_cast<uint64_t>(value.days));
  }
  void form(const Timestamp& value) {
    if (!is_utf8(value.zone)) refuse("has a zone that is not UTF-8");
    tag('T');
    number(static_cast<uint64_t>(value.nanoseconds));
    text(value.zone);
  }
  void form(const Duration& value) {
    tag('U');
    number(static_cast<uint64_t>(value.nanoseconds));
  }

  void form(const Value::List& items) {
    const Level level(*this);
    tag('l');
    number(items.size());
    for (size_t i = 0; i < items.size(); ++i) inside(fmt::format("[{}]", i), items[i]);
  }

  void form(const ValueSet& set) {
    const Level level(*this);
    std::vector<std::string> members;
    for (const Value& member : set.members) {
      std::string outer = std::exchange(bytes_, {});
      inside("{}", member);
      members.push_back(std::exchange(bytes_, std::move(outer)));
    }
    std::sort(members.begin(), members.end());
    if (std::adjacent_find(members.begin(), members.end()) != members.end())
      refuse("is a set with a member twice");
    tag('S');
    number(members.size());
    for (const std::string& member : members) bytes_ += member;
  }

  void form(const Value::Map& members) {
    const Level level(*this);
    tag('m');
    number(members.size());
    for (const auto& [name, member] : members) {
      if (!is_utf8(name)) refuse("has a name that is not UTF-8");
      text(name);
      inside("." + name, member);
    }
  }

  void inside(const std::string& step, const Value& member) {
    const size_t outer = place_.size();
    place_ += step;
    value(member);
    place_.resize(outer);
  }

  [[noreturn]] void refuse(std::string_view why) const {
    throw Error(
        ErrorKind::invalid_argument,
        fmt::format("the value{}{} {}", place_.empty() ? "" : " at ", printable(place_), why));
  }

  // One more list, set or map around what is written.
  class Level {
   public:
    explicit Level(Encoder& encoder) : encoder_(encoder) {
      if (++encoder_.levels_ > kMaxValueLevels) encoder_.refuse("is nested too deep");
    }
    ~Level() { --encoder_.levels_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Encoder& encoder_;
  };

  std::string bytes_;
  std::string place_;
  int levels_ = 0;
};

}  // namespace

std::string to_canonical_bytes(const Value& value) {
  Encoder encoder;
  encoder.value(value);
  return encoder.take();
}

}  // namespace cairn
