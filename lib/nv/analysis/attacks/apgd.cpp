#include "nv/analysis/attacks/apgd.h"

#include <algorithm>
#include <utility>

#include "nv/analysis/attacks/descent.h"

namespace nv::attacks {

namespace {

/// A random point on the surface of the ball, clipped to the bounds.
Point surface_start(Attempt& a) {
  Point v(a.original().size());
  const bool linf = a.norm() == Norm::linf;
  for (float& x : v) x = linf ? a.random().uniform(-1, 1) : a.random().normal();
  const double size = length(v, a.norm());
  Point x = sum(a.original(), v, a.eps() / std::max(size, 1e-12));
  clip(x, a.bounds());
  return x;
}

/// When to halve the step size: at checkpoints at decreasing intervals, if too few steps raised the loss, or
/// the best loss has not grown since the last checkpoint.
class Schedule {
 public:
  Schedule(std::int64_t steps, double rho)
      : gap_(std::max(steps * 22 / 100, std::int64_t{1})),
        least_(std::max(steps * 6 / 100, std::int64_t{1})),
        shrink_(std::max(steps * 3 / 100, std::int64_t{1})),
        rho_(rho) {}

  void begin(double loss) { last_ = best_before_ = loss; }

  /// Records a step that reached `loss`, with `best` the largest so far. Returns whether to halve now.
  bool halve(double loss, double best) {
    rises_ += loss > last_ ? 1 : 0;
    last_ = loss;
    if (++since_ < gap_) return false;
    const bool oscillates = static_cast<double>(rises_) <= rho_ * static_cast<double>(gap_);
    const bool stuck = !halved_ && best_before_ >= best;
    halved_ = oscillates || stuck;
    best_before_ = best;
    since_ = rises_ = 0;
    gap_ = std::max(gap_ - shrink_, least_);
    return halved_;
  }

 private:
  std::int64_t gap_, least_, shrink_, since_ = 0, rises_ = 0;
  double rho_, last_ = 0, best_before_ = 0;
  bool halved_ = true;
};

/// One step with momentum, projected onto the ball and the bounds before and after the momentum.
Point next_point(const Attempt& a, const Point& x, const Point& before, Values direction, double size,
                 bool first) {
  Point z = x;
  step(a, z, direction, size);
  const float share = first ? 1.0F : 0.75F;
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] = x[i] + (z[i] - x[i]) * share + (x[i] - before[i]) * (1 - share);
  project(z, a.original(), a.eps(), a.norm());
  clip(z, a.bounds());
  return z;
}

}  // namespace

std::vector<Parameter> apgd_parameters() {
  const ApgdOptions d;
  return {steps(static_cast<double>(d.steps)),
          real("rho", d.rho, 0, 1, "share of steps up for a step to stay")};
}

ApgdOptions apgd_options(const Attempt& a) {
  return {a.count("steps"), a.parameter("rho")};
}

Task<Point> climb_by_apgd(Attempt& a, Loss loss, ApgdOptions options) {
  Point x = surface_start(a), before = x, best = x, adversarial;
  Answer answer = co_await a.gradient(x, loss.gradient);
  if (answer.adversarial) adversarial = x;
  Point gradient = std::move(answer.gradients[0]), best_gradient = gradient;
  double best_loss = loss.value(answer.logits), size = 2 * a.eps();
  Schedule schedule(options.steps, options.rho);
  schedule.begin(best_loss);
  for (std::int64_t i = 0; i < options.steps; ++i) {
    Point next = next_point(a, x, before, direction(a, x, gradient), size, i == 0);
    before = std::exchange(x, std::move(next));
    answer = co_await a.gradient(x, loss.gradient);
    gradient = std::move(answer.gradients[0]);
    if (answer.adversarial) adversarial = x;
    const double value = loss.value(answer.logits);
    if (value > best_loss) {
      best = x;
      best_gradient = gradient;
      best_loss = value;
    }
    if (schedule.halve(value, best_loss)) {
      size /= 2;
      x = best;
      gradient = best_gradient;
    }
  }
  co_return adversarial.empty() ? best : adversarial;
}

Method apgd_method(std::string_view name, std::string_view summary, Task<Point> (*run)(Attempt&)) {
  Method m;
  m.name = name;
  m.summary = summary;
  m.reference = "Croce & Hein 2020, arXiv:2003.01690; AutoAttack";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = [](Norm) { return apgd_parameters(); };
  m.random = true;
  m.run = run;
  return m;
}

}  // namespace nv::attacks
