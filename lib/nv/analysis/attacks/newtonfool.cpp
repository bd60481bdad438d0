// NewtonFool: bounded Newton steps on the probability of the label, until the prediction changes.
#include <algorithm>
#include <cmath>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// The probability of the label, and that of the others, which is summed so that it keeps its precision near
/// 0.
struct Share {
  double label = 0, others = 0;
};

Share share_of(Values logits, std::size_t label) {
  const float top = *std::ranges::max_element(logits);
  Share s;
  for (std::size_t k = 0; k < logits.size(); ++k)
    (k == label ? s.label : s.others) += std::exp(static_cast<double>(logits[k] - top));
  const double sum = s.label + s.others;
  return {s.label / sum, s.others / sum};
}

/// The gradient of the probability of the label.
LogitGradient probability_gradient(std::size_t label) {
  return [label](Values logits, std::span<float> d) {
    const Share p = share_of(logits, label);
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const double here = p.label * std::exp(static_cast<double>(logits[k] - logits[label]));
      d[k] = static_cast<float>(k == label ? p.label * p.others : -p.label * here);
    }
  };
}

std::vector<Parameter> newtonfool_parameters(Norm) {
  return {steps(100),
          {"step-size", "eta: longest step, as a share of the input's norm", 0.01, 0, 1e3, false, false}};
}

Task<Point> run_newtonfool(Attempt& a) {
  const auto label = static_cast<std::size_t>(a.label());
  const double longest = a.parameter("step-size") * length(a.original(), Norm::l2);
  const LogitGradient probability = probability_gradient(label);
  Point x = a.original();
  for (std::int64_t i = a.count("steps"); i > 0; --i) {
    const Answer answer = co_await a.gradient(x, probability);
    if (answer.adversarial) break;
    const Point& g = answer.gradients[0];
    const double size = length(g, Norm::l2);
    if (size == 0) break;
    const double above_chance =
        share_of(answer.logits, label).label - 1 / static_cast<double>(answer.logits.size());
    // A step of min(longest |g|, p - 1/classes) / |g|^2 times g.
    x = sum(x, g, -std::min(longest * size, above_chance) / (size * size));
    clip(x, a.bounds());
  }
  co_return x;
}

}  // namespace

Method newtonfool() {
  Method m;
  m.name = "newtonfool";
  m.summary = "Newton steps that lower the probability of the class";
  m.reference = "Jang 2017, doi:10.1145/3134600.3134635 (Foolbox squares the gradient's norm once too often)";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = newtonfool_parameters;
  m.targeted = false;
  m.run = run_newtonfool;
  return m;
}

}  // namespace nv::attacks
