// The boundary attack: a random walk along the decision boundary towards the input.
#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/starts.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> boundary_parameters(Norm) {
  return {steps(25000),
          real("spherical-step", 0.01, 1e-9, 1, "first step around, as a share of the distance"),
          real("source-step", 0.01, 1e-9, 1, "first step nearer, as a share of the distance"),
          real("convergence", 1e-7, 0, 1, "steps nearer that end the walk"),
          real("adaptation", 1.5, 1, 100, "by what factor steps grow and shrink")};
}

/// The success rate of the last `most` tries.
class SuccessRate {
 public:
  explicit SuccessRate(std::size_t most) : most_(most) {}
  void add(bool success) {
    tries_.push_back(success);
    if (tries_.size() > most_) tries_.pop_front();
  }
  bool full() const { return tries_.size() == most_; }
  double share() const {
    return static_cast<double>(std::ranges::count(tries_, true)) / static_cast<double>(tries_.size());
  }
  void clear() { tries_.clear(); }

 private:
  std::size_t most_;
  std::deque<bool> tries_;
};

/// Two points to try: one as far from the original as `x`, and one from there towards the original.
struct Proposal {
  Point around, nearer;
};

Proposal propose(Attempt& a, const Point& x, double spherical_step, double source_step) {
  const Point way = difference(a.original(), x);
  const double far = length(way, Norm::l2);
  Point eta(x.size());
  for (float& v : eta) v = a.random().normal();
  eta = sum(eta, way, -dot(eta, way) / std::max(far * far, 1e-24));  // orthogonal to the way
  scale(eta, spherical_step * far / std::max(length(eta, Norm::l2), 1e-12));
  Proposal p;
  p.around = sum(a.original(), difference(eta, way), 1 / std::sqrt(spherical_step * spherical_step + 1));
  clip(p.around, a.bounds());
  const Point back = difference(a.original(), p.around);
  const double now = length(back, Norm::l2);
  // Corrected by the distance that clipping moved the point off the sphere.
  const double size = std::max(source_step * far + now - far, 0.0) / std::max(now, 1e-12);
  p.nearer = sum(p.around, back, size);
  clip(p.nearer, a.bounds());
  return p;
}

Task<Point> run_boundary(Attempt& a) {
  Point x = co_await starting_point(a);
  if (x.empty()) co_return a.original();
  const double adaptation = a.parameter("adaptation");
  double spherical_step = a.parameter("spherical-step"), source_step = a.parameter("source-step");
  SuccessRate around(100), nearer(30);
  const auto adapt = [&](SuccessRate& record, double high, double low, auto change) {
    if (!record.full()) return;
    const double share = record.share();
    if (share > high) change(adaptation);
    if (share < low) change(1 / adaptation);
    if (share > high || share < low) record.clear();
  };
  for (std::int64_t i = 1; i <= a.count("steps") && source_step >= a.parameter("convergence"); ++i) {
    const Proposal p = propose(a, x, spherical_step, source_step);
    const Answer answer = co_await a.query(p.nearer);
    const bool check = i % 10 == 0;
    if (check) {
      const Answer spherical = co_await a.query(p.around);
      around.add(spherical.adversarial);
      nearer.add(answer.adversarial);
    }
    if (answer.adversarial &&
        distance(p.nearer, a.original(), Norm::l2) < distance(x, a.original(), Norm::l2))
      x = p.nearer;
    if (!check) continue;
    adapt(around, 0.5, 0.2, [&](double factor) {
      spherical_step *= factor;
      source_step *= factor;
    });
    adapt(nearer, 0.25, 0.1, [&](double factor) { source_step *= factor; });
  }
  co_return x;
}

}  // namespace

Method boundary() {
  Method m;
  m.name = "boundary";
  m.summary = "a random walk along the decision boundary, towards the input";
  m.reference = "Brendel 2017, arXiv:1712.04248; Foolbox";
  m.group = Group::decision_based;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = boundary_parameters;
  m.random = true;
  m.gradients = false;
  m.examples = true;
  m.run = run_boundary;
  return m;
}

}  // namespace nv::attacks
