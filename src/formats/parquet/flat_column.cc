#include "formats/parquet/flat_column.h"

#include <arrow/array.h>
#include <arrow/buffer_builder.h>
#include <arrow/type.h>
#include <arrow/util/bitmap_ops.h>
#include <fmt/format.h>
#include <parquet/column_page.h>
#include <parquet/column_writer.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>
#include <parquet/size_statistics.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "data/arrow_error.h"
#include "data/slots.h"
#include "formats/parquet/hybrid_runs.h"
#include "formats/parquet/value_dictionary.h"
#include "formats/parquet/value_range.h"

namespace cairn::formats {
namespace {

using arrow::Type;
using parquet::Encoding;

constexpr std::string_view kDoing = "encode Parquet";

// Of a page, whichever comes first. The rows are a multiple of 8, so that pages of levels begin at a
// byte, and few enough that a page index tells something.
constexpr int64_t kPageRows = 16384;
constexpr int64_t kPageBytes = 1 << 20;

// A dictionary is given up when nearly all of the first values are new, or when it grows beyond this.
constexpr size_t kProbedValues = 8192;
constexpr int64_t kDictionaryBytes = 1 << 20;

template <typename Value>
constexpr bool kIsText = std::is_same_v<Value, std::string_view>;

template <typename Value>
int64_t plain_bytes(const Value& value) {
  if constexpr (kIsText<Value>) return static_cast<int64_t>(sizeof(uint32_t) + value.size());
  return sizeof value;
}

template <typename Value>
int64_t plain_bytes(std::span<const Value> values) {
  if constexpr (!kIsText<Value>) return static_cast<int64_t>(values.size_bytes());
  int64_t bytes = 0;
  for (const Value& value : values) bytes += plain_bytes(value);
  return bytes;
}

template <typename Value>
void append_plain(std::span<const Value> values, arrow::BufferBuilder& out) {
  if constexpr (kIsText<Value>) {
    check(out.Reserve(plain_bytes(values)), kDoing);
    for (const std::string_view text : values) {
      const auto size = static_cast<uint32_t>(text.size());
      out.UnsafeAppend(&size, sizeof size);
      out.UnsafeAppend(text.data(), static_cast<int64_t>(text.size()));
    }
  } else {
    check(out.Append(values.data(), static_cast<int64_t>(values.size_bytes())), kDoing);
  }
}

// The values of a column that are not null, side by side, and which those are.
template <typename Value>
class GatheredColumn {
 public:
  explicit GatheredColumn(arrow::MemoryPool* pool) : values_(pool), valid_(pool) {}

  /// `value_at(row)` for every row of `piece` that is valid.
  template <typename ValueAt>
  void add(const arrow::Array& piece, const ValueAt& value_at) {
    const int64_t length = piece.length();
    check(values_.Reserve(length), kDoing);
    Value* out = values_.mutable_data() + values_.length();
    const int64_t nulls = piece.null_count();
    if (nulls > 0 && nulls_ == 0) check(valid_.Append(rows_, true), kDoing);
    if (nulls == 0) {
      if (nulls_ > 0) check(valid_.Append(length, true), kDoing);
      for (int64_t row = 0; row < length; ++row) *out++ = value_at(row);
    } else {
      check(valid_.Reserve(length), kDoing);
      for (int64_t row = 0; row < length; ++row) {
        valid_.UnsafeAppend(piece.IsValid(row));
        if (piece.IsValid(row)) *out++ = value_at(row);
      }
    }
    values_.UnsafeAdvance(length - nulls);
    rows_ += length;
    nulls_ += nulls;
  }

  int64_t rows() const { return rows_; }
  int64_t nulls() const { return nulls_; }
  std::span<const Value> values() const {
    return {values_.data(), static_cast<size_t>(values_.length())};
  }

  /// A bit for each row; null where all are valid.
  const uint8_t* valid() const { return nulls_ == 0 ? nullptr : valid_.data(); }
  int64_t count_valid(int64_t first, int64_t count) const {
    return valid() == nullptr ? count : arrow::internal::CountSetBits(valid(), first, count);
  }
  bool is_valid(int64_t row) const {
    return valid() == nullptr || arrow::bit_util::GetBit(valid(), row);
  }

 private:
  arrow::TypedBufferBuilder<Value> values_;
  arrow::TypedBufferBuilder<bool> valid_;
  int64_t rows_ = 0;
  int64_t nulls_ = 0;
};

// A dictionary, and the numbers in it of all values.
template <typename Value>
struct Dictionary {
  ValueDictionary<Value> entries;
  arrow::TypedBufferBuilder<uint32_t> numbers;

  // At least 1: a width of 0 is allowed, but not every reader knows.
  int width() const {
    return std::max(1, bits_of(static_cast<uint32_t>(entries.values().size() - 1)));
  }
};

// The dictionary of `values` where it makes them smaller, found out without making a large one in
// vain.
template <typename Value>
std::optional<Dictionary<Value>> try_dictionary(std::span<const Value> values,
                                                arrow::MemoryPool* pool) {
  if (values.empty()) return std::nullopt;
  Dictionary<Value> made{{}, arrow::TypedBufferBuilder<uint32_t>(pool)};
  check(made.numbers.Reserve(static_cast<int64_t>(values.size())), kDoing);
  uint32_t* numbers = made.numbers.mutable_data();
  int64_t bytes = 0;
  size_t distinct = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    numbers[i] = made.entries.number_of(values[i]);
    if (numbers[i] < distinct) continue;
    ++distinct;
    bytes += plain_bytes(values[i]);
    const bool is_diverse = distinct > kProbedValues / 16 * 15 && i < kProbedValues;
    if (is_diverse || bytes > kDictionaryBytes || distinct > values.size() / 2 + 1)
      return std::nullopt;
  }
  made.numbers.UnsafeAdvance(static_cast<int64_t>(values.size()));
  const int64_t packed = static_cast<int64_t>(values.size()) * made.width() / 8;
  if (bytes + packed >= plain_bytes(values)) return std::nullopt;
  return made;
}

template <typename Value>
class FlatColumnWriter {
 public:
  FlatColumnWriter(const GatheredColumn<Value>& column, ChunkSink sink)
      : column_(column),
        sink_(std::move(sink)),
        descriptor_(*sink_.metadata.descr()),
        wants_statistics_(sink_.properties.statistics_enabled(descriptor_.path())),
        page_(sink_.pool),
        compressed_(value_or_throw(arrow::AllocateResizableBuffer(0, sink_.pool), kDoing)),
        chunk_sizes_(parquet::SizeStatistics::Make(&descriptor_)) {
    if (sink_.properties.dictionary_enabled(descriptor_.path()))
      dictionary_ = try_dictionary(column.values(), sink_.pool);
    if (dictionary_) used_.resize(dictionary_->entries.values().size());
  }

  int64_t write() {
    if (column_.nulls() > 0 && descriptor_.max_definition_level() == 0)
      throw Error(ErrorKind::invalid_argument,
                  fmt::format("column '{}' holds nulls, and its schema says that it has none",
                              descriptor_.name()),
                  "declare the column nullable");
    if (dictionary_) write_dictionary();
    for (int64_t row = 0, value = 0; row < column_.rows();) {
      const int64_t rows = rows_of_page(row, value);
      const int64_t values = column_.count_valid(row, rows);
      write_page(row, rows, value, values);
      row += rows;
      value += values;
    }
    if (wants_statistics_) {
      sink_.metadata.SetStatistics(statistics(range_, column_.nulls(), column_.rows()));
      if (chunk_sizes_->is_set()) sink_.metadata.SetSizeStatistics(*chunk_sizes_);
    }
    sink_.pages->Close(dictionary_.has_value(), /*fallback=*/false);
    return uncompressed_bytes_;
  }

 private:
  void write_dictionary() {
    const auto entries = dictionary_->entries.values();
    append_plain(entries, page_);
    uncompressed_bytes_ += sink_.pages->WriteDictionaryPage(
        {std::make_shared<arrow::Buffer>(page_.data(), page_.length()),
         static_cast<int32_t>(entries.size()), Encoding::PLAIN});
  }

  int64_t rows_of_page(int64_t row, int64_t value) const {
    const int64_t most = std::min(kPageRows, column_.rows() - row);
    if (!kIsText<Value> || dictionary_) return most;
    int64_t bytes = 0;
    for (int64_t rows = 0; rows < most; ++rows) {
      if (!column_.is_valid(row + rows)) continue;
      bytes += plain_bytes(column_.values()[static_cast<size_t>(value++)]);
      if (bytes > kPageBytes && rows > 0) return rows;
    }
    return most;
  }

  void write_page(int64_t row, int64_t rows, int64_t first_value, int64_t count) {
    const auto values =
        column_.values().subspan(static_cast<size_t>(first_value), static_cast<size_t>(count));
    std::span<const uint32_t> numbers;
    if (dictionary_) numbers = {dictionary_->numbers.data() + first_value, values.size()};
    page_.Rewind(0);
    if (descriptor_.max_definition_level() > 0)
      append_definition_levels(column_.valid(), row, rows, page_);
    append_values(values, numbers);
    if (page_.length() > std::numeric_limits<int32_t>::max())
      throw Error(ErrorKind::unsupported,
                  fmt::format("column '{}' holds a value of {} bytes, more than Parquet can store",
                              descriptor_.name(), page_.length()));

    const auto plain = std::make_shared<arrow::Buffer>(page_.data(), page_.length());
    if (sink_.pages->has_compressor()) sink_.pages->Compress(*plain, compressed_.get());
    parquet::EncodedStatistics about;
    parquet::SizeStatistics sizes;
    if (wants_statistics_) {
      const ValueRange<Value> range = range_of(values, numbers);
      range_.merge(range);
      about = statistics(range, rows - count, rows);
      sizes = sizes_of(values, rows);
      chunk_sizes_->Merge(sizes);
    }
    uncompressed_bytes_ += sink_.pages->WriteDataPage(parquet::DataPageV1(
        sink_.pages->has_compressor() ? compressed_ : plain, static_cast<int32_t>(rows),
        dictionary_ ? Encoding::RLE_DICTIONARY : Encoding::PLAIN, Encoding::RLE, Encoding::RLE,
        page_.length(), std::move(about), row, std::move(sizes)));
  }

  void append_values(std::span<const Value> values, std::span<const uint32_t> numbers) {
    if (!dictionary_) return append_plain(values, page_);
    const auto width = static_cast<uint8_t>(dictionary_->width());
    check(page_.Append(&width, 1), kDoing);
    append_hybrid_runs(numbers, width, page_);
  }

  // A dictionary has each text once, however many rows do.
  ValueRange<Value> range_of(std::span<const Value> values, std::span<const uint32_t> numbers) {
    ValueRange<Value> range;
    if (!kIsText<Value> || !dictionary_) {
      range.add(values);
      return range;
    }
    std::fill(used_.begin(), used_.end(), uint8_t{0});
    for (const uint32_t number : numbers) used_[number] = 1;
    for (size_t i = 0; i < used_.size(); ++i)
      if (used_[i] != 0) range.add(dictionary_->entries.values().subspan(i, 1));
    return range;
  }

  parquet::EncodedStatistics statistics(const ValueRange<Value>& range, int64_t nulls,
                                        int64_t rows) const {
    parquet::EncodedStatistics about;
    range.describe(about);
    about.set_null_count(nulls);
    about.all_null_value = nulls == rows;
    about.set_is_signed(descriptor_.sort_order() == parquet::SortOrder::SIGNED);
    about.ApplyStatSizeLimits(sink_.properties.max_statistics_size(descriptor_.path()));
    return about;
  }

  parquet::SizeStatistics sizes_of(std::span<const Value> values, int64_t rows) const {
    parquet::SizeStatistics sizes = *parquet::SizeStatistics::Make(&descriptor_);
    const auto valid = static_cast<int64_t>(values.size());
    if (!sizes.definition_level_histogram.empty())
      sizes.definition_level_histogram = {rows - valid, valid};
    if (sizes.unencoded_byte_array_data_bytes)
      sizes.unencoded_byte_array_data_bytes =
          plain_bytes(values) - valid * int64_t{sizeof(uint32_t)};
    return sizes;
  }

  const GatheredColumn<Value>& column_;
  ChunkSink sink_;
  const parquet::ColumnDescriptor& descriptor_;
  const bool wants_statistics_;
  std::optional<Dictionary<Value>> dictionary_;
  std::vector<uint8_t> used_;  // which of its entries a page has
  arrow::BufferBuilder page_;
  std::shared_ptr<arrow::ResizableBuffer> compressed_;
  ValueRange<Value> range_;
  std::unique_ptr<parquet::SizeStatistics> chunk_sizes_;
  int64_t uncompressed_bytes_ = 0;
};

template <typename Value, typename AddPiece>
int64_t gather_and_write(const ColumnPieces& pieces, ChunkSink sink, const AddPiece& add) {
  GatheredColumn<Value> column(sink.pool);
  for (const auto& piece : pieces) add(column, *piece);
  return FlatColumnWriter<Value>(column, std::move(sink)).write();
}

// Values stored in `Stored` that Parquet has as `Value`.
template <typename Value, typename Stored = Value>
int64_t write_numbers(const ColumnPieces& pieces, ChunkSink sink) {
  return gather_and_write<Value>(
      pieces, std::move(sink), [](auto& column, const arrow::Array& piece) {
        const auto* stored = piece.data()->template GetValues<Stored>(1);
        column.add(piece, [stored](int64_t row) { return static_cast<Value>(stored[row]); });
      });
}

int64_t write_texts(const ColumnPieces& pieces, ChunkSink sink) {
  return gather_and_write<std::string_view>(
      pieces, std::move(sink), [](auto& column, const arrow::Array& piece) {
        const arrow::ArrayData& texts = *piece.data();
        const auto between = [&](const auto* offsets) {
          column.add(piece, [bytes = texts.GetValues<char>(2, 0), offsets](int64_t row) {
            return std::string_view(bytes + offsets[row],
                                    static_cast<size_t>(offsets[row + 1] - offsets[row]));
          });
        };
        switch (texts.type->id()) {
          case Type::STRING:
          case Type::BINARY:
            return between(texts.GetValues<int32_t>(1));
          case Type::LARGE_STRING:
          case Type::LARGE_BINARY:
            return between(texts.GetValues<int64_t>(1));
          default:
            return column.add(piece,
                              [&](int64_t row) { return data::bytes_at(texts, *texts.type, row); });
        }
      });
}

int64_t write_dictionaries(const ColumnPieces& pieces, ChunkSink sink) {
  return gather_and_write<std::string_view>(
      pieces, std::move(sink), [](auto& column, const arrow::Array& piece) {
        const arrow::ArrayData& entries = *piece.data()->dictionary;
        const data::Slots slots = data::dictionary_slots(*piece.data());
        column.add(piece,
                   [&](int64_t row) { return data::bytes_at(entries, *entries.type, slots[row]); });
      });
}

// What writes columns of a type; null where none of the above does.
using WriteColumn = int64_t (*)(const ColumnPieces&, ChunkSink);

WriteColumn writer_of(const arrow::DataType& type) {
  switch (type.id()) {
    case Type::INT8:
      return write_numbers<int32_t, int8_t>;
    case Type::INT16:
      return write_numbers<int32_t, int16_t>;
    case Type::INT32:
    case Type::DATE32:
    case Type::TIME32:
      return write_numbers<int32_t>;
    case Type::UINT8:
      return write_numbers<uint32_t, uint8_t>;
    case Type::UINT16:
      return write_numbers<uint32_t, uint16_t>;
    case Type::UINT32:
      return write_numbers<uint32_t>;
    case Type::INT64:
    case Type::TIME64:
    case Type::TIMESTAMP:
    case Type::DURATION:
      return write_numbers<int64_t>;
    case Type::UINT64:
      return write_numbers<uint64_t>;
    case Type::FLOAT:
      return write_numbers<float>;
    case Type::DOUBLE:
      return write_numbers<double>;
    case Type::STRING:
    case Type::BINARY:
    case Type::LARGE_STRING:
    case Type::LARGE_BINARY:
    case Type::STRING_VIEW:
    case Type::BINARY_VIEW:
      return write_texts;
    case Type::DICTIONARY:
      return write_dictionaries;
    default:
      return nullptr;
  }
}

}  // namespace

bool is_flat(const arrow::DataType& type) {
  return writer_of(type) != nullptr;
}

int64_t write_flat_column(const ColumnPieces& pieces, ChunkSink sink) {
  return writer_of(*pieces.front()->type())(pieces, std::move(sink));
}

}  // namespace cairn::formats
