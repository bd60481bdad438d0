// Universal perturbations: one change for all inputs, the sum of DeepFool's changes of each.
#include <algorithm>
#include <numeric>

#include "nv/analysis/attacks/deepfool.h"
#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/attacks/list.h"
#include "nv/core/error.h"

namespace nv::attacks {

namespace {

Point shifted(const Point& x, const Point& change, const Bounds& bounds) {
  Point y = sum(x, change);
  clip(y, bounds);
  return y;
}

/// The search for the change.
class UniversalSearch {
 public:
  UniversalSearch(Oracle& oracle, const Settings& settings, const Background& background, std::size_t batch,
                  const std::function<void()>& tick)
      : oracle_(oracle),
        settings_(settings),
        inner_(settings),
        background_(background),
        batch_(batch),
        tick_(tick) {
    inner_.norm = Norm::l2;
  }

  /// One pass over all inputs, in random order.
  void improve(Point& change, std::uint64_t pass) {
    const auto& examples = background_.examples;
    Random random({settings_.seed, pass});
    std::vector<std::size_t> order(examples.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
    const Point none(change.size(), 0.0F);
    for (const std::size_t i : order) {
      if (tick_) tick_();
      const Example& e = examples[i];
      Attempt attempt(e.point, e.layout, e.label, inner_, background_, 0, oracle_.independent());
      const Point start = shifted(e.point, change, settings_.bounds);
      change = sum(change, finish(oracle_, attempt, missing(attempt, start)));
      project(change, none, *settings_.eps, settings_.norm);
    }
  }

  /// Number of inputs that are misclassified with `change`.
  std::size_t fooled(const Point& change) {
    const auto& examples = background_.examples;
    std::size_t count = 0;
    for (std::size_t at = 0; at < examples.size(); at += batch_) {
      if (tick_) tick_();
      const auto some = std::span(examples).subspan(at, std::min(batch_, examples.size() - at));
      std::vector<Tensor> inputs;
      for (const Example& e : some)
        inputs.push_back(oracle_.to_input(shifted(e.point, change, settings_.bounds), e.layout));
      const std::vector<std::optional<std::int64_t>> predicted =
          predicted_classes(oracle_.outputs(stack(inputs)), oracle_.output().activation);
      for (std::size_t i = 0; i < some.size(); ++i)
        count += predicted[i] && *predicted[i] != some[i].label ? 1U : 0U;
    }
    return count;
  }

 private:
  /// The change of `start` that makes it adversarial; 0 if it already is, or DeepFool finds none.
  Task<Point> missing(Attempt& a, Point start) const {
    const auto steps = static_cast<std::int64_t>(settings_.parameter("steps"));
    const auto candidates = static_cast<std::size_t>(settings_.parameter("candidates"));
    Point x = co_await deepfool_from(a, start, steps, candidates, settings_.parameter("overshoot"));
    const Answer there = co_await a.query(x);
    if (!there.adversarial) x = start;
    co_return difference(x, start);
  }

  Oracle& oracle_;
  const Settings& settings_;
  Settings inner_;  ///< of DeepFool, which runs in L2 for any norm of the change
  const Background& background_;
  std::size_t batch_;
  const std::function<void()>& tick_;
};

Point learn(Oracle& oracle, const Settings& settings, const Background& background, std::size_t batch,
            const std::function<void()>& tick) {
  const auto& examples = background.examples;
  if (examples.empty()) return {};
  for (const Example& e : examples)
    if (!(e.layout.shape == examples[0].layout.shape))
      throw_input("universal: inputs of several sizes ({} and {}) cannot be changed by one perturbation",
                  examples[0].layout.shape.str(), e.layout.shape.str());
  UniversalSearch search(oracle, settings, background, batch, tick);
  Point change(examples[0].point.size(), 0.0F), best = change;
  const double wanted = settings.parameter("fooling-rate") * static_cast<double>(examples.size());
  std::size_t most = 0;
  const auto passes = static_cast<std::uint64_t>(settings.parameter("passes"));
  for (std::uint64_t pass = 0; pass < passes && static_cast<double>(most) < wanted; ++pass) {
    search.improve(change, pass);
    const std::size_t count = search.fooled(change);
    if (count <= most) continue;
    most = count;
    best = change;
  }
  return best;
}

Task<Point> run_universal(Attempt& a) {
  const Point& change = a.background().learnt;
  if (change.size() != a.original().size()) co_return a.original();
  co_return shifted(a.original(), change, a.bounds());
}

std::vector<Parameter> universal_parameters(Norm) {
  Parameter steps_of_deepfool = steps(10);
  steps_of_deepfool.meaning = "of DeepFool for an input";
  return {steps_of_deepfool, real("fooling-rate", 0.8, 0, 1, "share of the inputs that is enough"),
          whole("passes", 10, 1, 1e6, "over the inputs, at most"),
          whole("candidates", 10, 2, 1e6, "most likely classes that DeepFool considers"),
          real("overshoot", 0.02, 0, 10, "share of the way that DeepFool goes on beyond the face")};
}

}  // namespace

Method universal() {
  Method m;
  m.name = "universal";
  m.summary = "one perturbation for all inputs, the sum of DeepFool's perturbations of each";
  m.reference = "Moosavi-Dezfooli 2016, arXiv:1610.08401 (which goes on until the rate is reached)";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = universal_parameters;
  m.random = true;
  m.targeted = false;
  m.examples = true;
  m.learn = learn;
  m.run = run_universal;
  return m;
}

}  // namespace nv::attacks
