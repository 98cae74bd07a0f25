#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/array_run_end.h>
#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <arrow/util/ree_util.h>

#include "base/names.h"
#include "cairn/error.h"
#include "formats/csv/scalar_text.h"
#include "formats/csv/text_of_bytes.h"
#include "formats/json_text.h"

namespace cairn::formats {
namespace {

void append_escaped(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
  }
}

void append_string(std::string& out, std::string_view text) {
  if (!is_utf8(text)) {
    throw Error(ErrorKind::invalid_argument, fmt::format("'{}' is not UTF-8", printable(text)),
                "store bytes in a binary column");
  }
  out += '"';
  size_t copied = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out += text.substr(copied, at - copied);
    append_escaped(out, c);
    copied = at + 1;
  }
  out += text.substr(copied);
  out += '"';
}

void append_base64(std::string& out, std::string_view bytes) {
  const size_t before = out.size();
  out.resize(before + base64_size(bytes.size()));
  write_base64(out.data() + before, bytes);
}

// Which scalars JSON has no exact number for. NaN and the infinities are known by their letters.
bool is_json_number(arrow::Type::type id) {
  return id == arrow::Type::BOOL || arrow::is_integer(id) || arrow::is_floating(id) ||
         id == arrow::Type::DURATION || id == arrow::Type::INTERVAL_MONTHS;
}

JsonAppender scalars(const arrow::Array& array) {
  const bool is_number = is_json_number(array.type_id());
  return with_scalar_writer(array, [is_number](int max_text, auto write) -> JsonAppender {
    return [is_number, write, text = std::vector<char>(static_cast<size_t>(max_text))](
               int64_t row, std::string& out) mutable {
      const std::string_view value(text.data(),
                                   static_cast<size_t>(write(text.data(), row) - text.data()));
      const bool is_bare = is_number && value.back() != 'N' && value.back() != 'F';
      if (!is_bare) out += '"';
      out += value;
      if (!is_bare) out += '"';
    };
  });
}

template <typename Array>
JsonAppender strings(const Array& array) {
  return [&array](int64_t row, std::string& out) { append_string(out, array.GetView(row)); };
}

template <typename Array>
JsonAppender bytes(const Array& array) {
  return [&array](int64_t row, std::string& out) {
    out += '"';
    append_base64(out, array.GetView(row));
    out += '"';
  };
}

template <typename Array>
JsonAppender lists(const Array& array) {
  return [&array, item = json_appender(array.values())](int64_t row, std::string& out) {
    const int64_t begin = array.value_offset(row);
    const int64_t end = begin + array.value_length(row);
    out += '[';
    for (int64_t i = begin; i < end; ++i) {
      if (i != begin) out += ',';
      item(i, out);
    }
    out += ']';
  };
}

JsonAppender maps(const arrow::MapArray& array) {
  return [&array, key = json_appender(array.keys()), item = json_appender(array.items())](
             int64_t row, std::string& out) {
    out += '[';
    for (int64_t i = array.value_offset(row); i < array.value_offset(row + 1); ++i) {
      if (out.back() != '[') out += ',';
      out += '[';
      key(i, out);
      out += ',';
      item(i, out);
      out += ']';
    }
    out += ']';
  };
}

JsonAppender structs(const arrow::StructArray& array) {
  struct Member {
    std::string name;  // with quotes and colon
    JsonAppender value;
  };
  std::vector<Member> members;
  std::set<std::string> names;
  for (int i = 0; i < array.num_fields(); ++i) {
    const std::string& name = array.type()->field(i)->name();
    if (!names.insert(name).second) {
      throw Error(ErrorKind::unsupported,
                  fmt::format("a struct has two fields named '{}'", printable(name)),
                  "rename one of them");
    }
    Member& member = members.emplace_back();
    append_string(member.name, name);
    member.name += ':';
    member.value = json_appender(array.field(i));
  }
  return [members = std::move(members)](int64_t row, std::string& out) {
    out += '{';
    for (const Member& member : members) {
      if (out.back() != '{') out += ',';
      out += member.name;
      member.value(row, out);
    }
    out += '}';
  };
}

JsonAppender dictionaries(const arrow::DictionaryArray& array) {
  return [&array, value = json_appender(array.dictionary())](int64_t row, std::string& out) {
    value(array.GetValueIndex(row), out);
  };
}

JsonAppender run_ends(const arrow::RunEndEncodedArray& array) {
  return [&array, value = json_appender(array.values())](int64_t row, std::string& out) {
    const arrow::ArraySpan span(*array.data());
    value(arrow::ree_util::FindPhysicalIndex(span, row, array.offset()), out);
  };
}

JsonAppender day_time_intervals(const arrow::DayTimeIntervalArray& array) {
  return [&array](int64_t row, std::string& out) {
    const auto value = array.GetValue(row);
    fmt::format_to(std::back_inserter(out), R"({{"days":{},"milliseconds":{}}})", value.days,
                   value.milliseconds);
  };
}

JsonAppender month_day_nano_intervals(const arrow::MonthDayNanoIntervalArray& array) {
  return [&array](int64_t row, std::string& out) {
    const auto value = array.GetValue(row);
    fmt::format_to(std::back_inserter(out), R"({{"months":{},"days":{},"nanoseconds":{}}})",
                   value.months, value.days, value.nanoseconds);
  };
}

template <typename Array>
const Array& as(const arrow::Array& array) {
  return static_cast<const Array&>(array);
}

// For rows that are not null. Refers to `array`.
JsonAppender value_appender(const arrow::Array& array) {
  switch (array.type_id()) {
    case arrow::Type::NA:
      return [](int64_t, std::string&) {};
    case arrow::Type::STRING:
      return strings(as<arrow::StringArray>(array));
    case arrow::Type::LARGE_STRING:
      return strings(as<arrow::LargeStringArray>(array));
    case arrow::Type::STRING_VIEW:
      return strings(as<arrow::StringViewArray>(array));
    case arrow::Type::BINARY:
      return bytes(as<arrow::BinaryArray>(array));
    case arrow::Type::LARGE_BINARY:
      return bytes(as<arrow::LargeBinaryArray>(array));
    case arrow::Type::BINARY_VIEW:
      return bytes(as<arrow::BinaryViewArray>(array));
    case arrow::Type::FIXED_SIZE_BINARY:
      return bytes(as<arrow::FixedSizeBinaryArray>(array));
    case arrow::Type::LIST:
      return lists(as<arrow::ListArray>(array));
    case arrow::Type::LARGE_LIST:
      return lists(as<arrow::LargeListArray>(array));
    case arrow::Type::LIST_VIEW:
      return lists(as<arrow::ListViewArray>(array));
    case arrow::Type::LARGE_LIST_VIEW:
      return lists(as<arrow::LargeListViewArray>(array));
    case arrow::Type::FIXED_SIZE_LIST:
      return lists(as<arrow::FixedSizeListArray>(array));
    case arrow::Type::MAP:
      return maps(as<arrow::MapArray>(array));
    case arrow::Type::STRUCT:
      return structs(as<arrow::StructArray>(array));
    case arrow::Type::DICTIONARY:
      return dictionaries(as<arrow::DictionaryArray>(array));
    case arrow::Type::RUN_END_ENCODED:
      return run_ends(as<arrow::RunEndEncodedArray>(array));
    case arrow::Type::EXTENSION:
      return json_appender(as<arrow::ExtensionArray>(array).storage());
    case arrow::Type::INTERVAL_DAY_TIME:
      return day_time_intervals(as<arrow::DayTimeIntervalArray>(array));
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return month_day_nano_intervals(as<arrow::MonthDayNanoIntervalArray>(array));
    default:
      return scalars(array);
  }
}

}  // namespace

JsonAppender json_appender(const std::shared_ptr<arrow::Array>& array) {
  JsonAppender append_value = value_appender(*array);
  if (!append_value) {
    throw Error(ErrorKind::unsupported,
                fmt::format("values of type {} have no JSON text", array->type()->ToString()),
                "leave the column out or change its type");
  }
  return [array, append_value = std::move(append_value)](int64_t row, std::string& out) {
    if (array->IsNull(row)) {
      out += "null";
    } else {
      append_value(row, out);
    }
  };
}

}  // namespace cairn::formats
