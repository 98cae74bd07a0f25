#include "cache/entry_file.h"

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/names.h"
#include "base/thread_pool.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "data/logical_type.h"
#include "engine/task_group.h"
#include "formats/arrow/arrow_codec.h"
#include "formats/parquet/parquet_codec.h"
#include "io/checksum.h"

namespace cairn::cache {

namespace fs = std::filesystem;

namespace {

constexpr const char* kManifestKey = "cairn.cache";
constexpr int kManifestVersion = 1;

// Threads cost more than they save on less.
constexpr int64_t kBytesWorthThreads = 1 << 20;

class ParquetEntry final : public EntryFile {
 public:
  ParquetEntry(io::FileDescriptor descriptor, const fs::path& path)
      : EntryFile(std::move(descriptor), path),
        parquet_(formats::ParquetFile::open_own(file_.duplicate(), path_,
                                                arrow::default_memory_pool())) {
    manifest_ = EntryManifest::from_key_values(parquet_.key_values());
    schema_ = data::decode_schema(manifest_.schema);
    parquet_.restore(schema_);
  }

  std::shared_ptr<arrow::Table> read(const std::vector<int>& columns, int threads) override {
    const auto groups = static_cast<size_t>(parquet_.row_groups());
    std::vector<std::vector<std::shared_ptr<arrow::RecordBatch>>> parts(groups);
    const auto read_group = [&](size_t group) {
      parts[group] = value_or_throw(
          parquet_.read({columns, {static_cast<int>(group)}})->ToRecordBatches(), "read an entry");
    };
    const int useful =
        status_.bytes < kBytesWorthThreads ? 1 : std::min(threads, parquet_.row_groups());
    if (useful <= 1) {
      for (size_t group = 0; group < groups; ++group) read_group(group);
    } else {
      ThreadPool pool(useful);
      engine::TaskGroup tasks(pool);
      for (size_t group = 0; group < groups; ++group) tasks.run([&, group] { read_group(group); });
      tasks.finish();
    }
    arrow::RecordBatchVector batches;
    for (auto& part : parts) std::move(part.begin(), part.end(), std::back_inserter(batches));
    return value_or_throw(arrow::Table::FromRecordBatches(selected(columns), batches),
                          "read an entry");
  }

  bool maps() const override { return false; }

 private:
  std::shared_ptr<arrow::Schema> selected(const std::vector<int>& columns) const {
    if (columns.empty()) return schema_;
    arrow::FieldVector fields;
    for (const int column : columns) fields.push_back(schema_->field(column));
    return arrow::schema(std::move(fields), schema_->metadata());
  }

  formats::ParquetFile parquet_;
};

class ArrowEntry final : public EntryFile {
 public:
  ArrowEntry(io::FileDescriptor descriptor, const fs::path& path)
      : EntryFile(std::move(descriptor), path),
        arrow_(formats::MappedArrowFile::open(file_, path_)) {
    manifest_ = EntryManifest::from_key_values(arrow_.key_values());
    schema_ = data::decode_schema(manifest_.schema);
  }

  std::shared_ptr<arrow::Table> read(const std::vector<int>& columns, int) override {
    const auto table = arrow_.read();
    if (!table->schema()->Equals(*schema_, true) || table->num_rows() != manifest_.rows)
      throw Error(ErrorKind::corrupt, "the rows of an entry are not those it promises");
    return columns.empty() ? table : value_or_throw(table->SelectColumns(columns), "read an entry");
  }

  bool maps() const override { return true; }

 private:
  formats::MappedArrowFile arrow_;
};

}  // namespace

std::map<std::string, std::string> EntryManifest::to_key_values() const {
  const Json json = {{"version", kManifestVersion},
                     {"key", key},
                     {"process", process},
                     {"step", step},
                     {"identity", identity},
                     {"digest", digest},
                     {"schema", schema},
                     {"rows", rows},
                     {"cost", cost},
                     {"created", created},
                     {"expires", expires},
                     {"weak", weak}};
  return {{kManifestKey, to_canonical_json(json)}};
}

EntryManifest EntryManifest::from_key_values(const std::map<std::string, std::string>& key_values) {
  const auto damaged = [](const std::string& why) {
    return Error(ErrorKind::corrupt, "cannot read what a cache entry says of itself: " + why);
  };
  const auto found = key_values.find(kManifestKey);
  if (found == key_values.end()) throw damaged("it says nothing");
  const Json json = parse_json(found->second, "what a cache entry says of itself");
  try {
    if (const int version = json.at("version"); version != kManifestVersion)
      throw damaged(fmt::format("it is of format {}, this program knows format {}", version,
                                kManifestVersion));
    EntryManifest manifest;
    json.at("key").get_to(manifest.key);
    json.at("process").get_to(manifest.process);
    json.at("step").get_to(manifest.step);
    json.at("identity").get_to(manifest.identity);
    json.at("digest").get_to(manifest.digest);
    json.at("schema").get_to(manifest.schema);
    json.at("rows").get_to(manifest.rows);
    json.at("cost").get_to(manifest.cost);
    json.at("created").get_to(manifest.created);
    json.at("expires").get_to(manifest.expires);
    json.at("weak").get_to(manifest.weak);
    return manifest;
  } catch (const Json::exception& error) {
    throw damaged(error.what());
  }
}

EntryFile::EntryFile(io::FileDescriptor file, fs::path path)
    : path_(std::move(path)),
      file_(std::move(file)),
      status_(io::status_of_file(file_.get(), path_)) {}

std::string EntryFile::checksum() const {
  return io::checksum_file(file_.get(), path_, {.md5 = false}).xxh3_128;
}

std::unique_ptr<EntryFile> EntryFile::open(const fs::path& path, CacheForm form) {
  auto file = io::FileDescriptor::open_to_read(path);
  if (form == CacheForm::parquet) return std::make_unique<ParquetEntry>(std::move(file), path);
  return std::make_unique<ArrowEntry>(std::move(file), path);
}

std::string digest_of(const arrow::Table& table) {
  arrow::TableBatchReader reader(table);
  return data::digest_all(reader).root;
}

std::unique_ptr<formats::Codec> make_codec(CacheForm form, std::shared_ptr<arrow::Schema> schema) {
  if (form == CacheForm::parquet) {
    ParquetOptions options;
    options.page_index = false;  // columns are read whole
    return formats::make_parquet_codec(std::move(schema), options);
  }
  return formats::make_arrow_codec(std::move(schema));
}

}  // namespace cairn::cache
