#include "formats/arrow/arrow_codec.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/json.h"
#include "base/names.h"
#include "cairn/error.h"
#include "data/arrow_error.h"
#include "data/content_digest.h"
#include "formats/physical_layout.h"
#include "formats/untrusted.h"
#include "io/mapped_file.h"

namespace cairn::formats {
namespace {

constexpr std::string_view kEncoding = "encode Arrow IPC";

// The end of a stream: a continuation mark, and a message without length.
constexpr std::string_view kEndOfStream("\xff\xff\xff\xff\0\0\0\0", 8);

// After the stream: JSON, then its length in 8 bytes, little-endian, and these.
constexpr std::string_view kMagic = "CAIRNIPC";
constexpr size_t kTrailerBytes = sizeof(uint64_t) + kMagic.size();

arrow::ipc::IpcWriteOptions write_options(arrow::MemoryPool* pool) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.memory_pool = pool;
  options.use_threads = false;
  return options;
}

arrow::ipc::IpcReadOptions read_options(arrow::MemoryPool* pool) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.memory_pool = pool;
  options.use_threads = false;
  return options;
}

std::shared_ptr<arrow::Buffer> write_stream(const std::shared_ptr<arrow::Schema>& schema,
                                            const Rows& rows, arrow::MemoryPool* pool) {
  return guarded(kEncoding, [&] {
    auto sink = value_or_throw(arrow::io::BufferOutputStream::Create(1 << 16, pool), kEncoding);
    auto writer =
        value_or_throw(arrow::ipc::MakeStreamWriter(sink, schema, write_options(pool)), kEncoding);
    for (const auto& batch : rows) check(writer->WriteRecordBatch(*batch), kEncoding);
    check(writer->Close(), kEncoding);
    return value_or_throw(sink->Finish(), kEncoding);
  });
}

// Rows that were put together from several batches may have wider dictionary indices or run ends than
// their schema, which a stream does not take.
Rows in_layout_of(const std::shared_ptr<arrow::Schema>& schema, const Rows& rows,
                  arrow::MemoryPool* pool) {
  Rows fitting;
  for (const auto& batch : rows) {
    if (batch->schema()->Equals(*schema)) {
      fitting.push_back(batch);
      continue;
    }
    const auto convert = [&](const arrow::RecordBatch& piece) {
      arrow::ArrayVector columns;
      for (int i = 0; i < piece.num_columns(); ++i) {
        const auto& type = schema->field(i)->type();
        const auto& column = piece.column(i);
        columns.push_back(column->type()->Equals(*type)
                              ? column
                              : from_plain(to_plain(column, pool), type, pool));
      }
      return arrow::RecordBatch::Make(schema, piece.num_rows(), std::move(columns));
    };
    for (auto& piece : convert_in_pieces(batch, convert)) fitting.push_back(std::move(piece));
  }
  return fitting;
}

// The bytes of a file, kept mapped by whoever refers to them.
class MappedBuffer final : public arrow::Buffer {
 public:
  explicit MappedBuffer(std::unique_ptr<io::MappedFile> file)
      : arrow::Buffer(reinterpret_cast<const uint8_t*>(file->bytes().data()),
                      static_cast<int64_t>(file->bytes().size())),
        file_(std::move(file)) {}

 private:
  const std::unique_ptr<io::MappedFile> file_;
};

class ArrowAssembler final : public FileAssembler {
 public:
  explicit ArrowAssembler(std::shared_ptr<arrow::Buffer> beginning)
      : beginning_(std::move(beginning)) {}

  Pieces begin() override { return {beginning_}; }

  Pieces append(const EncodedUnit& unit) override {
    if (unit.rows == 0) return {};
    return {unit.bytes};
  }

  Pieces finish(const std::map<std::string, std::string>& key_values) override {
    std::string end(kEndOfStream);
    const std::string json = to_canonical_json(key_values);
    end += json;
    for (int shift = 0; shift < 64; shift += 8)
      end += static_cast<char>(uint64_t{json.size()} >> shift & 0xff);
    end += kMagic;
    return {arrow::Buffer::FromString(std::move(end))};
  }

 private:
  const std::shared_ptr<arrow::Buffer> beginning_;  // the schema
};

class ArrowCodec final : public Codec {
 public:
  explicit ArrowCodec(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {
    const auto empty = write_stream(schema_, {}, arrow::default_memory_pool());
    beginning_ = without_end(empty, 0);
  }

  int64_t unit_rows() const override { return 16 * data::kBlockRows; }
  int64_t unit_bytes() const override { return 64 << 20; }

  EncodedUnit encode(const Rows& rows, arrow::MemoryPool* pool) const override {
    EncodedUnit unit;
    for (const auto& batch : rows) unit.rows += batch->num_rows();
    unit.bytes = without_end(write_stream(schema_, in_layout_of(schema_, rows, pool), pool),
                             beginning_->size());
    return unit;
  }

  Rows decode(const EncodedUnit& unit, arrow::MemoryPool* pool) const override {
    constexpr std::string_view kDecoding = "decode Arrow IPC";
    return guarded(kDecoding, [&] {
      const auto end = arrow::Buffer::FromString(std::string(kEndOfStream));
      const auto stream =
          value_or_throw(arrow::ConcatenateBuffers({beginning_, unit.bytes, end}, pool), kDecoding);
      const auto reader =
          value_or_throw(arrow::ipc::RecordBatchStreamReader::Open(
                             std::make_shared<arrow::io::BufferReader>(stream), read_options(pool)),
                         kDecoding);
      return value_or_throw(reader->ToRecordBatches(), kDecoding);
    });
  }

  std::unique_ptr<FileAssembler> assemble() const override {
    return std::make_unique<ArrowAssembler>(beginning_);
  }

 private:
  static std::shared_ptr<arrow::Buffer> without_end(const std::shared_ptr<arrow::Buffer>& stream,
                                                    int64_t from) {
    const auto end = static_cast<int64_t>(kEndOfStream.size());
    return arrow::SliceBuffer(stream, from, stream->size() - from - end);
  }

  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::Buffer> beginning_;
};

}  // namespace

std::unique_ptr<Codec> make_arrow_codec(std::shared_ptr<arrow::Schema> schema) {
  return std::make_unique<ArrowCodec>(std::move(schema));
}

MappedArrowFile MappedArrowFile::open(const io::FileDescriptor& file,
                                      const std::filesystem::path& path) {
  MappedArrowFile opened;
  opened.name_ = fmt::format("'{}'", printable(path.native()));
  const auto damaged = [&](const char* why) {
    return Error(ErrorKind::corrupt, fmt::format("cannot read {}: {}", opened.name_, why));
  };
  auto mapped = std::make_unique<io::MappedFile>(file.get(),
                                                 io::status_of_file(file.get(), path).bytes, path);
  const std::string_view bytes = mapped->bytes();
  if (bytes.size() < kTrailerBytes || !bytes.ends_with(kMagic))
    throw damaged("it does not end as it should");
  const std::string_view body = bytes.substr(0, bytes.size() - kTrailerBytes);
  uint64_t length = 0;
  for (size_t i = sizeof(length); i-- > 0;)
    length = length << 8 | static_cast<uint8_t>(bytes[body.size() + i]);
  if (length > body.size()) throw damaged("its end is longer than the file");
  const std::string_view json = body.substr(body.size() - length);
  try {
    opened.key_values_ = parse_json(json, opened.name_).get<std::map<std::string, std::string>>();
  } catch (const Json::exception&) {
    throw damaged("its end is not what it should be");
  }
  const auto stream_bytes = static_cast<int64_t>(body.size() - length);
  opened.stream_ =
      arrow::SliceBuffer(std::make_shared<MappedBuffer>(std::move(mapped)), 0, stream_bytes);
  return opened;
}

std::shared_ptr<arrow::Table> MappedArrowFile::read() const {
  const std::string doing = "read " + name_;
  return guarded(doing, [&] {
    const auto reader = value_or_throw(arrow::ipc::RecordBatchStreamReader::Open(
                                           std::make_shared<arrow::io::BufferReader>(stream_),
                                           read_options(arrow::default_memory_pool())),
                                       doing);
    const auto batches = value_or_throw(reader->ToRecordBatches(), doing);
    for (const auto& batch : batches) check(batch->Validate(), doing);
    return value_or_throw(arrow::Table::FromRecordBatches(reader->schema(), batches), doing);
  });
}

}  // namespace cairn::formats
