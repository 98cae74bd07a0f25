// Say where a dataset came from, and ask.
//
//   lineage_tracking [FOLDER]     works in FOLDER, the current one by default

#include <iostream>

#include "cairn/persistence_manager.h"
#include "example.h"

namespace {

void run() {
  const cairn::PipelineConfig config;
  cairn::PersistenceManager persistence_manager(config);
  cairn::DataLineageTracker& lineage_tracker = persistence_manager.lineage_tracker();

  lineage_tracker.register_dataset(
      "raw_sales_data", {{"source", "sales_db"}, {"records", 1000000}, {"date", "2023-01-01"}});
  lineage_tracker.track_transformation("sales_cleaning_001", {"raw_sales_data"},
                                       {"cleaned_sales_data"}, "data_cleaning",
                                       {{"remove_duplicates", true}, {"validate_emails", true}});

  std::cout << lineage_tracker.upstream("cleaned_sales_data").to_text();
}

}  // namespace

int main(int count, char** arguments) {
  return example::main(count, arguments, run);
}
