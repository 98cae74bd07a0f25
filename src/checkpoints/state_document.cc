#include "checkpoints/state_document.h"

#include <fmt/format.h>

#include "cairn/error.h"

namespace cairn::checkpoints {
namespace {

constexpr size_t kMaxBytes = size_t{16} << 20;  // what Value::from_json reads

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorKind::invalid_argument,
              fmt::format("cannot save the state of a process: {}", why),
              "keep in it what Value can hold, and put large data into a table");
}

template <typename T>
const T& member(const Value::Map& document, const std::string& name) {
  const auto found = document.find(name);
  const T* value = found == document.end() ? nullptr : std::get_if<T>(&found->second.get());
  if (value == nullptr)
    throw Error(ErrorKind::corrupt,
                fmt::format("state.json has no '{}' of the type it should have", name));
  return *value;
}

}  // namespace

std::string to_state_text(const CheckpointContent& content, const CheckpointNote& note) {
  const Value document(Value::Map{{"current_step", content.current_step},
                                  {"completed_steps", Value::List(content.completed_steps.begin(),
                                                                  content.completed_steps.end())},
                                  {"schema_version", note.schema_version},
                                  {"application_version", note.application_version},
                                  {"state", content.state}});
  std::string text = document.to_json();
  if (text.size() > kMaxBytes)
    refuse(
        fmt::format("it takes {} bytes of JSON, and {} can be read back", text.size(), kMaxBytes));
  // What is written here must be readable after a crash, when nobody can be asked any more.
  try {
    if (Value::from_json(text) == document) return text;
  } catch (const Error& error) {
    refuse(error.message());
  }
  refuse("it does not read back as it is");
}

CheckpointContent content_from_state(std::string_view text) {
  const Value value = Value::from_json(text);
  const auto* document = std::get_if<Value::Map>(&value.get());
  if (document == nullptr) throw Error(ErrorKind::corrupt, "state.json holds no object");
  CheckpointContent content;
  content.current_step = member<std::string>(*document, "current_step");
  for (const Value& step : member<Value::List>(*document, "completed_steps")) {
    const auto* name = std::get_if<std::string>(&step.get());
    if (name == nullptr)
      throw Error(ErrorKind::corrupt, "state.json names a completed step that is no text");
    content.completed_steps.push_back(*name);
  }
  content.state = member<Value::Map>(*document, "state");
  return content;
}

}  // namespace cairn::checkpoints
