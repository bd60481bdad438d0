#include "nv/analysis/attacks/losses.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "nv/analysis/gradient.h"

namespace nv::attacks {

namespace {

std::vector<std::size_t> by_logit(Values logits) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t k) { return logits[k]; });
  return order;
}

/// (other - label) / (first - mean of two lower logits).
struct Ratio {
  std::size_t label, other, first, below, below2;

  double above(Values z) const { return static_cast<double>(z[label] - z[other]); }
  double spread(Values z) const {
    if (z.size() < 3) return 1;
    return static_cast<double>(z[first]) -
           (static_cast<double>(z[below]) + static_cast<double>(z[below2])) / 2 + 1e-12;
  }
  double value(Values z) const { return -above(z) / spread(z); }
  void add_gradient(Values z, std::span<float> d) const {
    const double size = spread(z), slope = above(z) / (size * size);
    d[label] -= static_cast<float>(1 / size);
    d[other] += static_cast<float>(1 / size);
    if (z.size() < 3) return;
    d[first] += static_cast<float>(slope);
    d[below] -= static_cast<float>(slope / 2);
    d[below2] -= static_cast<float>(slope / 2);
  }
};

Ratio ratio_of(Values logits, std::size_t label) {
  const std::vector<std::size_t> order = by_logit(logits);
  const std::size_t third = order[std::min<std::size_t>(2, order.size() - 1)];
  return {label, order[0] == label ? order[1] : order[0], order[0], third, third};
}

Ratio ratio_towards(Values logits, std::size_t label, std::size_t target) {
  const std::vector<std::size_t> order = by_logit(logits);
  const auto place = [&](std::size_t i) { return order[std::min(i, order.size() - 1)]; };
  return {label, target, order[0], place(2), place(3)};
}

/// way * cross-entropy of a class.
Loss cross_entropy_of(std::int64_t label, double way) {
  return {[label, way](Values logits) { return way * cross_entropy(logits, label); },
          [label, way](Values logits, std::span<float> d) {
            std::ranges::copy(logits, d.begin());
            cross_entropy_gradient(d, label, false);
            for (float& v : d) v *= static_cast<float>(way);
          }};
}

}  // namespace

double cross_entropy(Values logits, std::int64_t label) {
  const float top = *std::ranges::max_element(logits);
  double sum = 0;
  for (const float z : logits) sum += std::exp(static_cast<double>(z - top));
  return std::log(sum) - static_cast<double>(logits[static_cast<std::size_t>(label)] - top);
}

Loss cross_entropy_loss(const Attempt& a) {
  return a.target() ? cross_entropy_loss_towards(*a.target()) : cross_entropy_of(a.label(), 1);
}

Loss cross_entropy_loss_towards(std::int64_t target) {
  return cross_entropy_of(target, -1);
}

Loss dlr_loss(const Attempt& a) {
  if (a.target()) return dlr_loss_towards(a, *a.target());
  const auto label = static_cast<std::size_t>(a.label());
  return {[label](Values logits) { return ratio_of(logits, label).value(logits); },
          [label](Values logits, std::span<float> d) { ratio_of(logits, label).add_gradient(logits, d); }};
}

Loss dlr_loss_towards(const Attempt& a, std::int64_t target) {
  const auto label = static_cast<std::size_t>(a.label()), to = static_cast<std::size_t>(target);
  return {[label, to](Values logits) { return ratio_towards(logits, label, to).value(logits); },
          [label, to](Values logits, std::span<float> d) {
            ratio_towards(logits, label, to).add_gradient(logits, d);
          }};
}

}  // namespace nv::attacks
