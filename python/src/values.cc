#include "values.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/quantities.h"
#include "cairn/error.h"

namespace cairn::python {
namespace {

constexpr int kMaxLevels = 64;
constexpr int64_t kNanosecondsPerDay = 86'400'000'000'000;
constexpr int64_t kEpochOrdinal = 719'163;  // date(1970, 1, 1).toordinal()

nb::object python(const char* module, const char* name) {
  return nb::module_::import_(module).attr(name);
}

bool is_a(nb::handle object, const char* module, const char* name) {
  return nb::isinstance(object, python(module, name));
}

// An object of a library that need not be there: told by its name, so that nothing is imported.
bool is_of(nb::handle object, const char* library) {
  const nb::object module = nb::getattr(object.type(), "__module__", nb::str(""));
  const std::string name = nb::cast<std::string>(nb::str(module));
  const std::string top = name.substr(0, name.find('.'));
  return top == library;
}

[[noreturn]] void refuse(nb::handle object, const std::string& place, const std::string& why) {
  const std::string type = nb::cast<std::string>(nb::str(object.type().attr("__qualname__")));
  throw Error(ErrorKind::unsupported,
              fmt::format("cannot use a value of type '{}'{}{}: {}", type,
                          place.empty() ? "" : " at ", place, why),
              "pass None, bool, int, float, str, bytes, Decimal, date, datetime, timedelta, list, "
              "tuple, set or dict");
}

bool is_true(nb::handle object) {
  return PyObject_IsTrue(object.ptr()) == 1;
}

// Equal, and not by being the same object: NaT differs from itself, and NA cannot tell.
bool equal(nb::handle a, nb::handle b) {
  const nb::object same = nb::steal(PyObject_RichCompare(a.ptr(), b.ptr(), Py_EQ));
  const int truth = same.is_valid() ? PyObject_IsTrue(same.ptr()) : -1;
  PyErr_Clear();
  return truth == 1;
}

// Python objects to values. Knows where it is, for messages.
class Reader {
 public:
  Value read(nb::handle object) {
    if (object.is_none()) return {};
    if (PyBool_Check(object.ptr())) return object.is(nb::handle(Py_True));
    if (is_a(object, "enum", "Enum")) return text_of(object.attr("name"));
    if (PyFloat_Check(object.ptr())) return PyFloat_AS_DOUBLE(object.ptr());
    if (PyUnicode_Check(object.ptr())) return text_of(object);
    if (PyBytes_Check(object.ptr())) return bytes_of(object);
    if (PyLong_Check(object.ptr())) return integer_of(object);
    if (is_of(object, "numpy")) return of_numpy(object);
    if (auto compound = of_compound(object)) return *std::move(compound);
    return of_library(object);
  }

  Value::Map read_map(nb::handle dict) {
    Value::Map members;
    for (const auto& [key, value] : nb::borrow<nb::dict>(dict)) {
      if (!PyUnicode_Check(key.ptr())) refuse(key, place_, "keys have to be text");
      const std::string name = text_of(key);
      members.emplace(name, at(place_.empty() ? name : "." + name, value));
    }
    return members;
  }

 private:
  Value at(const std::string& step, nb::handle object) {
    const size_t length = place_.size();
    place_ += step;
    if (++level_ > kMaxLevels) refuse(object, place_, "there are more than 64 levels");
    Value value = read(object);
    --level_;
    place_.resize(length);
    return value;
  }

  std::string text_of(nb::handle text) {
    Py_ssize_t size = 0;
    const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
    if (data != nullptr) return {data, static_cast<size_t>(size)};
    PyErr_Clear();
    refuse(text, place_, "the text has surrogates, which UTF-8 cannot carry");
  }

  static Value bytes_of(nb::handle bytes) {
    return Binary{
        {PyBytes_AS_STRING(bytes.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(bytes.ptr()))}};
  }

  Value integer_of(nb::handle number) {
    int overflow = 0;
    const long long value = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
    if (overflow == 0) return int64_t{value};
    const nb::object digits = nb::steal(PyLong_Type.tp_repr(number.ptr()));
    if (digits.is_valid()) return BigInteger{nb::cast<std::string>(digits)};
    PyErr_Clear();
    refuse(number, place_, "Python does not print integers this large");
  }

  Value of_numpy(nb::handle scalar) {
    if (!is_a(scalar, "numpy", "generic")) refuse(scalar, place_, "give its values as a list");
    const std::string kind = nb::cast<std::string>(scalar.attr("dtype").attr("kind"));
    if (kind == "f") return nb::cast<double>(nb::float_(scalar));
    if (kind == "b" || kind == "i" || kind == "u") return read(scalar.attr("item")());
    if ((kind == "M" || kind == "m") && !is_true(python("numpy", "isnat")(scalar))) {
      return of_numpy_time(scalar, kind == "M");
    }
    refuse(scalar, place_, "it has no counterpart");
  }

  // In nanoseconds, whatever its unit; days are dates.
  Value of_numpy_time(nb::handle scalar, bool moment) {
    const nb::object unit = python("numpy", "datetime_data")(scalar.attr("dtype"))[0];
    const auto in_unit = [&](const char* type) {
      const nb::object cast = scalar.attr("astype")(type);
      if (!equal(cast, scalar))
        refuse(scalar, place_, "it is out of the range of nanoseconds in 64 bits");
      return nb::cast<int64_t>(nb::int_(cast.attr("astype")("int64")));
    };
    if (!moment) return Duration{in_unit("timedelta64[ns]")};
    if (nb::cast<std::string>(unit) == "D") return Date{in_unit("datetime64[D]")};
    return Timestamp{in_unit("datetime64[ns]"), {}};
  }

  std::optional<Value> of_compound(nb::handle object) {
    if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) return items_of(object);
    if (PyAnySet_Check(object.ptr())) return ValueSet{items_of(object)};
    if (!PyDict_Check(object.ptr())) return std::nullopt;
    return read_map(object);
  }

  Value::List items_of(nb::handle sequence) {
    Value::List items;
    for (const nb::handle item : sequence)
      items.push_back(at(fmt::format("[{}]", items.size()), item));
    return items;
  }

  Value of_library(nb::handle object) {
    if (PyByteArray_Check(object.ptr())) return bytes_of(nb::bytes(object));
    if (is_a(object, "decimal", "Decimal")) return decimal_of(object);
    if (is_of(object, "pandas") && !equal(object, object))
      refuse(object, place_, "use None for what is missing");
    if (is_a(object, "datetime", "datetime")) return moment_of(object);
    if (is_a(object, "datetime", "date"))
      return Date{nb::cast<int64_t>(object.attr("toordinal")()) - kEpochOrdinal};
    if (is_a(object, "datetime", "timedelta")) return Duration{nanoseconds_of(object)};
    if (is_a(object, "os", "PathLike")) return text_of(python("os", "fspath")(object));
    refuse(object, place_, "it has no counterpart");
  }

  Value decimal_of(nb::handle number) {
    const nb::object parts = number.attr("as_tuple")();
    const nb::object exponent = parts.attr("exponent");
    if (!PyLong_Check(exponent.ptr())) refuse(number, place_, "it is not a finite number");
    std::string unscaled = is_true(parts.attr("sign")) ? "-" : "";
    for (const nb::handle digit : parts.attr("digits"))
      unscaled += static_cast<char>('0' + nb::cast<int>(digit));
    return cairn::Decimal{unscaled, -nb::cast<int32_t>(exponent)};
  }

  // Also of pandas' Timedelta, which has nanoseconds.
  int64_t nanoseconds_of(nb::handle duration) {
    const auto part = [&](const char* name) { return nb::cast<int64_t>(duration.attr(name)); };
    const int64_t days = part("days");
    const int64_t fine = nb::hasattr(duration, "nanoseconds") ? part("nanoseconds") : 0;
    const int64_t in_day = part("seconds") * 1'000'000'000 + part("microseconds") * 1'000 + fine;
    int64_t total = 0;
    if (__builtin_mul_overflow(days, kNanosecondsPerDay, &total) ||
        __builtin_add_overflow(total, in_day, &total))
      refuse(duration, place_, "it is out of the range of nanoseconds in 64 bits");
    return total;
  }

  Value moment_of(nb::handle moment) {
    const nb::object zone = moment.attr("tzinfo");
    const nb::object type = python("datetime", "datetime");
    const nb::object utc = python("datetime", "timezone").attr("utc");
    const nb::object epoch =
        zone.is_none() ? type(1970, 1, 1) : type(1970, 1, 1, nb::arg("tzinfo") = utc);
    const std::string name = zone.is_none() ? "" : zone_name(moment, zone, utc);
    return Timestamp{nanoseconds_of(nb::borrow(moment) - epoch), name};
  }

  // The IANA name where the zone has one, else the offset of this moment.
  std::string zone_name(nb::handle moment, nb::handle zone, nb::handle utc) {
    for (const char* attribute : {"key", "zone"}) {  // of zoneinfo, of pytz
      const nb::object name = nb::getattr(zone, attribute, nb::none());
      if (PyUnicode_Check(name.ptr())) return text_of(name);
    }
    if (zone.is(utc)) return "UTC";
    const int64_t minutes = nanoseconds_of(moment.attr("utcoffset")()) / 60'000'000'000;
    return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                       std::abs(minutes) % 60);
  }

  std::string place_;
  int level_ = 0;
};

// Values to Python objects; `hashable` ones where they are members of a set.
class Writer {
 public:
  explicit Writer(bool hashable = false) : hashable_(hashable) {}

  nb::object write(const Value& value) const {
    return std::visit([this](const auto& it) { return form(it); }, value.get());
  }

  nb::object form(const Value::Map& members) const {
    nb::dict dict;
    for (const auto& [name, value] : members)
      dict[nb::str(name.data(), name.size())] = write(value);
    return dict;
  }

 private:
  nb::object form(std::monostate) const { return nb::none(); }
  nb::object form(bool value) const { return nb::bool_(value); }
  nb::object form(int64_t value) const { return nb::int_(value); }
  nb::object form(double value) const { return nb::float_(value); }
  nb::object form(const std::string& text) const { return nb::str(text.data(), text.size()); }
  nb::object form(const Binary& value) const {
    return nb::bytes(value.bytes.data(), value.bytes.size());
  }
  nb::object form(const BigInteger& value) const {
    return nb::steal(PyLong_FromString(value.digits.c_str(), nullptr, 10));
  }
  nb::object form(const cairn::Decimal& value) const {
    return python("decimal",
                  "Decimal")(fmt::format("{}E{}", value.unscaled, -int64_t{value.scale}));
  }
  nb::object form(const Date& value) const {
    return python("datetime", "date").attr("fromordinal")(value.days + kEpochOrdinal);
  }

  nb::object form(const Duration& value) const {
    if (value.nanoseconds % 1'000 != 0)  // only pandas and numpy have such
      return python("pandas", "Timedelta")(value.nanoseconds, nb::arg("unit") = "ns");
    return python("datetime", "timedelta")(nb::arg("microseconds") = value.nanoseconds / 1'000);
  }

  nb::object form(const Timestamp& value) const {
    const nb::object zone = value.zone.empty() ? nb::none() : zone_of(value.zone);
    if (value.nanoseconds % 1'000 != 0) {
      return python("pandas", "Timestamp")(value.nanoseconds, nb::arg("unit") = "ns",
                                           nb::arg("tz") = zone);
    }
    const nb::object since =
        python("datetime", "timedelta")(nb::arg("microseconds") = value.nanoseconds / 1'000);
    const nb::object type = python("datetime", "datetime");
    if (zone.is_none()) return type(1970, 1, 1) + since;
    const nb::object utc = python("datetime", "timezone").attr("utc");
    return (type(1970, 1, 1, nb::arg("tzinfo") = utc) + since).attr("astimezone")(zone);
  }

  static nb::object zone_of(const std::string& name) {
    const nb::object fixed = python("datetime", "timezone");
    if (name == "UTC") return fixed.attr("utc");
    if (name.size() != 6 || (name[0] != '+' && name[0] != '-'))
      return python("zoneinfo", "ZoneInfo")(name);
    const int minutes = std::stoi(name.substr(1, 2)) * 60 + std::stoi(name.substr(4, 2));
    return fixed(
        python("datetime", "timedelta")(nb::arg("minutes") = name[0] == '-' ? -minutes : minutes));
  }

  nb::object form(const Value::List& items) const {
    nb::list list;
    for (const Value& item : items) list.append(write(item));
    return hashable_ ? nb::object(nb::tuple(list)) : list;
  }

  nb::object form(const ValueSet& set) const {
    const Writer members(true);
    nb::list list;
    for (const Value& member : set.members) list.append(members.write(member));
    return nb::steal(hashable_ ? PyFrozenSet_New(list.ptr()) : PySet_New(list.ptr()));
  }

  const bool hashable_;
};

}  // namespace

Value value_from(nb::handle object) {
  return Reader().read(object);
}

Value::Map values_from(nb::handle mapping) {
  if (mapping.is_none()) return {};
  return Reader().read_map(python("builtins", "dict")(mapping));
}

nb::object value_to(const Value& value) {
  return Writer().write(value);
}

nb::object values_to(const Value::Map& values) {
  return Writer().form(values);
}

void bind_values(nb::module_& module) {
  module.def(
      "to_json", [](const nb::object& value) { return value_from(value).to_json(); },
      nb::arg("value").none());
  module.def(
      "from_json", [](const std::string& text) { return value_to(Value::from_json(text)); },
      nb::arg("text"), nb::sig("def from_json(text: str) -> typing.Any"));
  module.def(
      "parse_duration",
      [](const std::string& text) {
        return value_to(
            Duration{std::chrono::nanoseconds(parse_duration(text, "duration")).count()});
      },
      nb::arg("text"), nb::sig("def parse_duration(text: str) -> datetime.timedelta"));
}

nb::object utc_datetime(int64_t microseconds) {
  const auto floored = std::chrono::microseconds(microseconds);
  return Writer().write(Timestamp{std::chrono::nanoseconds(floored).count(), "UTC"});
}

}  // namespace cairn::python
