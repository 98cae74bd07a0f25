#include <fmt/format.h>

#include "base/quantities.h"
#include "commands.h"
#include "interrupt.h"
#include "print_rows.h"
#include "render.h"

namespace cairn::cli {

int run_cat(Session& session, const CatOptions& options) {
  Workspace workspace = session.open();
  const DataVersionManager& versions = workspace.versions();
  const auto version = versions.resolve(VersionReference::parse(options.reference));
  const auto reader = versions.read(version, options.table);
  print_rows(session.out(), *reader, options.format, options.head);
  return kDone;
}

int run_get(Session& session, const GetOptions& options) {
  Workspace workspace = session.open();
  const DataVersionManager& versions = workspace.versions();
  const auto version = versions.resolve(VersionReference::parse(options.reference));
  if (!options.dry_run) {
    const CleanInterrupt clean;
    versions.get(version, options.folder, session.progress());
    session.progress().clear();
  }
  const std::string folder = session.shown(options.folder);
  session.out().result({{"dataset", version.dataset},
                        {"version", version.version},
                        {"digest", version.digest},
                        {"folder", folder},
                        {"file_count", version.files},
                        {"bytes", version.bytes},
                        {"dry_run", options.dry_run}},
                       [&] {
                         return fmt::format("{} {} of {}, {}, to {}\n",
                                            options.dry_run ? "would copy" : "copied",
                                            counted(version.files, "file"), reference_to(version),
                                            format_bytes(version.bytes), folder);
                       });
  return kDone;
}

}  // namespace cairn::cli
