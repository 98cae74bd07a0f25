#include "bind.h"

NB_MODULE(_core, module) {
  using namespace cairn::python;
  module.doc() = "Cairn in C++. Import `cairn`, not this.";
  bind_fork(module);
  bind_errors(module);
  bind_config(module);
  bind_rows(module);
  bind_workspace(module);
  bind_integrity(module);
  bind_versions(module);
  bind_exports(module);
}
