#include "io/range_locks.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace cairn::io {
namespace {

struct flock range_at(int64_t position, short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = position;
  range.l_len = 1;
  return range;
}

}  // namespace

RangeLocks::Held::Held(Held&& other) noexcept
    : locks_(std::exchange(other.locks_, nullptr)), position_(other.position_) {}

RangeLocks::Held& RangeLocks::Held::operator=(Held&& other) noexcept {
  std::swap(locks_, other.locks_);
  std::swap(position_, other.position_);
  return *this;
}

RangeLocks::Held::~Held() {
  if (locks_ != nullptr) locks_->release(position_);
}

RangeLocks::RangeLocks(std::filesystem::path file) : path_(std::move(file)) {
  open_file();
  if (!file_.is_open()) throw system_error("open", path_);
}

void RangeLocks::open_file() {
  file_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
}

// In a child, before all else. Another thread of the parent may have held the mutex, so that it is
// left behind as it is. Where the file cannot be opened every lock is refused from then on.
void RangeLocks::start_anew() {
  file_.reset();
  open_file();
  static_cast<void>(own_.release());
  own_ = std::make_unique<Own>();
}

std::optional<RangeLocks::Held> RangeLocks::try_acquire(int64_t position) {
  const std::lock_guard lock(own_->mutex);
  if (own_->positions.contains(position)) return std::nullopt;
  struct flock range = range_at(position, F_WRLCK);
  while (::fcntl(file_.get(), F_OFD_SETLK, &range) != 0) {
    if (errno == EAGAIN || errno == EACCES) return std::nullopt;
    if (errno != EINTR) throw system_error("lock a part of", path_);
  }
  own_->positions.insert(position);
  return Held(*this, position);
}

void RangeLocks::release(int64_t position) {
  const std::lock_guard lock(own_->mutex);
  struct flock range = range_at(position, F_UNLCK);
  ::fcntl(file_.get(), F_OFD_SETLK, &range);
  own_->positions.erase(position);
}

bool RangeLocks::is_held(int64_t position) {
  const std::lock_guard lock(own_->mutex);
  if (own_->positions.contains(position)) return true;
  struct flock range = range_at(position, F_WRLCK);
  if (::fcntl(file_.get(), F_OFD_GETLK, &range) != 0) throw system_error("look at", path_);
  return range.l_type != F_UNLCK;
}

}  // namespace cairn::io
