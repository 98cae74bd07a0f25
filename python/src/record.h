#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "bind.h"
#include "values.h"

namespace cairn::python {

/// The text, repr, table for notebooks and dictionary of a record, from its members.
nb::str record_repr(nb::handle record);
nb::str record_html(nb::handle record);
nb::dict record_dict(nb::handle record);

/// A struct of results, bound so that its members are attributes, also by `record["name"]`, and so
/// that it shows itself.
template <typename T>
class Record : public nb::class_<T> {
 public:
  Record(nb::handle scope, const char* name) : nb::class_<T>(scope, name) {
    this->def("__repr__", [](nb::handle self) { return record_repr(self); });
    this->def("_repr_html_", [](nb::handle self) { return record_html(self); });
    this->def(
        "to_dict", [](nb::handle self) { return record_dict(self); },
        nb::sig("def to_dict(self) -> dict[str, typing.Any]"));
    this->def(
        "keys", [](nb::handle self) { return nb::list(self.type().attr("_members")); },
        nb::sig("def keys(self) -> list[str]"));
    this->def(
        "__getitem__",
        [](nb::handle self, const nb::str& key) {
          if (!nb::cast<bool>(self.type().attr("_members").attr("__contains__")(key)))
            throw nb::key_error(key.c_str());
          return nb::object(self.attr(key));
        },
        nb::sig("def __getitem__(self, key: str) -> typing.Any"));
  }

  /// The last call: `_members` are those bound by then.
  ~Record() { this->attr("_members") = members_; }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  template <typename Member>
  Record& member(const char* name, Member T::*pointer) {
    this->def_ro(name, pointer);
    members_.append(name);
    return *this;
  }

  /// `extra` may be a nanobind::sig, where the type is only known to Python.
  template <typename Get, typename... Extra>
  Record& computed(const char* name, Get get, const Extra&... extra) {
    this->def_prop_ro(name, get, extra...);
    members_.append(name);
    return *this;
  }

  /// Microseconds UTC as an aware datetime, or None for 0.
  Record& moment(const char* name, int64_t T::*pointer) {
    return computed(
        name,
        [pointer](const T& self) {
          return self.*pointer == 0 ? nb::none() : utc_datetime(self.*pointer);
        },
        nb::sig(signature(name, "datetime.datetime | None")));
  }

  /// Values as a dictionary.
  Record& values(const char* name, Value::Map T::*pointer) {
    return computed(
        name, [pointer](const T& self) { return values_to(self.*pointer); },
        nb::sig(signature(name, "dict[str, typing.Any]")));
  }

 private:
  // Kept for as long as the interpreter: nanobind refers to it.
  static const char* signature(const char* name, const char* type) {
    return (new std::string(std::string("def ") + name + "(self) -> " + type))->c_str();
  }

  nb::list members_;
};

}  // namespace cairn::python
