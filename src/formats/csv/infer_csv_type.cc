#include "formats/csv/infer_csv_type.h"

#include <arrow/api.h>

#include <string>

#include "formats/csv/values_of_text.h"

namespace cairn::formats {
namespace {

constexpr int64_t kMaxExactInteger = int64_t{1} << 53;  // in a double
constexpr size_t kMaxDoubleDigits = 17;
constexpr int kMicroseconds = 6;
constexpr int kNanoseconds = 9;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

size_t count_digits(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  return digits;
}

// A number as people and programs write it, without the forms that identifiers have: no '+' or
// needless zero in front, no exponent of a whole number without sign.
struct Written {
  bool number = false;
  bool integer = false;
  size_t digits = 0;
};

Written as_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t whole = count_digits(text);
  if (whole == 0 || (whole > 1 && text.front() == '0')) return {};
  text.remove_prefix(whole);
  if (text.empty()) return {true, true, whole};
  const bool has_point = text.front() == '.';
  if (has_point) text.remove_prefix(1);
  const size_t fraction = has_point ? count_digits(text) : 0;
  if (has_point && fraction == 0) return {};
  text.remove_prefix(fraction);
  const Written plain{true, false, whole + fraction};
  if (text.empty()) return plain;
  if (text.front() != 'e' && text.front() != 'E') return {};
  text.remove_prefix(1);
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  if (has_sign) text.remove_prefix(1);
  const bool exponent = !text.empty() && count_digits(text) == text.size();
  return exponent && (has_point || has_sign) ? plain : Written{};
}

}  // namespace

void CsvColumnType::see(const TextFields& fields) {
  std::string scratch;
  for (size_t i = 0; i < fields.count && possible_ != 0; ++i) {
    const CsvField& field = fields[i];
    if (fields.is_null(field)) continue;
    seen_ = true;
    const std::string_view text = fields[field];
    see(field.escaped != 0 ? undouble_quotes(text, scratch) : text);
  }
}

void CsvColumnType::see(std::string_view text) {
  if ((possible_ & (kInteger | kDouble)) != 0 && see_number(text)) return;
  if ((possible_ & (kLocalTimestamp | kZonedTimestamp)) != 0 && see_timestamp(text)) return;
  int64_t days = 0;
  bool value = false;
  if (text.size() == 10 && parse_date(text, &days)) {
    keep(kDate);
  } else if (parse_bool(text, &value)) {
    keep(kBool);
  } else {
    keep(0);
  }
}

bool CsvColumnType::see_number(std::string_view text) {
  const Written written = as_number(text);
  double value = 0;
  if (!written.number) {
    // Only words are left that parse: NaN and the infinities.
    const bool word = !text.empty() && count_digits(text.substr(text.size() - 1)) == 0 &&
                      text.back() != '.' && parse_float(text, &value);
    if (word) keep(kDouble);
    return word;
  }
  seen_number_ = true;
  int64_t integer = 0;
  const bool is_integer = written.integer && text != "-0" && parse_integer(text, &integer);
  const bool is_double =
      parse_float(text, &value) &&
      (written.integer ? is_integer && integer >= -kMaxExactInteger && integer <= kMaxExactInteger
                       : written.digits <= kMaxDoubleDigits);
  keep((is_integer ? kInteger : 0) | (is_double ? kDouble : 0));
  return true;
}

bool CsvColumnType::see_timestamp(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return false;
  int64_t time = 0;
  for (const bool zoned : {false, true}) {
    const bool micro = parse_timestamp(text, kMicroseconds, zoned, &time);
    const bool nano = parse_timestamp(text, kNanoseconds, zoned, &time);
    if (!micro && !nano) continue;
    needs_nanoseconds_ = needs_nanoseconds_ || !micro;
    fits_nanoseconds_ = fits_nanoseconds_ && nano;
    keep(zoned ? kZonedTimestamp : kLocalTimestamp);
    return true;
  }
  return false;
}

std::shared_ptr<arrow::DataType> CsvColumnType::type() const {
  if (!seen_) return arrow::utf8();
  if ((possible_ & kInteger) != 0) return arrow::int64();
  if ((possible_ & kDouble) != 0) return seen_number_ ? arrow::float64() : arrow::utf8();
  if ((possible_ & kBool) != 0) return arrow::boolean();
  if ((possible_ & kDate) != 0) return arrow::date32();
  if (possible_ == 0 || (needs_nanoseconds_ && !fits_nanoseconds_)) return arrow::utf8();
  const auto unit = needs_nanoseconds_ ? arrow::TimeUnit::NANO : arrow::TimeUnit::MICRO;
  return (possible_ & kZonedTimestamp) != 0 ? arrow::timestamp(unit, "UTC")
                                            : arrow::timestamp(unit);
}

}  // namespace cairn::formats
