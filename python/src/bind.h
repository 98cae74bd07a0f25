#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

/// The extension module `cairn._core`: the public headers of Cairn, as plainly as Python can have
/// them. What people import is the package around it, in python/cairn.
namespace cairn::python {

namespace nb = nanobind;

void bind_fork(nb::module_& module);
void bind_errors(nb::module_& module);
void bind_config(nb::module_& module);
void bind_values(nb::module_& module);
void bind_rows(nb::module_& module);
void bind_versions(nb::module_& module);
void bind_exports(nb::module_& module);
void bind_integrity(nb::module_& module);
void bind_workspace(nb::module_& module);
void bind_lineage(nb::module_& module);
void bind_checkpoints(nb::module_& module);
void bind_cache(nb::module_& module);

}  // namespace cairn::python
