// AutoAttack's standard version: apgd-ce, apgd on the targeted DLR loss, targeted fab, square and more, each
// on the inputs that are still robust. Then, beyond the standard, fmn and apgd on the targeted cross-entropy,
// which find samples that the others miss for some random starts.
#include <algorithm>
#include <functional>
#include <numeric>

#include "nv/analysis/attacks/apgd.h"
#include "nv/analysis/attacks/fab.h"
#include "nv/analysis/attacks/fmn.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/square.h"

namespace nv::attacks {

namespace {

/// The `count` most likely classes other than the label.
std::vector<std::int64_t> targets(const Attempt& a, Values logits, std::size_t count) {
  std::vector<std::int64_t> order(logits.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{},
                           [&](std::int64_t k) { return logits[static_cast<std::size_t>(k)]; });
  std::erase(order, a.label());
  order.resize(std::min(order.size(), count));
  return order;
}

/// Whether `x` is adversarial and within the ball.
Task<bool> succeeds(Attempt& a, const Point& x) {
  if (a.distance_of(x) > a.eps() * (1 + 1e-6)) co_return false;
  const Answer answer = co_await a.query(x);
  co_return answer.adversarial;
}

std::vector<Parameter> autoattack_parameters(Norm) {
  return {steps(100), whole("targets", 9, 1, 1e6, "most likely classes to aim at"),
          whole("queries", 5000, 1, 1e9, "most that the square attack asks"),
          whole("more", 1, 0, 1, "1: fmn and targeted apgd-ce at the end; 0: the standard version alone")};
}

Task<Point> run_autoattack(Attempt& a) {
  const std::int64_t steps = a.count("steps");
  const ApgdOptions apgd{steps, 0.75};
  const Loss entropy = cross_entropy_loss(a);
  Point x = co_await climb_by_apgd(a, entropy, apgd);
  if (co_await succeeds(a, x)) co_return x;
  const Answer clean = co_await a.query(a.original());
  const auto aims = targets(a, clean.logits, static_cast<std::size_t>(a.count("targets")));
  for (const std::int64_t target : aims) {
    const Loss ratio = dlr_loss_towards(a, target);
    x = co_await climb_by_apgd(a, ratio, apgd);
    if (co_await succeeds(a, x)) co_return x;
  }
  for (const std::int64_t target : aims) {
    FabOptions options;
    options.steps = steps;
    x = co_await nearest_by_fab(a, options, target);
    if (co_await succeeds(a, x)) co_return x;
  }
  SquareOptions options;
  options.queries = a.count("queries");
  x = co_await search_by_squares(a, options);
  if (a.parameter("more") == 0) co_return x;
  if (co_await succeeds(a, x)) co_return x;
  FmnOptions fmn;
  fmn.steps = steps;
  x = co_await nearest_by_fmn(a, fmn);
  if (co_await succeeds(a, x)) co_return x;
  for (const std::int64_t target : aims) {
    const Loss nearer = cross_entropy_loss_towards(target);
    x = co_await climb_by_apgd(a, nearer, apgd);
    if (co_await succeeds(a, x)) co_return x;
  }
  co_return x;
}

}  // namespace

Method autoattack() {
  Method m;
  m.name = "autoattack";
  m.summary = "apgd-ce, targeted apgd-dlr, fab and square, each on the inputs that withstood those before";
  m.reference = "Croce & Hein 2020, arXiv:2003.01690; AutoAttack, standard (more=0)";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = autoattack_parameters;
  m.random = true;
  m.targeted = false;
  m.run = run_autoattack;
  return m;
}

}  // namespace nv::attacks
