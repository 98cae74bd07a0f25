#include "formats/csv/csv_codec.h"

#include <string>
#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "data/content_digest.h"
#include "formats/csv/csv_encoder.h"
#include "formats/csv/csv_reader.h"
#include "formats/physical_layout.h"

namespace cairn::formats {
namespace {

constexpr int64_t kUnitBytes = int64_t{16} << 20;

// Records follow one another as they are; only the header comes before them.
class CsvAssembler : public FileAssembler {
 public:
  explicit CsvAssembler(std::string header) : header_(std::move(header)) {}

  Pieces begin() override {
    if (header_.empty()) return {};
    return {arrow::Buffer::FromString(header_)};
  }

  Pieces append(const EncodedUnit& unit) override { return {unit.bytes}; }

  Pieces finish(const std::map<std::string, std::string>& /*key_values*/) override { return {}; }

 private:
  std::string header_;
};

class CsvCodec : public Codec {
 public:
  CsvCodec(const std::shared_ptr<arrow::Schema>& schema, const CsvDialect& dialect)
      : dialect_(dialect),
        header_(csv_header(*schema, dialect)),
        decoder_(plain_schema(*schema), dialect) {}

  int64_t unit_rows() const override { return data::kBlockRows; }
  int64_t unit_bytes() const override { return kUnitBytes; }

  EncodedUnit encode(const Rows& rows, arrow::MemoryPool* pool) const override {
    return encode_csv(rows, dialect_, pool);
  }

  Rows decode(const EncodedUnit& unit, arrow::MemoryPool* pool) const override {
    const std::string_view records(reinterpret_cast<const char*>(unit.bytes->data()),
                                   static_cast<size_t>(unit.bytes->size()));
    return {decoder_.decode(records, 1, "the CSV just encoded", pool)};
  }

  std::unique_ptr<FileAssembler> assemble() const override {
    return std::make_unique<CsvAssembler>(header_);
  }

 private:
  CsvDialect dialect_;
  std::string header_;
  CsvDecoder decoder_;
};

}  // namespace

CsvDialect effective_dialect(const arrow::Schema& schema, CsvDialect dialect) {
  if (schema.num_fields() == 1 && dialect.null_token.empty()) dialect.null_token = "\\N";
  dialect.validate();
  return dialect;
}

std::unique_ptr<Codec> make_csv_codec(std::shared_ptr<arrow::Schema> schema,
                                      const CsvDialect& dialect) {
  check_csv_schema(*schema);
  const CsvDialect effective = effective_dialect(*schema, dialect);
  return std::make_unique<CsvCodec>(schema, effective);
}

}  // namespace cairn::formats
