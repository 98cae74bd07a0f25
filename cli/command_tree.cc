#include "command_tree.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "base/names.h"
#include "cairn/error.h"
#include "commands.h"
#include "completion.h"

namespace cairn::cli {
namespace {

constexpr const char* kAbout =
    "Publishes tables as versioned, verified CSV and Parquet datasets.\n"
    "Results go to standard output, everything else to standard error.";

constexpr const char* kReferences =
    "A REF is a dataset and one of its versions: orders, orders@42, orders@tag:gold,\n"
    "orders@asof:2026-01-15, or orders@ and the start of an export id. Without @ it is the newest.";

// Declare an argument "NAME", or an option with what its value is: "-m,--message TEXT".
template <typename Value>
CLI::Option* add_value(CLI::App& command, const std::string& declaration, Value& value,
                       const std::string& description) {
  const size_t space = declaration.find(' ');
  const std::string type = space == std::string::npos ? "" : declaration.substr(space + 1);
  return command.add_option(declaration.substr(0, space), value, description)->type_name(type);
}

// An option that may be given several times, with one value each time: a list that took all that
// follows would swallow the files.
CLI::Option* add_repeated(CLI::App& command, const std::string& declaration,
                          std::vector<std::string>& values, const std::string& description) {
  return add_value(command, declaration, values, description)->allow_extra_args(false);
}

// CLI11 has such checks, but what they say of a wrong number is 300 digits long.
CLI::Validator whole_number(int64_t least) {
  const auto wrong = [least](const std::string& text) {
    int64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, failed] = std::from_chars(text.data(), end, number);
    if (failed == std::errc() && stop == end && number >= least) return std::string();
    return fmt::format("'{}' is not a whole number from {} on", printable(text), least);
  };
  return {wrong, ""};
}

CLI::Option* add_dry_run(CLI::App& command, bool& dry_run) {
  return command.add_flag("-n,--dry-run", dry_run, "Say what would happen, and change nothing");
}

void declare_export(CLI::App& command, ExportOptions& options) {
  add_value(command, "FILE", options.files,
            "CSV, Parquet, Arrow or JSON lines files; several with the same columns become "
            "one table; - is standard input")
      ->required();
  add_value(command, "-d,--dataset NAME", options.dataset, "Name of the dataset")->required();
  add_repeated(command, "--analytical NAME=FILE", options.analytical,
               "An analytical table published in the same version");
  add_value(command, "--format LIST", options.flags.formats, "Formats to write: csv,parquet");
  add_repeated(command, "--tag TAG", options.tags,
               "Name for the new version; no other may have it");
  add_value(command, "-m,--message TEXT", options.message, "What this version is");
  add_value(command, "--author NAME", options.author, "Who made it; you by default");
  add_value(command, "--key KEY", options.key,
            "Idempotency key: a retry with the same key returns the same version");
  add_value(command, "--expect N", options.expect,
            "Fail unless this is the newest version now; 0 for none")
      ->check(whole_number(0));
  add_value(command, "--memory SIZE", options.flags.memory,
            "Memory for data on its way, like 512MB");
  add_value(command, "--threads N", options.flags.threads, "Threads; all processors by default")
      ->check(whole_number(1));
  command.add_flag("--sha256", options.flags.sha256, "SHA-256 of every file, beside MD5 and XXH3");
  add_dry_run(command, options.dry_run);
}

void declare_versions(CLI::App& command, VersionsOptions& options) {
  add_value(command, "DATASET", options.dataset, "Only versions of this dataset");
  add_value(command, "--limit N", options.limit, "Newest versions to list; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
}

void declare_show(CLI::App& command, ShowOptions& options) {
  add_value(command, "REF", options.reference, "The version")->required();
  auto* manifest = command.add_flag("--manifest", options.manifest, "Its Data Package descriptor");
  auto* md5 = command.add_flag("--md5", options.md5, "Lines for `md5sum -c`");
  auto* schema = command.add_flag("--schema", options.schema, "Columns and types of its tables");
  manifest->excludes(md5)->excludes(schema);
  md5->excludes(schema);
}

void declare_cat(CLI::App& command, CatOptions& options) {
  add_value(command, "REF", options.reference, "The version")->required();
  add_value(command, "--table NAME", options.table, "Which table; the processed data by default");
  add_value(command, "--head N", options.head, "Only the first rows")->check(whole_number(0));
  add_value(command, "--format FORMAT", options.format, "csv or jsonl")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "jsonl"}));
}

void declare_get(CLI::App& command, GetOptions& options) {
  add_value(command, "REF", options.reference, "The version")->required();
  add_value(command, "DIR", options.folder, "A folder that is new or empty")->required();
  add_dry_run(command, options.dry_run);
}

void declare_tag(CLI::App& command, TagOptions& options) {
  add_value(command, "REF", options.reference, "The version, or with --delete the dataset")
      ->required();
  add_value(command, "NAME", options.name, "The tag")->required();
  auto* replace =
      command.add_flag("--replace", options.replace, "Take it from the version that has it now");
  command.add_flag("--delete", options.remove, "Remove the tag")->excludes(replace);
  add_dry_run(command, options.dry_run);
}

void declare_rollback(CLI::App& command, RollbackOptions& options) {
  add_value(command, "REF", options.reference, "The version to go back to")->required();
  add_value(command, "-m,--message TEXT", options.message, "Why");
  add_dry_run(command, options.dry_run);
}

void declare_diff(CLI::App& command, DiffOptions& options) {
  add_value(command, "BEFORE", options.before, "A version")->required();
  add_value(command, "AFTER", options.after, "Another one")->required();
}

void declare_verify(CLI::App& command, VerifyOptions& options) {
  auto* reference = add_value(command, "REF", options.reference, "The version");
  command.add_flag("--all", options.all, "Every version of every dataset")->excludes(reference);
  add_value(command, "--level LEVEL", options.level, "size, checksum, structure or content")
      ->capture_default_str();
  add_value(command, "--report FILE", options.report, "Write the report to FILE.html or FILE.json");
}

void declare_compare(CLI::App& command, CompareOptions& options) {
  add_value(command, "ORIGINAL", options.original, "CSV, Parquet, Arrow or JSON lines")->required();
  add_value(command, "EXPORTED", options.exported, "The file to hold against it")->required();
  auto* keys = add_repeated(command, "--key COLUMN", options.keys,
                            "Bring rows together by this column, not by position");
  auto* multiset =
      command.add_flag("--multiset", options.multiset, "Compare rows without their order");
  multiset->excludes(keys);
  add_value(command, "--tolerance ABS[,REL]", options.tolerance,
            "ABS or ABS,REL: how far floating-point values may be apart");
  auto* sample = add_value(command, "--sample N", options.sample, "Compare only this many rows")
                     ->check(whole_number(1));
  sample->excludes(keys)->excludes(multiset);
  add_value(command, "--seed N", options.seed, "Which rows --sample takes; 0 by default")
      ->needs(sample);
  add_value(command, "--dtypes POLICY", options.dtypes, "strict, flexible or csv")
      ->capture_default_str();
  add_repeated(command, "--mask COLUMN", options.masked, "Never show values of this column");
  add_value(command, "--report FILE", options.report, "Write the report to FILE.html or FILE.json");
}

void declare_status(CLI::App& command, StatusOptions& options) {
  command.add_flag("--prometheus", options.prometheus, "As Prometheus text");
}

void declare_doctor(CLI::App& command, DoctorOptions& options) {
  add_value(command, "--level LEVEL", options.level,
            "How deep to look at data files: size, checksum, structure or content")
      ->capture_default_str();
}

void declare_gc(CLI::App& command, GcOptions& options) {
  add_value(command, "DATASET", options.dataset, "Only this dataset");
  add_value(command, "--keep-last N", options.keep_last, "Keep the newest versions of each dataset")
      ->check(whole_number(1));
  add_value(command, "--keep-within AGE", options.keep_within,
            "Keep versions younger than, like 30d");
  command.add_flag("--orphans", options.orphans, "Remove files that no version refers to");
  auto* apply = command.add_flag("--apply", options.apply, "Do it; without it nothing is changed");
  add_dry_run(command, options.dry_run)->excludes(apply);
}

void declare_demo(CLI::App& command, DemoOptions& options) {
  add_value(command, "DIR", options.folder, "Where to put it")->capture_default_str();
}

// The command line of cairn: every command, what it takes, and what it was told.
class CommandTree {
 public:
  CommandTree();

  Invocation parse(const std::vector<std::string>& arguments);

 private:
  template <typename Options>
  void add(const std::string& name, const std::string& description, const std::string& examples,
           void (*declare)(CLI::App&, Options&), int (*run)(Session&, const Options&)) {
    // Shared, because the options outlive the tree inside of the invocation.
    const auto options = std::make_shared<Options>();
    CLI::App* command = app_.add_subcommand(name, description);
    declare(*command, *options);
    finish(*command, examples, [options, run](Session& session) { return run(session, *options); });
  }

  void add_plain(CLI::App& parent, const std::string& name, const std::string& description,
                 const std::string& examples, std::function<int(Session&)> run) {
    finish(*parent.add_subcommand(name, description), examples, std::move(run));
  }

  void finish(CLI::App& command, const std::string& examples, std::function<int(Session&)> run);
  void add_writing_commands();
  void add_reading_commands();
  void add_checking_commands();
  void add_store_commands();
  void add_groups();

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
  add_writing_commands();
  add_reading_commands();
  add_checking_commands();
  add_store_commands();
  add_groups();
}

void CommandTree::finish(CLI::App& command, const std::string& examples,
                         std::function<int(Session&)> run) {
  command.footer("Examples:\n" + examples +
                 "\nCommon options: --json, -q, --no-progress, -C DIR, --config FILE; see "
                 "`cairn --help`.");
  command.callback([this, run = std::move(run)] { invocation_.run = run; });
}

void CommandTree::add_writing_commands() {
  add<ExportOptions>("export", "Publish files as the next version of a dataset",
                     "  cairn export orders.csv --dataset orders --tag nightly\n"
                     "  cairn export orders.parquet -d shop --analytical by_day=by_day.csv -n\n",
                     declare_export, run_export);
  add<TagOptions>("tag", "Give a version a name, or take one away",
                  "  cairn tag orders@42 gold\n"
                  "  cairn tag orders gold --delete\n",
                  declare_tag, run_tag);
  add<RollbackOptions>("rollback", "Make a new version that has the files of an old one",
                       "  cairn rollback orders@41\n"
                       "  cairn rollback orders@tag:gold -m \"42 has doubled rows\"\n",
                       declare_rollback, run_rollback);
}

void CommandTree::add_reading_commands() {
  add<VersionsOptions>("versions", "List versions, newest first",
                       "  cairn versions\n"
                       "  cairn versions orders --limit 0 --json\n",
                       declare_versions, run_versions);
  add<ShowOptions>("show", "Tell everything about a version",
                   "  cairn show orders\n"
                   "  cairn show orders@42 --schema\n",
                   declare_show, run_show);
  add<CatOptions>("cat", "Print the rows of a table",
                  "  cairn cat orders | head\n"
                  "  cairn cat orders@tag:gold --table by_day --format jsonl\n",
                  declare_cat, run_cat);
  add<GetOptions>("get", "Copy a version's files into a folder, checking every byte",
                  "  cairn get orders orders-newest\n"
                  "  cairn get orders@42 /mnt/usb/orders-42\n",
                  declare_get, run_get);
  add<DiffOptions>("diff", "Say which columns and rows of two versions differ; exit 1 if any do",
                   "  cairn diff orders@41 orders\n"
                   "  cairn diff orders@tag:gold orders --json\n",
                   declare_diff, run_diff);
}

void CommandTree::add_checking_commands() {
  add<VerifyOptions>("verify", "Hold files against what was recorded; exit 1 if anything is wrong",
                     "  cairn verify orders\n"
                     "  cairn verify --all --level checksum --report health.html\n",
                     declare_verify, run_verify);
  add<CompareOptions>("compare", "Hold one file against another; exit 1 if they differ",
                      "  cairn compare orders.csv orders.parquet --dtypes csv\n"
                      "  cairn compare old.csv new.csv --key order_id --tolerance 1e-9\n",
                      declare_compare, run_compare);
}

void CommandTree::add_store_commands() {
  add<StatusOptions>("status", "Say in short what the store holds and how it is",
                     "  cairn status\n"
                     "  cairn status --prometheus\n",
                     declare_status, run_status);
  add<DoctorOptions>("doctor", "Look at everything; exit 1 if anything is broken",
                     "  cairn doctor\n"
                     "  cairn doctor --level content --json\n",
                     declare_doctor, run_doctor);
  add<GcOptions>("gc", "Remove old versions and forgotten files; only says which, unless --apply",
                 "  cairn gc orders --keep-last 10 --keep-within 30d\n"
                 "  cairn gc --orphans --apply\n",
                 declare_gc, run_gc);
  add<DemoOptions>("demo", "Show on made-up data of a shop what all of this is for",
                   "  cairn demo\n"
                   "  cairn demo /tmp/shop\n",
                   declare_demo, run_demo);
  add_plain(app_, "version", "Print the versions of cairn and its libraries",
            "  cairn version\n"
            "  cairn version --json\n",
            run_version);
}

void CommandTree::add_groups() {
  CLI::App* config = app_.add_subcommand("config", "Look at the configuration");
  config->require_subcommand(1);
  config->footer("");
  add_plain(*config, "show", "Print every setting, its value and where it comes from",
            "  cairn config show\n"
            "  CAIRN_THREADS=2 cairn config show --json\n",
            run_config_show);
  CLI::App* completion = app_.add_subcommand("completion", "Print a script that completes words");
  completion->require_subcommand(1);
  completion->footer("");
  CLI::App* bash = completion->add_subcommand("bash", "For bash");
  finish(*bash,
         "  eval \"$(cairn completion bash)\"\n"
         "  cairn completion bash > /etc/bash_completion.d/cairn\n",
         [script = bash_completion(words())](Session& session) {
           session.out().write(script);
           return kDone;
         });
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
