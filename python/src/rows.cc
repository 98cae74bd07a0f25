#include "rows.h"

#include <arrow/c/abi.h>
#include <arrow/c/bridge.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/util/key_value_metadata.h>

#include <utility>

#include "data/arrow_error.h"
#include "progress.h"

namespace cairn::python {
namespace {

constexpr const char* kStreamCapsule = "arrow_array_stream";

using Metadata = std::shared_ptr<const arrow::KeyValueMetadata>;

std::string kind_of(const arrow::Schema& schema) {
  if (!schema.HasMetadata()) return {};
  return schema.metadata()->Get(kKindKey).ValueOr("");
}

// A schema that says what kind of frame it was, or no longer does.
std::shared_ptr<arrow::Schema> with_kind(const arrow::Schema& schema, const std::string& kind) {
  auto metadata =
      schema.HasMetadata() ? schema.metadata()->Copy() : arrow::key_value_metadata({}, {});
  if (kind.empty()) {
    static_cast<void>(metadata->Delete(kKindKey));  // fails where there is none
  } else {
    check(metadata->Set(kKindKey, kind), "remember the kind of a frame");
  }
  return arrow::schema(schema.fields(), metadata->size() == 0 ? nullptr : std::move(metadata));
}

// Says what kind of frame the rows came from, and stops between two batches on Ctrl-C.
class MarkedReader final : public arrow::RecordBatchReader {
 public:
  MarkedReader(std::shared_ptr<arrow::RecordBatchReader> rows, const std::string& kind)
      : rows_(std::move(rows)), schema_(with_kind(*rows_->schema(), kind)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    check_signals(last_check_);
    ARROW_RETURN_NOT_OK(rows_->ReadNext(batch));
    if (*batch) *batch = (*batch)->ReplaceSchemaMetadata(schema_->metadata());
    return arrow::Status::OK();
  }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const std::shared_ptr<arrow::Schema> schema_;
  std::chrono::steady_clock::time_point last_check_;
};

// Keeps what our readers throw away from C code, and for the caller.
class GuardedReader final : public arrow::RecordBatchReader {
 public:
  GuardedReader(std::shared_ptr<arrow::RecordBatchReader> rows,
                std::shared_ptr<std::optional<Error>> failure)
      : rows_(std::move(rows)),
        schema_(with_kind(*rows_->schema(), {})),
        failure_(std::move(failure)) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    try {
      check(rows_->ReadNext(batch), "read rows");
      if (*batch) *batch = (*batch)->ReplaceSchemaMetadata(schema_->metadata());
      return arrow::Status::OK();
    } catch (const Error& error) {
      *failure_ = error;
      return arrow::Status::IOError(error.what());
    } catch (const std::exception& error) {
      return arrow::Status::UnknownError(error.what());
    }
  }

 private:
  const std::shared_ptr<arrow::RecordBatchReader> rows_;
  const std::shared_ptr<arrow::Schema> schema_;
  const std::shared_ptr<std::optional<Error>> failure_;
};

}  // namespace

IncomingRows::IncomingRows(const nb::object& stream, const std::string& kind, int64_t rows)
    : rows_(rows) {
  const nb::object capsule = stream.attr("__arrow_c_stream__")();
  auto* const raw =
      static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), kStreamCapsule));
  if (raw == nullptr) throw nb::python_error();
  const nb::gil_scoped_release released;
  reader_ = std::make_shared<MarkedReader>(
      value_or_throw(arrow::ImportRecordBatchReader(raw), "open the rows"), kind);
}

// What a stream refers to may be of Python, whose release takes the GIL itself.
IncomingRows::~IncomingRows() {
  const nb::gil_scoped_release released;
  reader_.reset();
}

std::shared_ptr<arrow::RecordBatchReader> IncomingRows::take() {
  if (!reader_) {
    throw Error(ErrorKind::invalid_argument, "cannot read a stream of rows twice",
                "make the frame or reader again");
  }
  return std::exchange(reader_, nullptr);
}

OutgoingRows::OutgoingRows(std::shared_ptr<arrow::RecordBatchReader> reader)
    : kind_(kind_of(*reader->schema())), failure_(std::make_shared<std::optional<Error>>()) {
  reader_ = std::make_shared<GuardedReader>(std::move(reader), failure_);
}

OutgoingRows::OutgoingRows(const std::shared_ptr<arrow::Table>& table)
    : OutgoingRows(std::make_shared<arrow::TableBatchReader>(table)) {}

OutgoingRows::~OutgoingRows() = default;
OutgoingRows::OutgoingRows(OutgoingRows&&) noexcept = default;
OutgoingRows& OutgoingRows::operator=(OutgoingRows&&) noexcept = default;

nb::object OutgoingRows::capsule() {
  if (!reader_) {
    throw Error(ErrorKind::invalid_argument, "cannot read a stream of rows twice", "read it again");
  }
  auto stream = std::make_unique<ArrowArrayStream>();
  check(arrow::ExportRecordBatchReader(std::exchange(reader_, nullptr), stream.get()),
        "hand rows over");
  return nb::steal(PyCapsule_New(stream.release(), kStreamCapsule, [](PyObject* capsule) {
    auto* const raw = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, kStreamCapsule));
    if (raw->release != nullptr) raw->release(raw);  // nobody took it over
    delete raw;
  }));
}

void OutgoingRows::raise_failure() const {
  if (*failure_) throw Error(**failure_);
}

void bind_rows(nb::module_& module) {
  nb::class_<IncomingRows>(module, "IncomingRows")
      .def(nb::init<const nb::object&, const std::string&, int64_t>(), nb::arg("stream"),
           nb::arg("kind") = "", nb::arg("rows") = -1);
  nb::class_<OutgoingRows>(module, "OutgoingRows")
      .def(
          "__arrow_c_stream__",
          // The schema that is asked for is a wish; these rows are what they are.
          [](OutgoingRows& self, const nb::object& /*requested*/) { return self.capsule(); },
          nb::arg("requested_schema") = nb::none())
      .def_prop_ro("kind", &OutgoingRows::kind)
      .def("raise_failure", &OutgoingRows::raise_failure);
}

}  // namespace cairn::python
