#pragma once

#include <map>
#include <string>

#include "cairn/checkpoint_manager.h"

namespace cairn::checkpoints {

/// How states of older schema versions become states of the one in use.
class StateMigrations {
 public:
  void add(const std::string& from, const std::string& to, StateMigration migration);

  void set_target(const std::string& version) { target_ = version; }
  const std::string& target() const { return target_; }

  /// The state in the version in use, by the fewest steps that lead there; as it is where no
  /// version is in use.
  ///
  /// Errors   unsupported, naming both versions; what a migration throws.
  Value::Map bring(Value::Map state, const std::string& version) const;

 private:
  std::map<std::string, std::map<std::string, StateMigration>> steps_;  // by from, then to
  std::string target_;
};

}  // namespace cairn::checkpoints
