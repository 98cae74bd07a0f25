#pragma once

#include <cstdint>

#include "bind.h"
#include "cairn/value.h"

namespace cairn::python {

/// A Python object as a parameter or state: None, bool, int, float, str, bytes, Decimal, date,
/// datetime, timedelta, list, tuple, set, dict, an Enum by its name, a numpy scalar by its kind, a
/// path as text.
///
/// Errors   unsupported, naming the place, for anything else.
Value value_from(nb::handle object);

/// The same for the members of a mapping or None.
Value::Map values_from(nb::handle mapping);

/// The Python object of a value: a tuple comes back as a list.
nb::object value_to(const Value& value);
nb::object values_to(const Value::Map& values);

/// An aware datetime in UTC.
nb::object utc_datetime(int64_t microseconds);

}  // namespace cairn::python
