#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/clock.h"
#include "base/json.h"
#include "base/names.h"
#include "base/value_limits.h"
#include "cairn/error.h"
#include "cairn/value.h"

namespace cairn {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

// Levels of JSON, two for one of a value; parse_json takes no more.
constexpr size_t kMaxLevels = 2 * kMaxValueLevels;
// Integers beyond are not exact where JSON numbers are doubles (RFC 8259, section 6).
constexpr int64_t kMaxPlainInteger = (int64_t{1} << 53) - 1;

constexpr std::string_view kHexDigits = "0123456789abcdef";

[[noreturn]] void refuse(const std::string& place, const std::string& why) {
  throw Error(ErrorKind::invalid_argument,
              fmt::format("the value{} {}", place.empty() ? "" : " at " + place, why));
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    hex += kHexDigits[static_cast<uint8_t>(byte) >> 4];
    hex += kHexDigits[static_cast<uint8_t>(byte) & 15];
  }
  return hex;
}

std::string day_text(int64_t day) {
  return to_rfc3339(TimePoint(days(day))).substr(0, 10);
}

std::string moment_text(int64_t count) {
  const auto micros = floor<microseconds>(nanoseconds(count));
  auto text = to_rfc3339(TimePoint(micros));
  text.pop_back();
  return fmt::format("{}{:03}", text, count - nanoseconds(micros).count());
}

// Values to JSON. Knows where it is, for messages.
class Writer {
 public:
  Json write(const Value& value) {
    return std::visit([&](const auto& it) { return form(it); }, value.get());
  }

 private:
  Json form(std::monostate) { return nullptr; }
  Json form(bool value) { return value; }
  Json form(int64_t value) {
    if (std::abs(value) <= kMaxPlainInteger && value != INT64_MIN) return value;
    return Json{{"$int", std::to_string(value)}};
  }
  Json form(double value) {
    if (std::isnan(value)) return Json{{"$float", "nan"}};
    if (std::isinf(value)) return Json{{"$float", value > 0 ? "inf" : "-inf"}};
    return value;
  }
  Json form(const std::string& text) {
    if (!is_utf8(text)) refuse(place_, "is text that is not UTF-8; pass it as bytes");
    return text;
  }
  Json form(const BigInteger& value) { return Json{{"$int", value.digits}}; }
  Json form(const Decimal& value) {
    return Json{{"$decimal", value.unscaled}, {"scale", value.scale}};
  }
  Json form(const Binary& value) { return Json{{"$bytes", to_hex(value.bytes)}}; }
  Json form(const Date& value) {
    if (value.days < kFirstDay || value.days > kLastDay)
      refuse(place_, "is a date outside of the years 0000 to 9999");
    return Json{{"$date", day_text(value.days)}};
  }
  Json form(const Timestamp& value) {
    return Json{{"$timestamp", moment_text(value.nanoseconds)}, {"zone", value.zone}};
  }
  Json form(const Duration& value) { return Json{{"$duration_ns", value.nanoseconds}}; }

  Json form(const Value::List& items) {
    const Level level(*this);
    Json::array_t array;
    for (size_t i = 0; i < items.size(); ++i) array.push_back(at(fmt::format("[{}]", i), items[i]));
    return array;
  }

  Json form(const ValueSet& set) {
    const Level level(*this);
    auto members = form(set.members).get<Json::array_t>();
    // Equal sets have equal text.
    std::sort(members.begin(), members.end(), [](const Json& left, const Json& right) {
      return to_canonical_json(left) < to_canonical_json(right);
    });
    return Json{{"$set", members}};
  }

  Json form(const Value::Map& members) {
    const Level level(*this);
    const bool tagged = std::any_of(members.begin(), members.end(), [](const auto& member) {
      return member.first.starts_with('$');
    });
    Json object = Json::object();
    for (const auto& [name, value] : members) {
      if (!is_utf8(name)) refuse(place_, "has a name that is not UTF-8");
      object[name] = at("." + name, value);
    }
    // Members that look like a tag stand one level deeper, where no tag is looked for.
    return tagged ? Json{{"$map", object}} : object;
  }

  Json at(const std::string& step, const Value& value) {
    const size_t outer = place_.size();
    place_ += step;
    auto json = write(value);
    place_.resize(outer);
    return json;
  }

  // One more list, set or map around what is written.
  class Level {
   public:
    explicit Level(Writer& writer) : writer_(writer) {
      if ((writer_.levels_ += 2) > kMaxLevels) refuse(writer_.place_, "is nested too deep");
    }
    ~Level() { writer_.levels_ -= 2; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Writer& writer_;
  };

  std::string place_;
  size_t levels_ = 0;
};

[[noreturn]] void refuse_tag(const Json& object) {
  throw Error(ErrorKind::corrupt, fmt::format("a typed value cannot be read: {}",
                                              printable(to_canonical_json(object))));
}

Value integer_of(const std::string& digits, const Json& object) {
  int64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (digits.empty() || stop != end) {
    const size_t first = digits.starts_with('-') ? 1 : 0;
    if (digits.size() == first || digits.find_first_not_of("0123456789", first) != digits.npos)
      refuse_tag(object);
  }
  if (error == std::errc::result_out_of_range) return BigInteger{digits};
  return value;
}

Value float_of(const std::string& text, const Json& object) {
  if (text == "nan") return std::nan("");
  if (text == "inf") return HUGE_VAL;
  if (text == "-inf") return -HUGE_VAL;
  refuse_tag(object);
}

Value bytes_of(const std::string& hex, const Json& object) {
  Binary value;
  if (hex.size() % 2 != 0) refuse_tag(object);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const auto high = kHexDigits.find(hex[i]);
    const auto low = kHexDigits.find(hex[i + 1]);
    if (high == kHexDigits.npos || low == kHexDigits.npos) refuse_tag(object);
    value.bytes += static_cast<char>(high << 4 | low);
  }
  return value;
}

Value timestamp_of(std::string text, const Json& object) {
  // Nanoseconds are three digits more than RFC 3339 in base/clock.h takes.
  if (text.size() < 9) refuse_tag(object);
  const auto tail = text.substr(text.size() - 3);
  const auto micros = parse_rfc3339(text.substr(0, text.size() - 3));
  if (!micros || tail.find_first_not_of("0123456789") != tail.npos) refuse_tag(object);
  return Timestamp{nanoseconds(micros->time_since_epoch()).count() + std::stoi(tail),
                   object.at("zone").get<std::string>()};
}

Value read(const Json& json);

Value::List list_of(const Json& array) {
  Value::List items;
  for (const auto& item : array) items.push_back(read(item));
  return items;
}

Value::Map map_of(const Json& object) {
  Value::Map members;
  for (const auto& [name, member] : object.items()) members.emplace(name, read(member));
  return members;
}

Value tagged_value(const std::string& tag, const Json& inner, const Json& object) {
  if (tag == "$int") return integer_of(inner.get<std::string>(), object);
  if (tag == "$float") return float_of(inner.get<std::string>(), object);
  if (tag == "$decimal") return Decimal{inner.get<std::string>(), object.at("scale")};
  if (tag == "$bytes") return bytes_of(inner.get<std::string>(), object);
  if (tag == "$timestamp") return timestamp_of(inner.get<std::string>(), object);
  if (tag == "$duration_ns") return Duration{inner.get<int64_t>()};
  if (tag == "$set") return ValueSet{list_of(inner)};
  if (tag == "$map") return map_of(inner);
  if (tag == "$date") {
    const auto day = parse_rfc3339(inner.get<std::string>());
    if (day) return Date{floor<days>(day->time_since_epoch()).count()};
  }
  refuse_tag(object);
}

Value object_value(const Json& object) {
  // '$' sorts before letters: a tag is the first member.
  if (object.empty() || !object.begin().key().starts_with('$')) return map_of(object);
  try {
    return tagged_value(object.begin().key(), object.begin().value(), object);
  } catch (const Json::exception&) {
    refuse_tag(object);
  }
}

Value read(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<int64_t>();
    case Json::value_t::number_unsigned:
      return integer_of(std::to_string(json.get<uint64_t>()), json);
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array:
      return list_of(json);
    case Json::value_t::object:
      return object_value(json);
    default:
      return {};
  }
}

}  // namespace

std::string Value::to_json() const {
  return to_canonical_json(Writer().write(*this));
}

Value Value::from_json(std::string_view text) {
  return read(parse_json(text, "a typed value"));
}

}  // namespace cairn
