#include "checkpoints/state_migrations.h"

#include <fmt/format.h>

#include <deque>
#include <utility>
#include <vector>

#include "base/names.h"
#include "cairn/error.h"

namespace cairn::checkpoints {

void StateMigrations::add(const std::string& from, const std::string& to,
                          StateMigration migration) {
  if (from == to || !migration)
    throw Error(ErrorKind::invalid_argument,
                fmt::format("a migration of state must lead from one version to another, and '{}' "
                            "to '{}' does not",
                            printable(from), printable(to)));
  steps_[from][to] = std::move(migration);
}

Value::Map StateMigrations::bring(Value::Map state, const std::string& version) const {
  if (target_.empty() || version == target_) return state;
  // Breadth first: what is found is a shortest way.
  std::map<std::string, std::string> reached_from{{version, ""}};
  std::deque<std::string> next{version};
  while (!next.empty() && !reached_from.contains(target_)) {
    const std::string from = std::move(next.front());
    next.pop_front();
    const auto steps = steps_.find(from);
    if (steps == steps_.end()) continue;
    for (const auto& [to, migration] : steps->second)
      if (reached_from.emplace(to, from).second) next.push_back(to);
  }
  if (!reached_from.contains(target_))
    throw Error(ErrorKind::unsupported,
                fmt::format("its state has schema version '{}', and no migration leads from there "
                            "to '{}'",
                            printable(version), printable(target_)),
                "add the missing migration, or load it with the program that saved it");
  std::vector<std::string> way;
  for (std::string at = target_; at != version; at = reached_from.at(at)) way.push_back(at);
  std::string from = version;
  for (auto to = way.rbegin(); to != way.rend(); from = *to++)
    state = steps_.at(from).at(*to)(std::move(state));
  return state;
}

}  // namespace cairn::checkpoints
