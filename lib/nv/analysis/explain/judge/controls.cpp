#include "nv/analysis/explain/judge/controls.h"

#include <utility>

#include "nv/analysis/mutation/filters.h"
#include "nv/core/random.h"

namespace nv::explain::judge {

namespace {

std::vector<Explanation> run_random_map(const Task& task) {
  std::vector<Explanation> explanations(task.size());
  for (std::size_t i = 0; i < task.size(); ++i) {
    Random random({task.settings.seed, task.ids[i]});
    for (const Tensor& input : task.inputs) {
      Tensor map(input.shape().item());
      for (float& v : map.values()) v = random.uniform(0, 1);
      explanations[i].maps.push_back(std::move(map));
    }
  }
  return explanations;
}

}  // namespace

const Method& random_map() {
  static const Method method = [] {
    Method m = make_method("random", "uniform random numbers, for comparison", "", run_random_map);
    m.random = true;
    m.ignores_weights = true;
    return m;
  }();
  return method;
}

Model with_shuffled_weights(const Model& model, std::uint64_t seed) {
  Model shuffled = model;
  std::uint64_t number = 0;
  for (LayerSpec& spec : shuffled.layers)
    for (Weight& weight : spec.weights) {
      Random random({seed, ++number});
      if (!weight.data) continue;
      Tensor numbers = weight.data->read().clone();
      for (std::int64_t i = numbers.size(); i > 1; --i) std::swap(numbers[i - 1], numbers[random.below(i)]);
      weight.data = held(std::move(numbers));
    }
  return shuffled;
}

}  // namespace nv::explain::judge
