#include "handle.h"

#include <set>

namespace cairn::python {
namespace {

// Guarded by the GIL. Never destroyed: handles may outlive static destructors.
std::set<ForkAware*>& fork_aware() {
  static auto* const all = new std::set<ForkAware*>();
  return *all;
}

}  // namespace

ForkAware::ForkAware() {
  fork_aware().insert(this);
}

ForkAware::~ForkAware() {
  fork_aware().erase(this);
}

void bind_fork(nb::module_& /*module*/) {
  nb::module_::import_("os").attr("register_at_fork")(nb::arg("after_in_child") =
                                                          nb::cpp_function([] {
                                                            for (ForkAware* each : fork_aware())
                                                              each->forked();
                                                          }));
}

}  // namespace cairn::python
