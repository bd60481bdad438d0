// SmoothGrad and VarGrad: mean and variance of another method's maps over noisy inputs.
#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/list.h"
#include "nv/analysis/explain/versions.h"
#include "nv/core/random.h"

namespace nv::explain {

namespace {

std::vector<Tensor> noisy(const std::vector<Tensor>& x, double share, Random& random) {
  std::vector<Tensor> result;
  for (const Tensor& t : x) {
    const auto [low, high] = std::ranges::minmax(t.values());
    const float sigma = static_cast<float>(share) * (high - low);
    Tensor y = t.clone();
    for (float& v : y.values()) v += sigma * random.normal();
    result.push_back(std::move(y));
  }
  return result;
}

/// Running mean and sum of squared deviations per value (Welford).
struct Moments {
  std::vector<double> mean, squares;
  std::int64_t count = 0;

  void add(std::span<const float> values) {
    mean.resize(values.size());
    squares.resize(values.size());
    ++count;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const double from = static_cast<double>(values[k]) - mean[k];
      mean[k] += from / static_cast<double>(count);
      squares[k] += from * (static_cast<double>(values[k]) - mean[k]);
    }
  }
};

std::vector<Moments> moments(const Task& task, std::size_t i) {
  const Method& base = find_method(task.settings.base);
  Settings base_settings = settle(base, {});
  const std::vector<Tensor> x = task.item(i);
  Random random({task.settings.seed, task.ids[i]});
  std::vector<Moments> moments(x.size());
  each_version(
      task, i, task.settings.whole("samples"),
      [&](std::int64_t) { return noisy(x, task.settings.parameter("sigma"), random); },
      [&](const Task& versions) {
        const Task noisy_task{versions.engine, versions.scalar,    versions.inputs,     versions.rows,
                              versions.ids,    versions.baselines, versions.background, base_settings};
        for (const Explanation& e : base.run(noisy_task))
          for (std::size_t p = 0; p < moments.size(); ++p) moments[p].add(e.maps[p].values());
      });
  return moments;
}

template <typename Value>
std::vector<Explanation> run(const Task& task, const Value& value) {
  std::vector<Explanation> explanations;
  for (std::size_t i = 0; i < task.size(); ++i) {
    Explanation e;
    const std::vector<Moments> all = moments(task, i);
    for (std::size_t p = 0; p < all.size(); ++p) {
      Tensor map(task.inputs[p].shape().item());
      for (std::int64_t k = 0; k < map.size(); ++k)
        map[k] = static_cast<float>(value(all[p], static_cast<std::size_t>(k)));
      e.maps.push_back(std::move(map));
    }
    explanations.push_back(std::move(e));
  }
  return explanations;
}

std::vector<Explanation> run_mean(const Task& task) {
  return run(task, [](const Moments& m, std::size_t k) { return m.mean[k]; });
}
std::vector<Explanation> run_variance(const Task& task) {
  return run(task,
             [](const Moments& m, std::size_t k) { return m.squares[k] / static_cast<double>(m.count); });
}

Method smoothing(std::string_view name, std::string_view summary, std::string_view reference) {
  Method m;
  m.name = name;
  m.summary = summary;
  m.reference = reference;
  m.parameters = {{"samples", "noisy inputs", 50, 1, 1e5, true},
                  {"sigma", "of the noise, as a share of the input's range", 0.15, 0, 10, false}};
  m.random = true;
  m.smooths = true;
  m.needs_baseline = true;  // of the method that is smoothed
  return m;
}

}  // namespace

Method smoothgrad() {
  Method m =
      smoothing("smoothgrad", "mean of the gradient over noisy inputs", "Smilkov 2017, arXiv:1706.03825");
  m.run = run_mean;
  return m;
}

Method vargrad() {
  Method m =
      smoothing("vargrad", "variance of the gradient over noisy inputs", "Adebayo 2018, arXiv:1810.03292");
  m.run = run_variance;
  m.never_negative = true;
  return m;
}

}  // namespace nv::explain
