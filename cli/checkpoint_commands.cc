#include "state_commands.h"

#include "declaration.h"

namespace cairn::cli {
namespace {

void declare_checkpoint_save(CLI::App& command, CheckpointSaveOptions& options) {
  add_value(command, "PROCESS", options.process, "Name of the process")->required();
  add_value(command, "--step STEP", options.step, "Where the process stands")->required();
  add_repeated(command, "--completed STEP", options.completed, "A step that is done");
  add_value(command, "--state FILE", options.state,
            "JSON object with its state; values that JSON lacks are tagged as in docs/formats.md");
  add_repeated(command, "--table NAME=FILE", options.tables,
               "A table to keep, from CSV, Parquet, Arrow or JSON lines; without NAME= it is data");
  add_value(command, "--name NAME", options.name, "Keep it until it is removed by hand");
  add_value(command, "--schema-version V", options.schema_version, "Version of the state's form");
  add_value(command, "--app-version V", options.app_version, "Version of the program");
  add_value(command, "--keep-last N", options.keep_last, "Then keep the newest N; 5 by default")
      ->check(whole_number(1));
  add_dry_run(command, options.dry_run);
}

void declare_checkpoint_ls(CLI::App& command, CheckpointLsOptions& options) {
  add_value(command, "PROCESS", options.process, "Only those of this process");
}

void declare_checkpoint_show(CLI::App& command, CheckpointShowOptions& options) {
  add_value(command, "CHECKPOINT", options.checkpoint, "Its id, or a process for its newest")
      ->required();
  command.add_flag("--verify", options.verify, "Check every file; exit 16 if one is damaged");
}

void declare_checkpoint_load(CLI::App& command, CheckpointLoadOptions& options) {
  add_value(command, "CHECKPOINT", options.checkpoint,
            "Its id, or a process for the newest that is whole")
      ->required();
  add_value(command, "DIR", options.folder, "A folder that is new or empty")->required();
  add_value(command, "--format FORMAT", options.format, "parquet or csv, for the tables")
      ->capture_default_str()
      ->check(CLI::IsMember({"parquet", "csv"}));
  add_dry_run(command, options.dry_run);
}

void declare_checkpoint_gc(CLI::App& command, CheckpointGcOptions& options) {
  add_value(command, "PROCESS", options.process, "Only those of this process");
  add_value(command, "--keep-last N", options.keep_last, "Keep the newest of each process")
      ->capture_default_str()
      ->check(whole_number(0));
  add_value(command, "--keep-every N", options.keep_every, "Keep every n-th as well")
      ->check(whole_number(1));
  add_value(command, "--max-age AGE", options.max_age, "Older ones go all the same, like 30d");
  add_value(command, "--max-bytes SIZE", options.max_bytes,
            "The oldest go until those of a process take no more, like 10GB");
  auto* apply = command.add_flag("--apply", options.apply, "Do it; without it nothing is changed");
  add_dry_run(command, options.dry_run)->excludes(apply);
}

void declare_checkpoint_rm(CLI::App& command, CheckpointRmOptions& options) {
  add_value(command, "CHECKPOINT", options.checkpoint, "Its id")->required();
  add_dry_run(command, options.dry_run);
}

}  // namespace

void add_checkpoint_commands(CommandGroup& cairn) {
  CommandGroup group = cairn.add_group("checkpoint", "Save and load the state of processes");
  group.add<CheckpointSaveOptions>(
      "save", "Save a checkpoint by hand, or from a script",
      "  cairn checkpoint save etl --step clean --state state.json --table orders=orders.parquet\n"
      "  cairn checkpoint save etl --step done --name before-migration\n",
      declare_checkpoint_save, run_checkpoint_save);
  group.add<CheckpointLsOptions>("ls", "List checkpoints, newest first",
                                 "  cairn checkpoint ls\n"
                                 "  cairn checkpoint ls etl --json\n",
                                 declare_checkpoint_ls, run_checkpoint_ls);
  group.add<CheckpointShowOptions>("show", "Tell everything about a checkpoint",
                                   "  cairn checkpoint show etl --verify\n"
                                   "  cairn checkpoint show etl_20260115_093012-000042 --json\n",
                                   declare_checkpoint_show, run_checkpoint_show);
  group.add<CheckpointLoadOptions>(
      "load", "Write the state and the tables of a checkpoint into a folder",
      "  cairn checkpoint load etl recovered\n"
      "  cairn checkpoint load etl_20260115_093012-000042 recovered --format csv\n",
      declare_checkpoint_load, run_checkpoint_load);
  group.add<CheckpointGcOptions>("gc", "Remove old checkpoints; only says which, unless --apply",
                                 "  cairn checkpoint gc etl --keep-last 3 --max-age 30d\n"
                                 "  cairn checkpoint gc --max-bytes 10GB --apply\n",
                                 declare_checkpoint_gc, run_checkpoint_gc);
  group.add<CheckpointRmOptions>("rm", "Remove one checkpoint, named or not",
                                 "  cairn checkpoint rm etl_20260115_093012-000042\n"
                                 "  cairn checkpoint rm etl_20260115_093012-000042 -n\n",
                                 declare_checkpoint_rm, run_checkpoint_rm);
}

}  // namespace cairn::cli
