#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/names.h"
#include "session.h"

/// How commands are declared. CLI11 takes long to compile: only the few files that declare commands
/// include this.
namespace cairn::cli {

/// Declare an argument "NAME", or an option with what its value is: "-m,--message TEXT".
template <typename Value>
CLI::Option* add_value(CLI::App& command, const std::string& declaration, Value& value,
                       const std::string& description) {
  const size_t space = declaration.find(' ');
  const std::string type = space == std::string::npos ? "" : declaration.substr(space + 1);
  return command.add_option(declaration.substr(0, space), value, description)->type_name(type);
}

/// An option that may be given several times, with one value each time: a list that took all that
/// follows would swallow the files.
inline CLI::Option* add_repeated(CLI::App& command, const std::string& declaration,
                                 std::vector<std::string>& values, const std::string& description) {
  return add_value(command, declaration, values, description)->allow_extra_args(false);
}

/// CLI11 has such checks, but what they say of a wrong number is 300 digits long.
inline CLI::Validator whole_number(int64_t least) {
  const auto wrong = [least](const std::string& text) {
    int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed == std::errc() && stop == end && number >= least) return std::string();
    return fmt::format("'{}' is not a whole number from {} on", printable(text), least);
  };
  return {wrong, ""};
}

inline CLI::Option* add_dry_run(CLI::App& command, bool& dry_run) {
  return command.add_flag("-n,--dry-run", dry_run, "Say what would happen, and change nothing");
}

/// A command that has commands of its own, or cairn itself, and what to do with the one that is
/// named.
class CommandGroup {
 public:
  using Run = std::function<int(Session&)>;

  CommandGroup(CLI::App& app, std::function<void(Run)> choose)
      : app_(&app), choose_(std::move(choose)) {}

  /// A command with options.
  template <typename Options>
  void add(const std::string& name, const std::string& description, const std::string& examples,
           void (*declare)(CLI::App&, Options&), int (*run)(Session&, const Options&)) {
    // Shared, because the options outlive the tree inside of the invocation.
    const auto options = std::make_shared<Options>();
    CLI::App* command = app_->add_subcommand(name, description);
    declare(*command, *options);
    finish(*command, examples, [options, run](Session& session) { return run(session, *options); });
  }

  /// A command without options.
  void add(const std::string& name, const std::string& description, const std::string& examples,
           Run run) {
    finish(*app_->add_subcommand(name, description), examples, std::move(run));
  }

  /// A command whose commands follow its name: `cairn cache ls`.
  CommandGroup add_group(const std::string& name, const std::string& description) {
    CLI::App* group = app_->add_subcommand(name, description);
    group->require_subcommand(1);
    group->footer("");
    return {*group, choose_};
  }

 private:
  void finish(CLI::App& command, const std::string& examples, Run run) {
    command.footer("Examples:\n" + examples +
                   "\nCommon options: --json, -q, --no-progress, -C DIR, --config FILE; see "
                   "`cairn --help`.");
    command.callback([choose = choose_, run = std::move(run)] { choose(run); });
  }

  CLI::App* app_;
  std::function<void(Run)> choose_;
};

// publish_commands.cc

void add_publish_commands(CommandGroup& cairn);

// cache_commands.cc

void add_cache_commands(CommandGroup& cairn);

// checkpoint_commands.cc

void add_checkpoint_commands(CommandGroup& cairn);

// lineage_commands.cc

void add_lineage_commands(CommandGroup& cairn);

}  // namespace cairn::cli
