#include "nv/analysis/rank/cover.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace nv::rank {

std::int64_t BitSet::count() const {
  std::int64_t sum = 0;
  for (const std::uint64_t w : words_) sum += std::popcount(w);
  return sum;
}

void BitSet::join(const BitSet& other) {
  for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

SectionRings::SectionRings(std::span<const std::uint16_t> sections, std::int64_t units, std::int64_t count)
    : units_(static_cast<std::size_t>(units)),
      next_(sections.size(), covered),
      gains_(sections.size() / std::max<std::size_t>(units_, 1), 0) {
  constexpr std::size_t units_at_once = 16;  // of neighbouring units, since rows are far apart
  const auto sections_per_unit = static_cast<std::size_t>(count);
  std::vector<std::uint32_t> first(units_at_once * sections_per_unit), last(first.size());
  for (std::size_t begin = 0; begin < units_; begin += units_at_once) {
    const std::size_t end = std::min(begin + units_at_once, units_);
    std::ranges::fill(first, covered);
    for (std::size_t i = 0; i < gains_.size(); ++i)
      for (std::size_t u = begin; u < end; ++u) {
        const std::uint16_t section = sections[i * units_ + u];
        if (section == none) continue;
        const std::size_t ring = (u - begin) * sections_per_unit + section;
        const auto input = static_cast<std::uint32_t>(i);
        if (first[ring] == covered) first[ring] = last[ring] = input;
        next_[last[ring] * units_ + u] = input;
        next_[i * units_ + u] = first[ring];
        last[ring] = input;
        ++gains_[i];
      }
  }
}

void SectionRings::take(std::size_t input) {
  for (std::size_t u = 0; u < units_; ++u) {
    if (next_[input * units_ + u] == covered) continue;
    std::size_t at = input;
    do {
      --gains_[at];
      at = std::exchange(next_[at * units_ + u], covered);
    } while (at != input);
  }
}

std::vector<ChosenInput> greedy_order(std::size_t inputs,
                                      const std::function<std::int64_t(std::size_t)>& gain,
                                      const std::function<void(std::size_t)>& take) {
  struct Bound {
    std::int64_t gain;
    std::size_t input;
    std::size_t round;  ///< number of inputs that were taken when it was computed
  };
  const auto after = [](const Bound& a, const Bound& b) {
    return a.gain != b.gain ? a.gain < b.gain : a.input > b.input;
  };
  std::priority_queue<Bound, std::vector<Bound>, decltype(after)> bounds(after);
  for (std::size_t i = 0; i < inputs; ++i) bounds.push({gain(i), i, 0});
  std::vector<ChosenInput> order;
  while (!bounds.empty() && bounds.top().gain > 0) {
    Bound best = bounds.top();
    bounds.pop();
    if (best.round == order.size()) {
      take(best.input);
      order.push_back({best.input, best.gain});
      continue;
    }
    best.gain = gain(best.input);
    best.round = order.size();
    bounds.push(best);
  }
  return order;
}

}  // namespace nv::rank
