#include "cairn/error.h"

#include <exception>
#include <string>

#include "bind.h"

namespace cairn::python {
namespace {

// The class is chosen in Python, where classes with two bases are written down in one line.
void raise(const Error& error) {
  if (error.kind() == ErrorKind::cancelled) {
    PyErr_SetString(PyExc_KeyboardInterrupt, error.what());
    return;
  }
  const std::string kind(to_string(error.kind()));
  const nb::object exception =
      nb::module_::import_("cairn.errors")
          .attr("make")(error.what(), kind, error.message(), error.next_step());
  PyErr_SetObject(exception.type().ptr(), exception.ptr());
}

void translate(const std::exception_ptr& thrown, void* /*payload*/) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    try {
      raise(error);
    } catch (nb::python_error& failed) {
      failed.restore();
    }
  }
}

}  // namespace

void bind_errors(nb::module_& /*module*/) {
  nb::register_exception_translator(translate);
}

}  // namespace cairn::python
