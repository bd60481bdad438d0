// Sets of covered sections, and the order of inputs that cover most of what is left.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace nv::rank {

/// A set of numbers from 0 on.
class BitSet {
 public:
  BitSet() = default;
  explicit BitSet(std::int64_t size) : words_((static_cast<std::size_t>(size) + 63) / 64, 0) {}

  bool test(std::int64_t i) const { return (words_[word(i)] >> (i & 63) & 1U) != 0; }
  void set(std::int64_t i) { words_[word(i)] |= std::uint64_t{1} << (i & 63); }
  std::int64_t count() const;
  void join(const BitSet& other);
  std::span<std::uint64_t> words() { return words_; }
  std::span<const std::uint64_t> words() const { return words_; }

 private:
  static std::size_t word(std::int64_t i) { return static_cast<std::size_t>(i) / 64; }
  std::vector<std::uint64_t> words_;
};

/// What each input would add, if it covers at most one section of each unit. Inputs that cover the same
/// section of a unit form a ring; when one of them is taken, the ring is dissolved and all of them would add
/// one less. So every ring is walked once: the whole costs about inputs x units.
class SectionRings {
 public:
  static constexpr std::uint16_t none = 0xffff;
  /// `sections`: inputs x units, below `count` or `none`.
  SectionRings(std::span<const std::uint16_t> sections, std::int64_t units, std::int64_t count);

  std::int64_t gain(std::size_t input) const { return gains_[input]; }
  void take(std::size_t input);

 private:
  static constexpr std::uint32_t covered = 0xffffffff;

  std::size_t units_;
  std::vector<std::uint32_t> next_;  ///< inputs x units: the next input of the ring; `covered` for none
  std::vector<std::int64_t> gains_;
};

/// An input and what it added when it was taken.
struct ChosenInput {
  std::size_t input = 0;
  std::int64_t gain = 0;
};

/// Takes inputs one after the other, each time the one that adds most, the first of equal ones, until none
/// adds anything. `gain(i)`: what input i would add now, never more than before; `take(i)` adds it. Gains are
/// computed again only where an upper bound is the largest (lazy greedy), which gives the same order.
std::vector<ChosenInput> greedy_order(std::size_t inputs,
                                      const std::function<std::int64_t(std::size_t)>& gain,
                                      const std::function<void(std::size_t)>& take);

}  // namespace nv::rank
