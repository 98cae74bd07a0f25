#include "config/yaml_document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <set>
#include <sstream>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::config {
namespace {

constexpr size_t kMaxBytes = 1 << 20;
constexpr int kMaxDepth = 32;
constexpr int kMaxNodes = 10'000;

[[noreturn]] void refuse(std::string_view what, int line, const std::string& reason) {
  throw Error(ErrorKind::config, fmt::format("cannot read {}, line {}: {}", what, line, reason));
}

// Sees the document as events, before any of it is built: aliases would otherwise make a small file
// a huge tree.
class Gatekeeper final : public YAML::EventHandler {
 public:
  explicit Gatekeeper(std::string_view what) : what_(what) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { enter(mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse_at(mark, "aliases are not allowed");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string&) override {
    enter(mark, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(mark, tag, anchor);
    deepen(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(mark, tag, anchor);
    deepen(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void enter(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse_at(mark, "anchors are not allowed");
    // "?" and "!" are how the parser says "plain" and "quoted": no tag was written.
    if (!tag.empty() && tag != "?" && tag != "!") refuse_at(mark, "tags are not allowed");
    if (++nodes_ > kMaxNodes) refuse_at(mark, fmt::format("it has more than {} values", kMaxNodes));
  }

  void deepen(const YAML::Mark& mark) {
    if (++depth_ > kMaxDepth)
      refuse_at(mark, fmt::format("it is nested deeper than {}", kMaxDepth));
  }

  [[noreturn]] void refuse_at(const YAML::Mark& mark, const std::string& reason) const {
    refuse(what_, mark.line + 1, reason);
  }

  std::string_view what_;
  int nodes_ = 0;
  int depth_ = 0;
};

class Flattener {
 public:
  explicit Flattener(std::string_view what) : what_(what) {}

  std::vector<YamlEntry> flatten(const YAML::Node& top) {
    visit(top, "");
    return std::move(entries_);
  }

 private:
  void visit(const YAML::Node& mapping, const std::string& prefix) {
    std::set<std::string> seen;
    for (const auto& pair : mapping) {
      const int line = pair.first.Mark().line + 1;
      if (!pair.first.IsScalar()) refuse(what_, line, "a key must be a plain word");
      const std::string name = prefix + pair.first.Scalar();
      if (!seen.insert(name).second)
        refuse(what_, line, fmt::format("the key '{}' stands twice", printable(name)));
      if (pair.second.IsMap()) {
        visit(pair.second, name + ".");
      } else {
        entries_.push_back({name, pair.second, line});
      }
    }
  }

  std::string_view what_;
  std::vector<YamlEntry> entries_;
};

}  // namespace

std::vector<YamlEntry> read_yaml(const std::string& text, std::string_view what) {
  if (text.size() > kMaxBytes) {
    throw Error(ErrorKind::config, fmt::format("cannot read {}: it has {} bytes, more than {}",
                                               what, text.size(), kMaxBytes));
  }
  try {
    std::istringstream in(text);
    Gatekeeper gatekeeper(what);
    YAML::Parser(in).HandleNextDocument(gatekeeper);
    const YAML::Node top = YAML::Load(text);
    if (!top.IsDefined() || top.IsNull()) return {};
    if (!top.IsMap()) refuse(what, 1, "the top must be a mapping of keys to values");
    return Flattener(what).flatten(top);
  } catch (const YAML::Exception& error) {
    refuse(what, error.mark.line + 1, error.msg);
  }
}

}  // namespace cairn::config
