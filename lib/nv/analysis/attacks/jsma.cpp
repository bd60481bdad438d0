// The saliency map attack: moves pairs of values that raise the target's logit and lower the others.
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "nv/analysis/attacks/attempt.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

/// A value of the input that may still be changed. `gain`: effect of the change on the target's logit;
/// `relief`: minus its effect on the sum of the others.
struct Candidate {
  std::size_t at = 0;
  float gain = 0, relief = 0;
};

/// The pair with the largest (gain + gain) * (relief + relief), both sums positive, or empty. Only values
/// that at most one other exceeds in both can be in it.
std::vector<std::size_t> best_pair(std::vector<Candidate> all) {
  std::ranges::stable_sort(all, std::greater{}, &Candidate::gain);
  std::vector<Candidate> front;
  float best = -INFINITY, second = -INFINITY;
  for (const Candidate& c : all) {
    if (c.relief <= second) continue;
    front.push_back(c);
    second = std::min(best, std::max(second, c.relief));
    best = std::max(best, c.relief);
  }
  std::vector<std::size_t> pair;
  double most = 0;
  for (std::size_t i = 0; i < front.size(); ++i)
    for (std::size_t j = i + 1; j < front.size(); ++j) {
      const auto gain = static_cast<double>(front[i].gain) + static_cast<double>(front[j].gain);
      const auto relief = static_cast<double>(front[i].relief) + static_cast<double>(front[j].relief);
      if (gain <= 0 || relief <= 0 || gain * relief <= most) continue;
      most = gain * relief;
      pair = {front[i].at, front[j].at};
    }
  return pair;
}

std::vector<Candidate> candidates(const Attempt& a, Values x, float theta, const Answer& answer) {
  std::vector<Candidate> list;
  const float way = sign(theta);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (theta > 0 ? x[i] < a.bounds().high : x[i] > a.bounds().low)
      list.push_back({i, way * answer.gradients[0][i], -way * answer.gradients[1][i]});
  return list;
}

std::vector<Parameter> jsma_parameters(Norm) {
  return {real("theta", 1, -1, 1, "change of a value, as a share of the range"),
          real("gamma", 0.1, 0, 1, "share of the values that may be changed")};
}

Task<Point> run_jsma(Attempt& a) {
  const auto theta = static_cast<float>(a.parameter("theta")) * a.bounds().range();
  Point x = a.original();
  std::int64_t target = a.target().value_or(-1);
  const auto pairs = static_cast<std::int64_t>(a.parameter("gamma") * static_cast<double>(x.size()) / 2);
  for (std::int64_t i = 0; i <= pairs; ++i) {
    const Answer here = co_await a.query(x);
    if (here.adversarial || i == pairs) break;
    if (target < 0) target = best_other(here.logits, a.label());  // the nearest class, of the input itself
    const auto to = static_cast<std::size_t>(target);
    const std::vector<LogitGradient> both{[to](Values, std::span<float> d) { d[to] = 1; },
                                          [to](Values, std::span<float> d) {
                                            std::ranges::fill(d, 1.0F);
                                            d[to] = 0;
                                          }};
    const Answer answer = co_await a.gradients(x, both);
    const std::vector<std::size_t> pair = best_pair(candidates(a, x, theta, answer));
    if (pair.empty()) break;
    for (const std::size_t at : pair) x[at] = a.bounds().clamp(x[at] + theta);
  }
  co_return x;
}

}  // namespace

Method jsma() {
  Method m;
  m.name = "jsma";
  m.summary = "sets pairs of values to a bound, chosen by their saliency for a class";
  m.reference = "Papernot 2015, arXiv:1511.07528; towards the nearest class where no target is given";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l0};
  m.parameters = jsma_parameters;
  m.run = run_jsma;
  return m;
}

}  // namespace nv::attacks
