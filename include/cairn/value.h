#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cairn {

class Value;

/// An integer outside of 64 bits, as decimal digits with an optional '-', no leading zeros.
struct BigInteger {
  std::string digits;

  bool operator==(const BigInteger&) const = default;
};

/// An exact decimal: `unscaled` digits, of which `scale` stand after the point. 1.50 and 1.5 are
/// two values.
struct Decimal {
  std::string unscaled;
  int32_t scale = 0;

  bool operator==(const Decimal&) const = default;
};

/// Bytes that are not text.
struct Binary {
  std::string bytes;

  bool operator==(const Binary&) const = default;
};

/// Days since 1970-01-01.
struct Date {
  int64_t days = 0;

  bool operator==(const Date&) const = default;
};

/// Nanoseconds since 1970-01-01 00:00: in UTC where there is a zone, else on some wall clock.
struct Timestamp {
  int64_t nanoseconds = 0;
  std::string zone;  // IANA name or offset

  bool operator==(const Timestamp&) const = default;
};

struct Duration {
  int64_t nanoseconds = 0;

  bool operator==(const Duration&) const = default;
};

/// Distinct values in no order.
struct ValueSet {
  std::vector<Value> members;

  bool operator==(const ValueSet&) const;
};

/// A parameter, or a part of a process' state: typed, so that 1, 1.0 and "1" stay three values, and
/// plain, so that nothing which is loaded can run.
///
/// Source   design §10, §11; docs/formats.md has its two encodings.
class Value {
 public:
  using List = std::vector<Value>;
  using Map = std::map<std::string, Value>;
  using Alternatives =
      std::variant<std::monostate, bool, int64_t, double, std::string, BigInteger, Decimal, Binary,
                   Date, Timestamp, Duration, List, ValueSet, Map>;

  Value() = default;  // null
  Value(bool value) : value_(value) {}
  Value(int value) : value_(int64_t{value}) {}
  Value(int64_t value) : value_(value) {}
  Value(double value) : value_(value) {}
  Value(const char* text) : value_(std::string(text)) {}
  Value(std::string_view text) : value_(std::string(text)) {}
  Value(std::string text) : value_(std::move(text)) {}
  Value(BigInteger value) : value_(std::move(value)) {}
  Value(Decimal value) : value_(std::move(value)) {}
  Value(Binary value) : value_(std::move(value)) {}
  Value(Date value) : value_(value) {}
  Value(Timestamp value) : value_(std::move(value)) {}
  Value(Duration value) : value_(value) {}
  Value(List items) : value_(std::move(items)) {}
  Value(ValueSet set) : value_(std::move(set)) {}
  Value(Map members) : value_(std::move(members)) {}

  const Alternatives& get() const { return value_; }

  /// What it is, for people: "null", "int", "float", "text", "list", …
  std::string_view type_name() const;

  /// Equal as values of the same type: NaN equals NaN, -0.0 differs from 0.0.
  bool operator==(const Value&) const;

  /// As JSON text in which every value comes back as the type it was: what JSON has stands as
  /// itself, the rest as an object whose first member is a tag: `$int`, `$float`, `$decimal`,
  /// `$bytes`, … .
  ///
  /// Errors   invalid_argument naming the place, for text that is not UTF-8, a date outside of the
  ///          years 0000 to 9999, and more than 32 levels.
  std::string to_json() const;

  /// Errors   corrupt, for what is no JSON of at most 16 MiB or has a tag that is not known.
  static Value from_json(std::string_view text);

 private:
  Alternatives value_;
};

}  // namespace cairn
