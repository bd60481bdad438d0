// NES: PGD on a gradient estimated from scores at random points around, in antithetic pairs.
#include <algorithm>
#include <utility>

#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/losses.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> nes_parameters(Norm norm) {
  return {whole("queries", 10000, 2, 1e9, "most that it asks"),
          whole("samples", 50, 2, 1e6, "scores that an estimate is made of"),
          real("sigma", 0.001, 1e-9, 1, "how far around, as a share of the range"),
          step_share(norm == Norm::l2 ? 0.1 : 0.2),
          real("momentum", 0.9, 0, 1, "share of the estimates before that is kept")};
}

/// The sum of random directions, each weighted by the difference of the loss on its two sides.
Task<Point> estimate(Attempt& a, Point x, const Loss& loss) {
  const double sigma = a.parameter("sigma") * static_cast<double>(a.bounds().range());
  Point g(x.size(), 0.0F);
  for (std::int64_t pair = 0; pair < a.count("samples") / 2; ++pair) {
    Point u(x.size());
    for (float& v : u) v = a.random().normal();
    const Point up = sum(x, u, sigma), down = sum(x, u, -sigma);
    const Answer above = co_await a.query(up);
    const Answer below = co_await a.query(down);
    g = sum(g, u, loss.value(above.logits) - loss.value(below.logits));
  }
  co_return g;
}

Task<Point> run_nes(Attempt& a) {
  const Loss loss = cross_entropy_loss(a);
  const double momentum = a.parameter("momentum");
  Point x = a.original(), sums(x.size(), 0.0F);
  while (a.queries() + a.count("samples") < a.count("queries")) {
    const Point g = co_await estimate(a, x, loss);
    scale(sums, momentum);
    sums = sum(sums, g, 1 - momentum);
    step(a, x, direction(a, x, sums), a.parameter("step-size"));
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) break;
  }
  co_return x;
}

}  // namespace

Method nes() {
  Method m;
  m.name = "nes";
  m.summary = "PGD with a gradient estimated from the scores of nearby points";
  m.reference = "Ilyas 2018, arXiv:1804.08598";
  m.group = Group::score_based;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = nes_parameters;
  m.random = true;
  m.gradients = false;
  m.run = run_nes;
  return m;
}

}  // namespace nv::attacks
