#include "commands.h"
#include "declaration.h"

namespace cairn::cli {
namespace {

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
  command.add_flag("--state", options.state,
                   "Remove cache entries that are expired or damaged, and all but the newest five "
                   "checkpoints of each process");
  auto* apply = command.add_flag("--apply", options.apply, "Do it; without it nothing is changed");
  add_dry_run(command, options.dry_run)->excludes(apply);
}

void declare_demo(CLI::App& command, DemoOptions& options) {
  add_value(command, "DIR", options.folder, "Where to put it")->capture_default_str();
  add_value(command, "--die-after STEP", options.die_after, "")->group("");  // not for people
}

void add_writing_commands(CommandGroup& cairn) {
  cairn.add<ExportOptions>(
      "export", "Publish files as the next version of a dataset",
      "  cairn export orders.csv --dataset orders --tag nightly\n"
      "  cairn export orders.parquet -d shop --analytical by_day=by_day.csv -n\n",
      declare_export, run_export);
  cairn.add<TagOptions>("tag", "Give a version a name, or take one away",
                        "  cairn tag orders@42 gold\n"
                        "  cairn tag orders gold --delete\n",
                        declare_tag, run_tag);
  cairn.add<RollbackOptions>("rollback", "Make a new version that has the files of an old one",
                             "  cairn rollback orders@41\n"
                             "  cairn rollback orders@tag:gold -m \"42 has doubled rows\"\n",
                             declare_rollback, run_rollback);
}

void add_reading_commands(CommandGroup& cairn) {
  cairn.add<VersionsOptions>("versions", "List versions, newest first",
                             "  cairn versions\n"
                             "  cairn versions orders --limit 0 --json\n",
                             declare_versions, run_versions);
  cairn.add<ShowOptions>("show", "Tell everything about a version",
                         "  cairn show orders\n"
                         "  cairn show orders@42 --schema\n",
                         declare_show, run_show);
  cairn.add<CatOptions>("cat", "Print the rows of a table",
                        "  cairn cat orders | head\n"
                        "  cairn cat orders@tag:gold --table by_day --format jsonl\n",
                        declare_cat, run_cat);
  cairn.add<GetOptions>("get", "Copy a version's files into a folder, checking every byte",
                        "  cairn get orders orders-newest\n"
                        "  cairn get orders@42 /mnt/usb/orders-42\n",
                        declare_get, run_get);
  cairn.add<DiffOptions>("diff",
                         "Say which columns and rows of two versions differ; exit 1 if any do",
                         "  cairn diff orders@41 orders\n"
                         "  cairn diff orders@tag:gold orders --json\n",
                         declare_diff, run_diff);
}

void add_checking_commands(CommandGroup& cairn) {
  cairn.add<VerifyOptions>("verify",
                           "Hold files against what was recorded; exit 1 if anything is wrong",
                           "  cairn verify orders\n"
                           "  cairn verify --all --level checksum --report health.html\n",
                           declare_verify, run_verify);
  cairn.add<CompareOptions>("compare", "Hold one file against another; exit 1 if they differ",
                            "  cairn compare orders.csv orders.parquet --dtypes csv\n"
                            "  cairn compare old.csv new.csv --key order_id --tolerance 1e-9\n",
                            declare_compare, run_compare);
}

void add_store_commands(CommandGroup& cairn) {
  cairn.add<StatusOptions>("status", "Say in short what the store holds and how it is",
                           "  cairn status\n"
                           "  cairn status --prometheus\n",
                           declare_status, run_status);
  cairn.add<DoctorOptions>("doctor", "Look at everything; exit 1 if anything is broken",
                           "  cairn doctor\n"
                           "  cairn doctor --level content --json\n",
                           declare_doctor, run_doctor);
  cairn.add<GcOptions>("gc",
                       "Remove old versions and forgotten files; only says which, unless --apply",
                       "  cairn gc orders --keep-last 10 --keep-within 30d\n"
                       "  cairn gc --orphans --apply\n",
                       declare_gc, run_gc);
  cairn.add<DemoOptions>("demo", "Show on made-up data of a shop what all of this is for",
                         "  cairn demo\n"
                         "  cairn demo /tmp/shop\n",
                         declare_demo, run_demo);
  cairn.add("version", "Print the versions of cairn and its libraries",
            "  cairn version\n"
            "  cairn version --json\n",
            run_version);
}

void add_config_commands(CommandGroup& cairn) {
  CommandGroup config = cairn.add_group("config", "Look at the configuration");
  config.add("show", "Print every setting, its value and where it comes from",
             "  cairn config show\n"
             "  CAIRN_THREADS=2 cairn config show --json\n",
             run_config_show);
}

}  // namespace

void add_publish_commands(CommandGroup& cairn) {
  add_writing_commands(cairn);
  add_reading_commands(cairn);
  add_checking_commands(cairn);
  add_store_commands(cairn);
  add_config_commands(cairn);
}

}  // namespace cairn::cli
