#include "store/publication.h"

#include <fmt/format.h>

#include <set>

#include "cairn/error.h"
#include "io/file.h"

namespace cairn::store {

namespace fs = std::filesystem;

namespace {

// The unseen name beside the final one: <folder>/.<uuid>.<n>.tmp would do, but one made from the
// final name needs no number.
std::string staging_name(const std::string& file) {
  const fs::path path(file);
  return (path.parent_path() / fmt::format(".{}.tmp", path.filename().string())).string();
}

std::vector<std::string> with_staging_names(const std::vector<std::string>& files) {
  std::vector<std::string> paths;
  for (const std::string& file : files) {
    paths.push_back(staging_name(file));
    paths.push_back(file);
  }
  return paths;
}

}  // namespace

Publication::Publication(std::shared_ptr<Store> store, const Uuid& id, const std::string& dataset,
                         TimePoint started, const std::vector<std::string>& files)
    : store_(std::move(store)),
      uuid_(id.text()),
      announced_{uuid_, store_->writer(), with_staging_names(files)} {
  store_->catalog().announce({uuid_, dataset, announced_.writer, started, announced_.paths});
}

Publication::~Publication() {
  if (settled_) return;
  try {
    sweep(*store_, announced_);
  } catch (const Error&) {
    // The row is still there, so recovery does it at the next open.
  }
}

io::StagedFile Publication::stage(const std::string& file, io::ChecksumChoice checksums) {
  const io::Layout& layout = store_->layout();
  return {layout.resolve(staging_name(file)), layout.resolve(file), checksums};
}

void Publication::publish(std::vector<io::SealedFile> files) {
  std::set<fs::path> folders;
  for (io::SealedFile& file : files) folders.insert(std::move(file).publish().path().parent_path());
  for (const fs::path& folder : folders) io::sync_folder(folder);
}

DatasetVersion Publication::commit(const catalog::VersionDraft& draft) {
  try {
    const DatasetVersion version = store_->catalog().commit(draft);
    settled_ = version.export_uuid ==
               uuid_;  // else an earlier export with the same idempotency key stands
    return version;
  } catch (const Error& error) {
    settled_ = error.kind() == ErrorKind::commit_unknown;
    throw;
  }
}

void sweep(Store& store, const catalog::UnfinishedExport& unfinished) {
  if (!store.catalog().abandon(unfinished.uuid)) return;
  std::set<fs::path> folders;
  for (const std::string& path : unfinished.paths) {
    const fs::path file = store.layout().resolve(path);
    io::remove_file(file);
    folders.insert(file.parent_path());
  }
  for (const fs::path& folder : folders) io::sync_folder(folder);
  store.catalog().forget(unfinished.uuid);
}

}  // namespace cairn::store
