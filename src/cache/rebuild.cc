#include <utility>

#include "cache/core.h"
#include "cache/identity.h"
#include "cairn/error.h"
#include "io/folder.h"

namespace cairn {

using cache::EntryFile;
using catalog::CacheRow;
using catalog::CacheRows;
using Name = io::CacheLayout::Name;

// The files say what they are. What cannot be said of them, their uses and what was gone before, is
// lost with the index.
void DataCache::Implementation::populate(CacheRows& rows) {
  for (const io::FolderEntry& file : io::list_files(layout_.folder())) {
    const Name name = io::CacheLayout::parse(file.name);
    const auto path = layout_.folder() / file.name;
    try {
      if (name.kind == Name::Kind::entry) adopt_file(rows, name);
      // Whoever writes it now goes on under the reservation that it gets here.
      if (name.kind == Name::Kind::staging) {
        const auto id = static_cast<int64_t>(name.writer);
        const auto status = io::find_file(path);
        if (locks().is_held(cache::writer_position(id))) {
          rows.reserve({id, name.key, status ? status->disk_bytes : 0});
        } else {
          io::remove_file(path);
        }
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::corrupt || error.kind() == ErrorKind::unsupported)
        io::remove_file(path);
    }
  }
}

void DataCache::Implementation::adopt_file(CacheRows& rows, const Name& name) {
  const auto path = layout_.folder() / io::CacheLayout::entry(name.key, name.form);
  const auto file = EntryFile::open(path, parse_cache_form(name.form));
  const auto& manifest = file->manifest();
  if (manifest.key != name.key || rows.find(name.key)) {
    io::remove_file(path);
    return;
  }
  CacheRow row;
  row.key = manifest.key;
  row.process = manifest.process;
  row.step = manifest.step;
  row.form = name.form;
  row.digest = manifest.digest;
  row.inode = static_cast<int64_t>(file->status().identity.inode);
  row.modified = file->status().modified;
  row.file_bytes = file->status().bytes;
  row.disk_bytes = file->status().disk_bytes;
  row.rows = manifest.rows;
  row.cost = manifest.cost;
  row.created = row.last_used = manifest.created;
  row.expires = manifest.expires;
  row.pinned = io::file_exists(layout_.pin(manifest.key));
  row.weak = manifest.weak;
  row.identity = manifest.identity;
  row.factors =
      cache::factors(cache::identity_from_json(manifest.process, manifest.step, manifest.identity));
  space_.welcome(rows, std::nullopt, row);
  rows.insert(row);
}

}  // namespace cairn
