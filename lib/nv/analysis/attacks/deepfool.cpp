// DeepFool: steps to the nearest face of the linearised region of the label, until the point leaves it.
#include "nv/analysis/attacks/deepfool.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

/// The `count` most likely classes by logit, in order.
std::vector<std::size_t> likeliest(Values logits, std::size_t count) {
  std::vector<std::size_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t k) { return logits[k]; });
  order.resize(std::min(count, order.size()));
  return order;
}

/// The step to the nearest of the linearised faces.
Point nearest_step(const Attempt& a, const Answer& answer, std::span<const std::size_t> classes) {
  const bool linf = a.norm() == Norm::linf;
  double nearest = std::numeric_limits<double>::infinity();
  Point step;
  for (std::size_t k = 1; k < classes.size(); ++k) {
    const Point& g = answer.gradients[k - 1];
    const auto gap = static_cast<double>(std::abs(answer.logits[classes[k]] - answer.logits[classes[0]]));
    const double size = length(g, linf ? Norm::l1 : Norm::l2) + 1e-8;
    if (!(gap / size < nearest)) continue;
    nearest = gap / size;
    step = g;
    if (linf)
      for (float& v : step) v = sign(v);
    else
      scale(step, 1 / size);
  }
  scale(step, nearest + 1e-4 * static_cast<double>(a.bounds().range()));  // 1e-4: across the face
  return step;
}

std::vector<Parameter> deepfool_parameters(Norm) {
  return {steps(50), whole("candidates", 10, 2, 1e6, "most likely classes to consider"),
          real("overshoot", 0.02, 0, 10, "share of the way to go on beyond the face")};
}

Task<Point> run_deepfool(Attempt& a) {
  return deepfool_from(a, a.original(), a.count("steps"), static_cast<std::size_t>(a.count("candidates")),
                       a.parameter("overshoot"));
}

}  // namespace

Task<Point> deepfool_from(Attempt& a, Point start, std::int64_t steps, std::size_t candidates,
                          double overshoot) {
  Point x = start, total(start.size(), 0.0F);
  std::vector<std::size_t> classes;
  std::vector<LogitGradient> gaps;
  for (std::int64_t i = 0; i < steps; ++i) {
    const Answer here = co_await a.query(x);
    if (here.adversarial) break;
    if (classes.empty()) {
      classes = likeliest(here.logits, candidates);
      for (std::size_t k = 1; k < classes.size(); ++k)
        gaps.push_back([from = classes[0], to = classes[k]](Values, std::span<float> d) {
          d[to] = 1;
          d[from] = -1;
        });
    }
    const Answer answer = co_await a.gradients(x, gaps);
    const Point way = nearest_step(a, answer, classes);
    total = sum(total, way);
    x = sum(start, total, 1 + overshoot);
    clip(x, a.bounds());
  }
  co_return x;
}

Method deepfool() {
  Method m;
  m.name = "deepfool";
  m.summary = "steps to the nearest decision boundary of the linearised model";
  m.reference = "Moosavi-Dezfooli 2015, arXiv:1511.04599; Foolbox";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2, Norm::linf};
  m.parameters = deepfool_parameters;
  m.targeted = false;
  m.run = run_deepfool;
  return m;
}

}  // namespace nv::attacks
