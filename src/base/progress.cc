#include "cairn/progress.h"

namespace cairn {
namespace {

class NoProgress final : public Progress {
 public:
  void begin(std::string_view, int64_t) override {}
  void advance(int64_t) override {}
};

}  // namespace

Progress& no_progress() {
  static NoProgress none;
  return none;
}

}  // namespace cairn
