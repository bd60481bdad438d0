// Random numbers that are the same on all machines.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace nv {

/// xoshiro256** (Blackman & Vigna 2018), seeded by splitmix64. Each use has its own generator, seeded by the
/// run's seed and a hash of what it is for (an input's id), so that a result does not depend on other work.
class Random {
 public:
  explicit Random(std::initializer_list<std::uint64_t> seeds);

  /// 64 random bits.
  std::uint64_t bits();
  /// Uniform in [0, 1).
  double unit();
  /// Uniform in [low, high).
  float uniform(float low, float high) { return low + static_cast<float>(unit()) * (high - low); }
  /// Standard normal (Box & Muller).
  float normal();
  /// Uniform in [0, count); count > 0.
  std::int64_t below(std::int64_t count);
  /// -1 or 1.
  float sign() { return (bits() >> 63U) != 0 ? 1.0F : -1.0F; }

 private:
  std::array<std::uint64_t, 4> state_;
  float spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace nv
