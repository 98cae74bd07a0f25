// Save the state and data of a process, and load them again.
//
//   checkpoint_management [FOLDER]     works in FOLDER, the current one by default

#include <arrow/api.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cairn/persistence_manager.h"
#include "example.h"

namespace {

void run() {
  const cairn::PipelineConfig config;
  cairn::PersistenceManager persistence_manager(config);

  const std::shared_ptr<arrow::Table> current_data = example::orders();
  const std::string checkpoint_id = persistence_manager.create_process_checkpoint(
      "etl_pipeline", "transformation", {"ingestion", "cleaning"}, current_data,
      {{"batch_id", "batch_001"}});
  std::cout << "saved " << checkpoint_id << "\n";

  const cairn::Checkpoint checkpoint =
      persistence_manager.checkpoint_manager().load_checkpoint(checkpoint_id);
  const cairn::CheckpointContent& content = checkpoint.content;
  if (!content.tables.at("data")->Equals(*current_data))
    throw cairn::Error(cairn::ErrorKind::internal, "the checkpoint has other data");
  std::cout << "loaded it: at '" << content.current_step << "' after "
            << content.completed_steps.size() << " steps, " << cairn::Value(content.state).to_json()
            << "\n";

  // What a process does when it starts: go on from the newest checkpoint that verifies.
  if (const auto recovery = persistence_manager.resume_process("etl_pipeline"))
    std::cout << "would resume from " << recovery->report.chosen << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  return example::main(count, arguments, run);
}
