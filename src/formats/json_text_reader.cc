#include "formats/json_text_reader.h"

#include <arrow/api.h>
#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "data/arrow_error.h"
#include "formats/csv/text_columns.h"
#include "formats/csv/validity.h"

namespace cairn::formats {
namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using TypePtr = std::shared_ptr<arrow::DataType>;

constexpr std::string_view kDoing = "build a nested column";

// Intervals of days are objects of integers.
arrow::FieldVector members_of(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INTERVAL_DAY_TIME:
      return {arrow::field("days", arrow::int32()), arrow::field("milliseconds", arrow::int32())};
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return {arrow::field("months", arrow::int32()), arrow::field("days", arrow::int32()),
              arrow::field("nanoseconds", arrow::int64())};
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return {map.key_field(), map.item_field()};
    }
    default:
      return type.fields();
  }
}

}  // namespace

/// The values of one type in the tree that a nested type is.
class JsonTextReader::Node {
 public:
  enum class Kind { leaf, list, fixed_size_list, map, object };

  Node(TypePtr type, arrow::MemoryPool* pool)
      : type_(std::move(type)), validity_(pool), offsets_(pool) {
    kind_ = kind_of(*type_);
    if (kind_ == Kind::leaf) {
      column_ = make_text_column(type_, /*guarded=*/false, pool);
      return;
    }
    for (const auto& member : members_of(*type_)) {
      names_.push_back(member->name());
      children_.push_back(std::make_unique<Node>(member->type(), pool));
    }
  }

  Kind kind() const { return kind_; }
  const arrow::DataType& type() const { return *type_; }
  Node& child(size_t i) { return *children_[i]; }
  size_t children() const { return children_.size(); }
  int64_t length() const { return length_; }

  /// The member of this name, looked for from `guess` on; children() where there is none.
  size_t member(std::string_view name, size_t guess) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      const size_t at = (guess + i) % names_.size();
      if (names_[at] == name) return at;
    }
    return names_.size();
  }

  int64_t fixed_items() const {
    return static_cast<const arrow::FixedSizeListType&>(*type_).list_size();
  }

  void append_null() {
    begin(false);
    if (kind_ == Kind::leaf) return column_->append_null();
    if (kind_ == Kind::list || kind_ == Kind::map) return;
    const int64_t each = kind_ == Kind::fixed_size_list ? fixed_items() : 1;
    for (const auto& child : children_) {
      for (int64_t i = 0; i < each; ++i) child->append_null();
    }
  }

  bool append_text(std::string_view text) {
    begin(true);
    return column_->append(text);
  }

  /// Start a valid list, map or object; its items are appended to the children next.
  void begin_nested() { begin(true); }

  ArrayPtr finish() {
    if (kind_ == Kind::leaf) return column_->finish();
    arrow::ArrayVector children;
    for (const auto& child : children_) children.push_back(child->finish());
    if (type_->id() == arrow::Type::INTERVAL_DAY_TIME) return day_time_intervals(children);
    if (type_->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO) return month_intervals(children);

    std::vector<std::shared_ptr<arrow::Buffer>> buffers{validity_.finish()};
    if (kind_ == Kind::list || kind_ == Kind::map) buffers.push_back(finish_offsets(children));
    std::vector<std::shared_ptr<arrow::ArrayData>> data;
    for (const ArrayPtr& child : children) data.push_back(child->data());
    if (kind_ == Kind::map) {
      const TypePtr entries = type_->field(0)->type();
      data = {arrow::ArrayData::Make(entries, children[0]->length(), {nullptr}, std::move(data))};
    }
    return arrow::MakeArray(
        arrow::ArrayData::Make(type_, length_, std::move(buffers), std::move(data)));
  }

 private:
  static Kind kind_of(const arrow::DataType& type) {
    switch (type.id()) {
      case arrow::Type::LIST:
      case arrow::Type::LARGE_LIST:
        return Kind::list;
      case arrow::Type::FIXED_SIZE_LIST:
        return Kind::fixed_size_list;
      case arrow::Type::MAP:
        return Kind::map;
      case arrow::Type::STRUCT:
      case arrow::Type::INTERVAL_DAY_TIME:
      case arrow::Type::INTERVAL_MONTH_DAY_NANO:
        return Kind::object;
      default:
        return Kind::leaf;
    }
  }

  void begin(bool valid) {
    ++length_;
    if (kind_ == Kind::leaf) return;
    valid ? validity_.append_valid() : validity_.append_null();
    if (kind_ == Kind::list || kind_ == Kind::map)
      check(offsets_.Append(children_.front()->length()), kDoing);
  }

  std::shared_ptr<arrow::Buffer> finish_offsets(const arrow::ArrayVector& children) {
    const int64_t items = children.front()->length();
    check(offsets_.Append(items), kDoing);
    auto wide = value_or_throw(offsets_.Finish(), kDoing);
    if (type_->id() == arrow::Type::LARGE_LIST) return wide;
    if (items > std::numeric_limits<int32_t>::max())
      throw Error(ErrorKind::unsupported, "a column of lists is too long for 32-bit offsets");
    arrow::TypedBufferBuilder<int32_t> narrow;
    check(narrow.Reserve(length_ + 1), kDoing);
    for (int64_t i = 0; i <= length_; ++i)
      narrow.UnsafeAppend(static_cast<int32_t>(reinterpret_cast<const int64_t*>(wide->data())[i]));
    return value_or_throw(narrow.Finish(), kDoing);
  }

  ArrayPtr day_time_intervals(const arrow::ArrayVector& members) {
    const auto& days = static_cast<const arrow::Int32Array&>(*members[0]);
    const auto& milliseconds = static_cast<const arrow::Int32Array&>(*members[1]);
    arrow::TypedBufferBuilder<arrow::DayTimeIntervalType::DayMilliseconds> values;
    for (int64_t i = 0; i < length_; ++i)
      check(values.Append({days.Value(i), milliseconds.Value(i)}), kDoing);
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, length_, {validity_.finish(), value_or_throw(values.Finish(), kDoing)}));
  }

  ArrayPtr month_intervals(const arrow::ArrayVector& members) {
    const auto& months = static_cast<const arrow::Int32Array&>(*members[0]);
    const auto& days = static_cast<const arrow::Int32Array&>(*members[1]);
    const auto& nanoseconds = static_cast<const arrow::Int64Array&>(*members[2]);
    arrow::TypedBufferBuilder<arrow::MonthDayNanoIntervalType::MonthDayNanos> values;
    for (int64_t i = 0; i < length_; ++i)
      check(values.Append({months.Value(i), days.Value(i), nanoseconds.Value(i)}), kDoing);
    return arrow::MakeArray(arrow::ArrayData::Make(
        type_, length_, {validity_.finish(), value_or_throw(values.Finish(), kDoing)}));
  }

  TypePtr type_;
  Kind kind_;
  int64_t length_ = 0;
  Validity validity_;
  arrow::TypedBufferBuilder<int64_t> offsets_;
  std::vector<std::string> names_;
  std::vector<std::unique_ptr<Node>> children_;
  std::unique_ptr<TextColumn> column_;  // of a leaf
};

/// Follows one JSON text through the tree of the type. Every value has a place in it, or the text
/// is refused; so nothing is ever nested deeper than the type. The names are those of nlohmann's
/// SAX interface, in which false stops the parser.
class JsonTextReader::Handler {
 public:
  explicit Handler(Node* root) : root_(root) {}

  bool null() {
    Node* node = place();
    if (node == nullptr) return false;
    if (is_required()) return false;
    node->append_null();
    return true;
  }

  bool boolean(bool value) {
    Node* node = leaf();
    return node != nullptr && node->type().id() == arrow::Type::BOOL &&
           node->append_text(value ? "true" : "false");
  }

  bool number_integer(int64_t value) { return number(fmt::format_int(value).str()); }
  bool number_unsigned(uint64_t value) { return number(fmt::format_int(value).str()); }
  bool number_float(double, const std::string& text) { return number(text); }

  bool string(const std::string& value) {
    Node* node = leaf();
    return node != nullptr && !is_number(node->type()) && node->type().id() != arrow::Type::BOOL &&
           node->append_text(value);
  }

  bool start_array(size_t) {
    if (!frames_.empty() && is_map(frames_.back())) {
      ++frames_.back().items;
      frames_.push_back({frames_.back().node, true, 0, {}});
      return true;
    }
    Node* node = place();
    if (node == nullptr || node->kind() == Node::Kind::leaf || node->kind() == Node::Kind::object)
      return false;
    node->begin_nested();
    frames_.push_back({node, false, 0, {}});
    return true;
  }

  bool end_array() {
    const Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frame.is_pair) return frame.items == 2;
    return frame.node->kind() != Node::Kind::fixed_size_list ||
           static_cast<int64_t>(frame.items) == frame.node->fixed_items();
  }

  bool start_object(size_t) {
    Node* node = place();
    if (node == nullptr || node->kind() != Node::Kind::object) return false;
    node->begin_nested();
    frames_.push_back({node, false, 0, std::vector<bool>(node->children())});
    return true;
  }

  bool key(const std::string& name) {
    Frame& frame = frames_.back();
    member_ = frame.node->member(name, frame.items);
    if (member_ == frame.node->children() || frame.seen[member_]) return false;
    frame.seen[member_] = true;
    ++frame.items;
    return true;
  }

  bool end_object() {
    const bool complete = frames_.back().items == frames_.back().node->children();
    frames_.pop_back();
    return complete;
  }

  // NOLINTNEXTLINE(readability-convert-member-functions-to-static): an interface of nlohmann's.
  bool binary(const Json::binary_t&) { return false; }
  bool parse_error(size_t, const std::string&, const Json::exception&) { return false; }

 private:
  struct Frame {
    Node* node;
    bool is_pair;  // [key, value] in a map
    size_t items;
    std::vector<bool> seen;  // of an object: its members
  };

  static bool is_map(const Frame& frame) {
    return frame.node->kind() == Node::Kind::map && !frame.is_pair;
  }

  static bool is_number(const arrow::DataType& type) {
    return arrow::is_integer(type.id()) || type.id() == arrow::Type::DURATION ||
           type.id() == arrow::Type::INTERVAL_MONTHS;
  }

  // The node that the next value belongs to; nothing where there is no place for one.
  Node* place() {
    if (frames_.empty()) return root_;
    Frame& frame = frames_.back();
    if (is_map(frame)) return nullptr;
    if (frame.node->kind() == Node::Kind::object) return &frame.node->child(member_);
    const size_t item = frame.items++;
    if (frame.is_pair) return item < 2 ? &frame.node->child(item) : nullptr;
    const bool full = frame.node->kind() == Node::Kind::fixed_size_list &&
                      static_cast<int64_t>(item) >= frame.node->fixed_items();
    return full ? nullptr : &frame.node->child(0);
  }

  // Whether the value just placed cannot be null: a key of a map, a part of an interval.
  bool is_required() const {
    if (frames_.empty()) return false;
    const Frame& frame = frames_.back();
    if (frame.is_pair) return frame.items == 1;
    return frame.node->kind() == Node::Kind::object &&
           frame.node->type().id() != arrow::Type::STRUCT;
  }

  Node* leaf() {
    Node* node = place();
    return node != nullptr && node->kind() == Node::Kind::leaf ? node : nullptr;
  }

  bool number(const std::string& text) {
    Node* node = leaf();
    if (node == nullptr) return false;
    const arrow::Type::type id = node->type().id();
    const bool fits = is_number(node->type()) || arrow::is_floating(id) || arrow::is_decimal(id);
    return fits && node->append_text(text);
  }

  Node* root_;
  std::vector<Frame> frames_;
  size_t member_ = 0;
};

JsonTextReader::JsonTextReader(const std::shared_ptr<arrow::DataType>& type,
                               arrow::MemoryPool* pool)
    : root_(std::make_unique<Node>(type, pool)) {}

JsonTextReader::~JsonTextReader() = default;

void JsonTextReader::append_null() {
  root_->append_null();
}

bool JsonTextReader::append(std::string_view text) {
  Handler handler(root_.get());
  return Json::sax_parse(text.begin(), text.end(), &handler);
}

std::shared_ptr<arrow::Array> JsonTextReader::finish() {
  return root_->finish();
}

}  // namespace cairn::formats
