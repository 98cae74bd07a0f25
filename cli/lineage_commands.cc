#include "declaration.h"
#include "state_commands.h"

namespace cairn::cli {
namespace {

void add_format(CLI::App& command, std::string& format, std::filesystem::path& output) {
  add_value(command, "--format FORMAT", format, "text, json, mermaid, dot or html")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json", "mermaid", "dot", "html"}));
  add_value(command, "-o,--output FILE", output, "Write it to a file");
}

void declare_show(CLI::App& command, LineageShowOptions& options) {
  add_value(
      command, "REF", options.reference,
      "A dataset or one of its versions, like orders@7 or file:raw.csv; all datasets if none");
  command.add_flag("--upstream", options.upstream, "Only what it is made of");
  command.add_flag("--downstream", options.downstream, "Only what is made of it");
  add_value(command, "--depth N", options.depth, "Steps to go; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
  add_value(command, "--limit N", options.limit, "Versions or datasets to show at most; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
  add_value(command, "--as-of TIME", options.as_of, "As it was then, like 2026-01-15T09:30:00Z");
  add_format(command, options.format, options.output);
}

void declare_paths(CLI::App& command, LineagePathsOptions& options) {
  add_value(command, "FROM", options.from, "Where data came from")->required();
  add_value(command, "TO", options.to, "Where it went")->required();
  add_format(command, options.format, options.output);
}

void declare_reference(CLI::App& command, LineageReferenceOptions& options) {
  add_value(command, "REF", options.reference, "A dataset or one of its versions")->required();
}

void declare_diff(CLI::App& command, LineageDiffOptions& options) {
  add_value(command, "BEFORE", options.before, "The id of a run")->required();
  add_value(command, "AFTER", options.after, "Of another one")->required();
}

void declare_orphans(CLI::App& command, LineageOrphansOptions& options) {
  add_value(command, "--limit N", options.limit, "How many at most; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
}

void declare_runs(CLI::App& command, LineageRunsOptions& options) {
  auto* job = add_value(command, "JOB", options.job, "Only runs of this job");
  add_value(command, "--id RUN", options.id, "All about one run")->excludes(job);
  add_value(command, "--limit N", options.limit, "Newest runs to list; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
}

void declare_register(CLI::App& command, LineageRegisterOptions& options) {
  add_value(command, "DATASET", options.dataset, "NAME, or NAMESPACE:NAME")->required();
  add_repeated(command, "--metadata NAME=VALUE", options.metadata,
               "Something about it; numbers, true, false and JSON are taken as such");
  add_dry_run(command, options.dry_run);
}

void declare_track(CLI::App& command, LineageTrackOptions& options) {
  add_value(command, "ID", options.id, "An id for this run; telling it again changes nothing")
      ->required();
  add_repeated(command, "--input DATASET", options.inputs, "What was read");
  add_repeated(command, "--output DATASET", options.outputs, "What was made of it");
  add_value(command, "--type TYPE", options.type, "What kind of transformation it is")->required();
  add_repeated(command, "--param NAME=VALUE", options.parameters,
               "A parameter; numbers, true, false and JSON are taken as such");
  add_repeated(command, "--column IN.COLUMN=OUT.COLUMN", options.columns,
               "A column and what it was made of");
  add_value(command, "--code VERSION", options.code, "Which version of the code it was");
  add_value(command, "--parent RUN", options.parent, "The run that this is part of");
  add_value(command, "--error TEXT", options.error, "That it failed, and why");
  add_dry_run(command, options.dry_run);
}

void declare_export(CLI::App& command, LineageExportOptions& options) {
  add_value(command, "--openlineage FILE", options.openlineage,
            "Where to write OpenLineage events, one a line; - is standard output")
      ->required();
  add_value(command, "--run RUN", options.run, "Only the events of this run");
  add_dry_run(command, options.dry_run);
}

void add_questions(CommandGroup& lineage) {
  lineage.add<LineageShowOptions>("show", "Show what a dataset is made of, and what is made of it",
                                  "  cairn lineage show orders@42 --upstream --depth 0\n"
                                  "  cairn lineage show orders --format html -o page.html\n",
                                  declare_show, run_lineage_show);
  lineage.add<LineagePathsOptions>("paths", "Show every way from one dataset to another",
                                   "  cairn lineage paths file:raw.csv report\n"
                                   "  cairn lineage paths orders@7 report --format mermaid\n",
                                   declare_paths, run_lineage_paths);
  lineage.add<LineageReferenceOptions>("impact", "List the datasets that a change would reach",
                                       "  cairn lineage impact orders\n"
                                       "  cairn lineage impact file:raw.csv@3 --json\n",
                                       declare_reference, run_lineage_impact);
  lineage.add<LineageReferenceOptions>(
      "root-cause", "Find the nearest version that failed a check or changed; exit 1 if none did",
      "  cairn lineage root-cause report\n"
      "  cairn lineage root-cause report@12 --json\n",
      declare_reference, run_lineage_root_cause);
  lineage.add<LineageDiffOptions>("diff", "Say how two runs differ; exit 1 if they do",
                                  "  cairn lineage diff cleaning_001 cleaning_002\n"
                                  "  cairn lineage diff cleaning_001 cleaning_002 --json\n",
                                  declare_diff, run_lineage_diff);
  lineage.add<LineageOrphansOptions>("orphans", "List versions that no run made or used",
                                     "  cairn lineage orphans\n"
                                     "  cairn lineage orphans --limit 0 --json\n",
                                     declare_orphans, run_lineage_orphans);
  lineage.add<LineageRunsOptions>("runs", "List runs, newest first",
                                  "  cairn lineage runs\n"
                                  "  cairn lineage runs --id cleaning_001\n",
                                  declare_runs, run_lineage_runs);
}

}  // namespace

void add_lineage_commands(CommandGroup& cairn) {
  CommandGroup lineage =
      cairn.add_group("lineage", "Where data came from, and what was made of it");
  add_questions(lineage);
  lineage.add<LineageRegisterOptions>("register", "Record a dataset that was not published here",
                                      "  cairn lineage register raw_sales --metadata source=crm\n"
                                      "  cairn lineage register s3:bucket/raw -n\n",
                                      declare_register, run_lineage_register);
  lineage.add<LineageTrackOptions>(
      "track", "Record that datasets were made of others",
      "  cairn lineage track clean_001 --input raw_sales --output sales --type cleaning\n"
      "  cairn lineage track join_7 --input a --input b --output c --type join --param how=left\n",
      declare_track, run_lineage_track);
  lineage.add<LineageExportOptions>("export", "Write everything as OpenLineage events",
                                    "  cairn lineage export --openlineage events.jsonl\n"
                                    "  cairn lineage export --openlineage - --run cleaning_001\n",
                                    declare_export, run_lineage_export);
}

}  // namespace cairn::cli
