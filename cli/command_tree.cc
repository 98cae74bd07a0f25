#include "command_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/names.h"
#include "cairn/error.h"
#include "commands.h"
#include "completion.h"
#include "declaration.h"

namespace cairn::cli {
namespace {

constexpr const char* kAbout =
    "Publishes tables as versioned, verified CSV and Parquet datasets.\n"
    "Results go to standard output, everything else to standard error.";

constexpr const char* kReferences =
    "A REF is a dataset and one of its versions: orders, orders@42, orders@tag:gold,\n"
    "orders@asof:2026-01-15, or orders@ and the start of an export id. Without @ it is the newest.";

// The command line of cairn: every command, what it takes, and what it was told.
class CommandTree {
 public:
  CommandTree();

  Invocation parse(const std::vector<std::string>& arguments);

 private:
  void add_completion(CommandGroup& cairn);

  [[noreturn]] void refuse(const CLI::ParseError& error) const;
  const CLI::App& chosen() const;
  std::vector<CommandWords> words() const;

  CLI::App app_{kAbout, "cairn"};
  Invocation invocation_;
};

CommandTree::CommandTree() {
  app_.fallthrough();
  app_.require_subcommand(0, 1);
  app_.set_version_flag("--version", "cairn " CAIRN_VERSION);
  app_.add_flag("--json", invocation_.common.json, "Results and errors as JSON");
  app_.add_flag("-q,--quiet", invocation_.common.quiet, "Nothing but results and errors");
  app_.add_flag("--no-progress", invocation_.common.no_progress, "No progress on a terminal");
  add_value(app_, "-C DIR", invocation_.common.directory, "Run as if started in this directory");
  add_value(app_, "--config FILE", invocation_.common.config,
            "Configuration; else cairn.yaml or config/pipeline_config.yaml");
  app_.footer(kReferences);
  CommandGroup cairn(app_, [this](CommandGroup::Run run) { invocation_.run = std::move(run); });
  add_publish_commands(cairn);
  add_cache_commands(cairn);
  add_checkpoint_commands(cairn);
  add_lineage_commands(cairn);
  add_completion(cairn);
}

// Declared last, because it knows all others, and itself.
void CommandTree::add_completion(CommandGroup& cairn) {
  const auto script = std::make_shared<std::string>();
  CommandGroup completion = cairn.add_group("completion", "Print a script that completes words");
  completion.add("bash", "For bash",
                 "  eval \"$(cairn completion bash)\"\n"
                 "  cairn completion bash > /etc/bash_completion.d/cairn\n",
                 [script](Session& session) {
                   session.out().write(*script);
                   return kDone;
                 });
  *script = bash_completion(words());
}

// The command that was named, however deep; cairn itself when there was none.
const CLI::App& CommandTree::chosen() const {
  const CLI::App* command = &app_;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::vector<std::string> commands_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(sub->get_name());
  }
  return names;
}

std::vector<CommandWords> CommandTree::words() const {
  const std::vector<std::string> common = options_of(app_);
  std::vector<CommandWords> words{{"", commands_of(app_)}};
  for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back({command->get_name(), commands_of(*command)});
    const auto options = options_of(*command);
    words.back().words.insert(words.back().words.end(), options.begin(), options.end());
  }
  for (CommandWords& command : words) {
    command.words.insert(command.words.end(), common.begin(), common.end());
    std::sort(command.words.begin(), command.words.end());
    command.words.erase(std::unique(command.words.begin(), command.words.end()),
                        command.words.end());
  }
  return words;
}

// What is wrong with a word that no command knows.
std::string complaint_about(const std::string& word, const CLI::App& command) {
  if (word.starts_with('-') && word != "-") {
    return fmt::format("there is no option '{}'", printable(word));
  }
  if (!commands_of(command).empty()) {
    return fmt::format("there is no command '{}'", printable(word));
  }
  return fmt::format("the argument '{}' is one too many", printable(word));
}

void CommandTree::refuse(const CLI::ParseError& error) const {
  const CLI::App& command = chosen();
  std::string message = error.what();
  std::string nearest;
  // A misspelt option leaves what it was for missing, so words that nobody knows come first.
  if (const auto unknown = app_.remaining(true); !unknown.empty()) {
    message = complaint_about(unknown.front(), command);
    auto candidates = unknown.front().starts_with('-') ? options_of(command) : commands_of(command);
    const auto common = options_of(app_);
    if (unknown.front().starts_with('-')) {
      candidates.insert(candidates.end(), common.begin(), common.end());
    }
    nearest = closest(unknown.front(), candidates);
  } else if (!commands_of(command).empty()) {
    message = fmt::format("`{}` needs to be told what to do", full_name(command));
  }
  message.erase(message.find_last_not_of(" \n.") + 1);
  throw Error(ErrorKind::invalid_argument, message,
              nearest.empty() ? fmt::format("`{} --help` says what it takes", full_name(command))
                              : fmt::format("did you mean '{}'?", nearest));
}

Invocation CommandTree::parse(const std::vector<std::string>& arguments) {
  try {
    app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    invocation_.run = [text = app_.help()](Session& session) {
      session.out().write(text);
      return kDone;
    };
  } catch (const CLI::CallForVersion& version) {
    invocation_.run = [text = std::string(version.what()) + "\n"](Session& session) {
      session.out().write(text);
      return kDone;
    };
  } catch (const CLI::ParseError& error) {
    refuse(error);
  }
  if (!invocation_.run) {
    throw Error(ErrorKind::invalid_argument, "no command was given", "`cairn --help` lists them");
  }
  return invocation_;
}

}  // namespace

Invocation parse_command_line(const std::vector<std::string>& arguments) {
  return CommandTree().parse(arguments);
}

}  // namespace cairn::cli
