// Integrated gradients, and their mean over several baselines.
#include <algorithm>

#include "nv/analysis/explain/list.h"
#include "nv/analysis/explain/versions.h"
#include "nv/core/error.h"
#include "nv/core/random.h"

namespace nv::explain {

namespace {

/// `from` + share * (`to` - `from`), per model input.
std::vector<Tensor> between(const std::vector<Tensor>& from, const std::vector<Tensor>& to, float share) {
  std::vector<Tensor> point;
  for (std::size_t p = 0; p < to.size(); ++p) {
    Tensor t(to[p].shape());
    // In float32, as frameworks do: close to a ReLU's kink the last bit decides which side a point is on.
    for (std::int64_t k = 0; k < t.size(); ++k) t[k] = from[p][k] + share * (to[p][k] - from[p][k]);
    point.push_back(std::move(t));
  }
  return point;
}

/// Sums of weighted gradients, per model input.
class Sums {
 public:
  explicit Sums(const std::vector<Tensor>& like) {
    for (const Tensor& t : like) sums_.emplace_back(static_cast<std::size_t>(t.size()), 0.0);
  }
  /// Adds the gradients of item `i` times `weight`, and times (to - from) if they are not null.
  void add(const std::vector<Tensor>& gradients, std::int64_t i, double weight,
           const std::vector<Tensor>* from = nullptr, const std::vector<Tensor>* to = nullptr) {
    for (std::size_t p = 0; p < sums_.size(); ++p) {
      const Tensor g = gradients[p].item(i);
      for (std::size_t k = 0; k < sums_[p].size(); ++k) {
        const auto at = static_cast<std::int64_t>(k);
        const double factor =
            from == nullptr ? 1.0 : static_cast<double>((*to)[p][at]) - static_cast<double>((*from)[p][at]);
        sums_[p][k] += weight * factor * static_cast<double>(g[at]);
      }
    }
  }
  std::vector<std::vector<double>>& values() { return sums_; }

 private:
  std::vector<std::vector<double>> sums_;
};

std::vector<Tensor> tensors(const std::vector<std::vector<double>>& sums, const std::vector<Tensor>& like) {
  std::vector<Tensor> result;
  for (std::size_t p = 0; p < like.size(); ++p) {
    Tensor t(like[p].shape());
    std::ranges::transform(sums[p], t.data(), [](double v) { return static_cast<float>(v); });
    result.push_back(std::move(t));
  }
  return result;
}

Explanation integrate(const Task& task, std::size_t i) {
  const std::vector<Tensor> x = task.item(i);
  const std::vector<Tensor>& from = task.baselines[i];
  const std::int64_t steps = task.settings.whole("steps");
  Sums sums(x);
  std::vector<double> values;
  std::int64_t k = 0;
  each_version(
      task, i, steps + 1,
      [&](std::int64_t at) {
        return between(from, x, static_cast<float>(static_cast<double>(at) / static_cast<double>(steps)));
      },
      [&](const Task& points) {
        const Trace trace = points.engine.forward(points.inputs);
        const std::vector<Seed> seeds = points.scalar.seeds(points.engine, trace, points.rows);
        const std::vector<Tensor> gradients = points.engine.gradient(trace, seeds);
        const std::vector<double> some = points.scalar.values(points.engine, trace, points.rows);
        for (std::size_t n = 0; n < points.size(); ++n, ++k) {
          values.push_back(some[n]);
          const double weight = (k == 0 || k == steps ? 0.5 : 1.0) / static_cast<double>(steps);
          sums.add(gradients, static_cast<std::int64_t>(n), weight, &from, &x);
        }
      });
  double total = 0;
  for (const std::vector<double>& s : sums.values())
    for (const double v : s) total += v;
  Explanation e;
  e.maps = tensors(sums.values(), x);
  e.completeness_gap = values.back() - values.front() - total;
  return e;
}

std::vector<Explanation> run_integrated(const Task& task) {
  return each_item(task, [&](std::size_t i) { return integrate(task, i); });
}

/// One random point between the input and a random input of the background, per sample.
Explanation expect(const Task& task, std::size_t i) {
  const std::vector<Tensor> x = task.item(i);
  const std::int64_t samples = task.settings.whole("baselines");
  Random random({task.settings.seed, task.ids[i]});
  Sums sums(x);
  std::vector<const std::vector<Tensor>*> from;
  std::size_t k = 0;
  each_version(
      task, i, samples,
      [&](std::int64_t) {
        const auto chosen =
            static_cast<std::size_t>(random.below(static_cast<std::int64_t>(task.background.size())));
        from.push_back(&task.background[chosen]);
        for (std::size_t p = 0; p < x.size(); ++p)
          if (!((*from.back())[p].shape() == x[p].shape()))
            throw_input("expected-gradients: a baseline has the shape {}, the input {}",
                        (*from.back())[p].shape().str(), x[p].shape().str());
        return between(*from.back(), x, static_cast<float>(random.unit()));
      },
      [&](const Task& points) {
        const std::vector<Tensor> gradients = input_gradients(points);
        for (std::size_t n = 0; n < points.size(); ++n, ++k)
          sums.add(gradients, static_cast<std::int64_t>(n), 1.0 / static_cast<double>(samples), from[k], &x);
      });
  Explanation e;
  e.maps = tensors(sums.values(), x);
  return e;
}

std::vector<Explanation> run_expected(const Task& task) {
  return each_item(task, [&](std::size_t i) { return expect(task, i); });
}

}  // namespace

Method integrated_gradients() {
  Method m =
      make_method("integrated-gradients",
                  "the gradient along the straight line from the baseline to the input, times its length",
                  "Sundararajan 2017, arXiv:1703.01365", run_integrated);
  m.parameters = {{"steps", "intervals, by the trapezoidal rule", 50, 1, 1e5, true}};
  m.needs_baseline = true;
  return m;
}

Method expected_gradients() {
  Method m = make_method(
      "expected-gradients",
      "integrated gradients with baselines drawn from the given inputs (SHAP's GradientExplainer)",
      "Erion 2021, arXiv:1906.10670", run_expected);
  m.parameters = {
      {"baselines", "random baselines, each with one random point of the line", 200, 1, 1e6, true}};
  m.random = true;
  m.needs_background = true;
  return m;
}

}  // namespace nv::explain
