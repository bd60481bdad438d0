// SimBA: changes one value at a time, up or down, and keeps changes that raise the loss.
#include <algorithm>
#include <numeric>
#include <utility>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/losses.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> simba_parameters(Norm) {
  return {{"step-size", "change of a value, as a share of the range", 0.2, 0, 1, false, false},
          whole("queries", 10000, 1, 1e9, "most that it asks")};
}

Task<Point> run_simba(Attempt& a) {
  const auto step = static_cast<float>(a.parameter("step-size")) * a.bounds().range();
  const Loss loss = cross_entropy_loss(a);
  Point x = a.original();
  const Answer first = co_await a.query(x);
  if (first.adversarial) co_return x;
  double best = loss.value(first.logits);
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::size_t next = 0;
  while (a.queries() < a.count("queries")) {
    // Each value once in random order, then again in a new order.
    if (next % order.size() == 0)
      for (std::size_t i = order.size(); i-- > 1;)
        std::swap(order[i],
                  order[static_cast<std::size_t>(a.random().below(static_cast<std::int64_t>(i) + 1))]);
    const std::size_t at = order[next++ % order.size()];
    for (const float way : {-1.0F, 1.0F}) {
      Point y = x;
      y[at] = a.bounds().clamp(y[at] + way * step);
      if (y[at] == x[at]) continue;
      const Answer answer = co_await a.query(y);
      if (answer.adversarial) co_return y;
      const double value = loss.value(answer.logits);
      if (value <= best) continue;
      best = value;
      x = std::move(y);
      break;
    }
  }
  co_return x;
}

}  // namespace

Method simba() {
  Method m;
  m.name = "simba";
  m.summary = "changes one value at a time, kept if the class becomes less probable";
  m.reference = "Guo 2019, arXiv:1905.07121; in the pixels' own basis";
  m.group = Group::score_based;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = simba_parameters;
  m.random = true;
  m.gradients = false;
  m.run = run_simba;
  return m;
}

}  // namespace nv::attacks
