#include "cache/flights.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "cache/space.h"

namespace cairn::cache {

struct Flights::Claim::Flight {
  std::condition_variable ended;
  bool over = false;
  std::optional<CacheResult> result;
};

Flights::Claim::Claim(Flights& flights, std::string key, std::shared_ptr<Flight> flight,
                      std::optional<io::RangeLocks::Held> lock)
    : flights_(flights), key_(std::move(key)), flight_(std::move(flight)), lock_(std::move(lock)) {}

Flights::Claim::~Claim() {
  const std::lock_guard lock(flights_.mutex_);
  lock_.reset();
  flights_.flights_.erase(key_);
  flight_->over = true;
  flight_->ended.notify_all();
}

void Flights::Claim::land(const CacheResult& result) {
  const std::lock_guard lock(flights_.mutex_);
  flight_->result = result;
}

std::unique_ptr<Flights::Claim> Flights::try_claim(const std::string& key, io::RangeLocks* locks) {
  const std::lock_guard lock(mutex_);
  if (flights_.contains(key)) return nullptr;
  auto held = locks == nullptr ? std::nullopt : locks->try_acquire(claim_position(key));
  if (locks != nullptr && !held) return nullptr;
  const auto flight = std::make_shared<Claim::Flight>();
  flights_.emplace(key, flight);
  return std::unique_ptr<Claim>(new Claim(*this, key, flight, std::move(held)));
}

// Other processes are polled: a wait inside the kernel could not be told about a thread of our own
// that got the claim, nor be interrupted.
std::optional<CacheResult> Flights::wait(const std::string& key, io::RangeLocks* locks) {
  std::chrono::microseconds pause{500};
  constexpr std::chrono::microseconds kLongestPause{20'000};
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (const auto found = flights_.find(key); found != flights_.end()) {
        const auto flight = found->second;
        flight->ended.wait(lock, [&] { return flight->over; });
        return flight->result;
      }
    }
    if (locks == nullptr || !locks->is_held(claim_position(key))) return std::nullopt;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace cairn::cache
