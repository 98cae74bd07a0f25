#include "record.h"

#include <fmt/format.h>

namespace cairn::python {
namespace {

// Members in Python's own types all the way down, as JSON wants them.
nb::object plain(nb::handle value) {
  if (nb::hasattr(value, "to_dict")) return value.attr("to_dict")();
  if (!nb::isinstance<nb::list>(value)) return nb::borrow(value);
  nb::list items;
  for (const nb::handle item : value) items.append(plain(item));
  return items;
}

std::string escaped(nb::handle value) {
  const nb::object escape = nb::module_::import_("html").attr("escape");
  return nb::cast<std::string>(escape(nb::str(value)));
}

// Lists of many records would bury the rest.
std::string shown(nb::handle value) {
  if (nb::isinstance<nb::list>(value) && nb::len(value) > 0 && nb::hasattr(value[0], "to_dict"))
    return fmt::format("{} of {}", nb::len(value),
                       nb::cast<std::string>(value[0].type().attr("__name__")));
  return nb::cast<std::string>(nb::repr(value));
}

}  // namespace

nb::str record_repr(nb::handle record) {
  std::string text = nb::cast<std::string>(record.type().attr("__name__")) + "(";
  const char* comma = "";
  for (const nb::handle name : record.type().attr("_members")) {
    text += fmt::format("{}{}={}", comma, nb::cast<std::string>(name), shown(record.attr(name)));
    comma = ", ";
  }
  text += ")";
  return nb::str(text.data(), text.size());
}

nb::str record_html(nb::handle record) {
  std::string rows;
  for (const nb::handle name : record.type().attr("_members")) {
    const std::string text = shown(record.attr(name));
    rows += fmt::format("<tr><th style=\"text-align:left\">{}</th><td>{}</td></tr>", escaped(name),
                        escaped(nb::str(text.data(), text.size())));
  }
  const std::string table = fmt::format("<table>{}</table>", rows);
  return nb::str(table.data(), table.size());
}

nb::dict record_dict(nb::handle record) {
  nb::dict members;
  for (const nb::handle name : record.type().attr("_members"))
    members[name] = plain(record.attr(name));
  return members;
}

}  // namespace cairn::python
