#include "store/store.h"

#include <fmt/format.h>

#include "base/names.h"
#include "cairn/error.h"
#include "io/file.h"
#include "store/recovery.h"

namespace cairn::store {
namespace {

catalog::Catalog::Location location_of(const io::Layout& layout) {
  return {layout.catalog(), layout.catalog_lock()};
}

void create_folders(const io::Layout& layout) {
  for (const char* folder : {"csv", "parquet", "analytical", "metadata", "locks"}) {
    io::create_folders(layout.output() / folder);
  }
  io::create_folders(layout.temp());
}

}  // namespace

std::shared_ptr<Store> Store::open(const PipelineConfig& config, Mode mode,
                                   const Environment& environment) {
  const io::Layout layout(config.output_data_path, config.temp_data_path);
  if (mode == Mode::existing && !io::file_exists(layout.catalog())) {
    throw Error(ErrorKind::not_found,
                fmt::format("there is no store in '{}'", printable(layout.output().native())),
                "export something first, or point to the folder with -C or --config");
  }
  create_folders(layout);
  auto catalog = catalog::Catalog::open(location_of(layout));
  const std::shared_ptr<Store> store(new Store(config, environment, layout, std::move(catalog)));
  recover(*store);
  return store;
}

Store::Store(const PipelineConfig& config, const Environment& environment, io::Layout layout,
             std::unique_ptr<catalog::Catalog> catalog)
    : config_(config),
      environment_(environment),
      layout_(std::move(layout)),
      catalog_(std::move(catalog)) {}

Store::~Store() {
  if (!writer_lock_) return;
  try {
    std::move(*writer_lock_).remove_and_release();
  } catch (const Error&) {
    // The kernel frees the lock all the same; recovery removes the file.
  }
}

const std::string& Store::writer() {
  const std::lock_guard lock(mutex_);
  if (!writer_lock_) {
    writer_ = new_id().text();
    writer_lock_ = io::FileLock::acquire(layout_.writer_lock(writer_));
  }
  return writer_;
}

}  // namespace cairn::store
