#include "nv/analysis/attacks/random.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace nv::attacks {

namespace {
std::uint64_t splitmix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}
}  // namespace

Random::Random(std::initializer_list<std::uint64_t> seeds) : state_{} {
  std::uint64_t mixed = 0;
  for (const std::uint64_t seed : seeds) {
    std::uint64_t s = seed ^ mixed;
    mixed = splitmix(s);
  }
  for (std::uint64_t& word : state_) word = splitmix(mixed);
}

std::uint64_t Random::bits() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9, t = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::unit() {
  return static_cast<double>(bits() >> 11U) * 0x1.0p-53;
}

float Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - unit())), angle = 2 * std::numbers::pi * unit();
  spare_ = static_cast<float>(radius * std::sin(angle));
  has_spare_ = true;
  return static_cast<float>(radius * std::cos(angle));
}

std::int64_t Random::below(std::int64_t count) {
  // The bias of the remainder is below count / 2^64.
  return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(count));
}

}  // namespace nv::attacks
