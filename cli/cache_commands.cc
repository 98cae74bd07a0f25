#include "declaration.h"
#include "state_commands.h"

namespace cairn::cli {
namespace {

void declare_identity(CLI::App& command, CacheIdentityOptions& options) {
  add_value(command, "--process NAME", options.process, "Name of the process")->required();
  add_value(command, "--step NAME", options.step, "Name of its step")->required();
  add_repeated(command, "--param NAME=JSON", options.parameters,
               "A parameter: JSON with the tags of docs/formats.md; what is no JSON is text");
  add_repeated(command, "--input NAME=FILE", options.inputs,
               "What was read: a file, known by its content, or a digest cd1:...");
  add_value(command, "--code VERSION", options.code_version, "Version of the code that computes");
}

void declare_ls(CLI::App& command, CacheLsOptions& options) {
  add_value(command, "--process NAME", options.process, "Only results of this process");
  add_value(command, "--step NAME", options.step, "Only results of this step");
  add_value(command, "--limit N", options.limit, "How many to list; 0 for all")
      ->capture_default_str()
      ->check(whole_number(0));
}

void declare_get(CLI::App& command, CacheGetOptions& options) {
  declare_identity(command, options.identity);
  add_repeated(command, "--column NAME", options.columns, "Only this column");
  add_value(command, "--head N", options.head, "Only the first rows")->check(whole_number(0));
  add_value(command, "--format FORMAT", options.format, "csv or jsonl")
      ->capture_default_str()
      ->check(CLI::IsMember({"csv", "jsonl"}));
}

void declare_put(CLI::App& command, CachePutOptions& options) {
  add_value(command, "FILE", options.file, "CSV, Parquet, Arrow or JSON lines; - is standard input")
      ->required();
  declare_identity(command, options.identity);
  add_value(command, "--form FORM", options.form,
            "parquet: small, columns read alone; arrow: large, used where it lies")
      ->capture_default_str();
  add_value(command, "--ttl AGE", options.ttl, "How long it is valid, like 90m; or forever");
  add_value(command, "--cost TIME", options.cost, "What computing it took, like 40s");
  command.add_flag("--pin", options.pinned, "Never evict it");
}

void declare_pin(CLI::App& command, CachePinOptions& options) {
  add_value(command, "KEY", options.key, "The start of its key")->required();
  command.add_flag("--remove", options.remove, "Let it be evicted again");
}

void declare_gc(CLI::App& command, CacheGcOptions& options) {
  auto* apply = command.add_flag("--apply", options.apply, "Do it; without it nothing is changed");
  add_dry_run(command, options.dry_run)->excludes(apply);
}

void declare_clear(CLI::App& command, CacheClearOptions& options) {
  add_value(command, "--process NAME", options.process, "Results of this process");
  add_value(command, "--step NAME", options.step, "Results of this step");
  add_value(command, "--key KEY", options.key, "Results whose key starts so");
  command.add_flag("--all", options.all, "Everything");
  add_dry_run(command, options.dry_run);
}

}  // namespace

void add_cache_commands(CommandGroup& cairn) {
  CommandGroup group = cairn.add_group("cache", "Look at results that are kept, and forget them");
  group.add<CacheLsOptions>("ls", "List results, most recently used first",
                            "  cairn cache ls\n"
                            "  cairn cache ls --process etl --limit 0 --json\n",
                            declare_ls, run_cache_ls);
  group.add("stats", "Say what the cache holds and what it saved",
            "  cairn cache stats\n"
            "  cairn cache stats --json\n",
            run_cache_stats);
  group.add<CacheIdentityOptions>(
      "explain", "Say whether a lookup would hit, and if not, why; then exit 1",
      "  cairn cache explain --process etl --step clean --param threshold=2.5\n"
      "  cairn cache explain --process etl --step clean --input orders=orders.csv --code v1\n",
      declare_identity, run_cache_explain);
  group.add<CacheGetOptions>(
      "get", "Print the rows of a result; exit 1 if there is none",
      "  cairn cache get --process etl --step clean --param threshold=2.5 | head\n"
      "  cairn cache get --process etl --step clean --column amount --format jsonl\n",
      declare_get, run_cache_get);
  group.add<CachePutOptions>(
      "put", "Keep a file as a result",
      "  cairn cache put clean.parquet --process etl --step clean --param threshold=2.5\n"
      "  cairn cache put clean.csv --process etl --step clean --cost 40s --ttl 7d\n",
      declare_put, run_cache_put);
  group.add<CachePinOptions>("pin", "Never evict a result, or let it be evicted again",
                             "  cairn cache pin 3f9a6e1b\n"
                             "  cairn cache pin 3f9a6e1b --remove\n",
                             declare_pin, run_cache_pin);
  group.add<CacheGcOptions>(
      "gc", "Remove what is expired, damaged or stray; only says which, unless --apply",
      "  cairn cache gc\n"
      "  cairn cache gc --apply\n",
      declare_gc, run_cache_gc);
  group.add<CacheClearOptions>("clear", "Forget results",
                               "  cairn cache clear --process etl --step clean -n\n"
                               "  cairn cache clear --all\n",
                               declare_clear, run_cache_clear);
}

}  // namespace cairn::cli
