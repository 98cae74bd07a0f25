#include "bind.h"

NB_MODULE(_core, module) {
  using namespace cairn::python;
  module.doc() = "Cairn in C++. Import `cairn`, not this.";
  nb::set_leak_warnings(false);  // a handle that lives as long as the process is no leak
  bind_fork(module);
  bind_errors(module);
  bind_config(module);
  bind_values(module);
  bind_rows(module);
  bind_cache(module);
  bind_workspace(module);
  bind_integrity(module);
  bind_versions(module);
  bind_exports(module);
  bind_lineage(module);
  bind_checkpoints(module);
}
