#include "integrity/spill_file.h"

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>

#include <utility>

#include "data/arrow_error.h"

namespace cairn::integrity {
namespace {

constexpr std::string_view kDoing = "spill rows to disk";

// Our errors on their way through Arrow.
template <typename Action>
arrow::Status as_status(Action&& action) {
  try {
    action();
    return arrow::Status::OK();
  } catch (const Error& error) {
    return error.kind() == ErrorKind::no_space ? arrow::Status::CapacityError(error.what())
                                               : arrow::Status::IOError(error.what());
  }
}

class SpillOutput final : public arrow::io::OutputStream {
 public:
  SpillOutput(int fd, std::filesystem::path folder) : fd_(fd), folder_(std::move(folder)) {}

  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void* data, int64_t bytes) override {
    return as_status([&] {
      io::write_fully(fd_, {static_cast<const char*>(data), static_cast<size_t>(bytes)}, folder_);
      position_ += bytes;
    });
  }
  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }
  bool closed() const override { return closed_; }
  arrow::Result<int64_t> Tell() const override { return position_; }

 private:
  const int fd_;
  const std::filesystem::path folder_;
  int64_t position_ = 0;
  bool closed_ = false;
};

class SpillInput final : public arrow::io::InputStream {
 public:
  SpillInput(io::FileDescriptor file, std::filesystem::path folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}

  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    int64_t read = 0;
    ARROW_RETURN_NOT_OK(as_status([&] {
      const std::span<char> room(static_cast<char*>(out), static_cast<size_t>(bytes));
      read = static_cast<int64_t>(io::read_at(file_.get(), position_, room, folder_));
    }));
    position_ += read;
    return read;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::ResizableBuffer> buffer,
                          arrow::AllocateResizableBuffer(bytes));
    ARROW_ASSIGN_OR_RAISE(const int64_t read, Read(bytes, buffer->mutable_data()));
    ARROW_RETURN_NOT_OK(buffer->Resize(read));
    return buffer;
  }
  arrow::Status Close() override {
    file_.reset();
    return arrow::Status::OK();
  }
  bool closed() const override { return !file_.is_open(); }
  arrow::Result<int64_t> Tell() const override { return position_; }

 private:
  io::FileDescriptor file_;
  const std::filesystem::path folder_;
  int64_t position_ = 0;
};

}  // namespace

struct SpillFile::State {
  std::filesystem::path folder;
  io::FileDescriptor file;
  std::shared_ptr<SpillOutput> output;
  std::shared_ptr<arrow::ipc::RecordBatchWriter> writer;
};

SpillFile::SpillFile(std::filesystem::path folder) : state_(std::make_unique<State>()) {
  state_->folder = std::move(folder);
}
SpillFile::~SpillFile() = default;
SpillFile::SpillFile(SpillFile&&) noexcept = default;

void SpillFile::append(const arrow::RecordBatch& batch) {
  if (!state_->writer) {
    state_->file = io::open_unnamed(state_->folder);
    state_->output = std::make_shared<SpillOutput>(state_->file.get(), state_->folder);
    state_->writer =
        value_or_throw(arrow::ipc::MakeStreamWriter(state_->output, batch.schema()), kDoing);
  }
  check(state_->writer->WriteRecordBatch(batch), kDoing);
}

std::shared_ptr<arrow::RecordBatchReader> SpillFile::read() {
  if (!state_->writer) return nullptr;
  check(state_->writer->Close(), kDoing);
  auto input = std::make_shared<SpillInput>(std::move(state_->file), state_->folder);
  return value_or_throw(arrow::ipc::RecordBatchStreamReader::Open(std::move(input)),
                        "read spilled rows back");
}

}  // namespace cairn::integrity
