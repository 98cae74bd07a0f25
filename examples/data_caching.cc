// Keep an intermediate result under what it was computed from, and find it again.
//
//   data_caching [FOLDER]     works in FOLDER, the current one by default

#include <arrow/api.h>

#include <iostream>
#include <memory>

#include "cairn/persistence_manager.h"
#include "example.h"

namespace {

void run() {
  const cairn::PipelineConfig config;
  cairn::PersistenceManager persistence_manager(config);

  const std::shared_ptr<arrow::Table> intermediate = example::orders();
  const cairn::Value::Map parameters = {{"remove_outliers", true}, {"threshold", 3.0}};

  const std::string cache_key = persistence_manager.cache_intermediate_result(
      example::read(intermediate), "data_pipeline", "cleaning", parameters);
  std::cout << "kept as " << cache_key << "\n";

  const auto cached =
      persistence_manager.get_cached_result("data_pipeline", "cleaning", parameters);
  if (cached == nullptr || !cached->Equals(*intermediate))
    throw cairn::Error(cairn::ErrorKind::internal, "the cached result is another one");
  std::cout << "found " << cached->num_rows() << " rows\n";

  // Other parameters are another result, and the cache says which of them it is.
  const auto missed = persistence_manager.cache().explain(
      {"data_pipeline", "cleaning", {{"remove_outliers", true}, {"threshold", 2.5}}, {}, {}});
  std::cout << "another threshold: " << to_string(*missed.miss) << ", " << missed.explanation
            << "\n";
}

}  // namespace

int main(int count, char** arguments) {
  return example::main(count, arguments, run);
}
