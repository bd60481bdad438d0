// The gradient, the gradient times the input, and guided backpropagation.
#include <algorithm>

#include "nv/analysis/explain/list.h"
#include "nv/analysis/explain/versions.h"

namespace nv::explain {

namespace {

std::vector<Explanation> run_gradient(const Task& task) {
  return split_items(input_gradients(task), task.size());
}

std::vector<Explanation> run_gradient_input(const Task& task) {
  std::vector<Explanation> explanations = run_gradient(task);
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    const std::vector<Tensor> x = task.item(i);
    for (std::size_t p = 0; p < x.size(); ++p) {
      Tensor& map = explanations[i].maps[p];
      for (std::int64_t k = 0; k < map.size(); ++k) map[k] *= x[p][k];
    }
  }
  return explanations;
}

std::vector<Explanation> run_guided(const Task& task) {
  const Engine& engine = task.engine;
  const BackwardRule rule = [&](std::size_t node, std::span<const Tensor> inputs, const Tensor& output,
                                const Tensor& d, Context& context) -> std::optional<std::vector<Tensor>> {
    const Layer& layer = *engine.structure().nodes[node].layer;
    if (!layer.activation().starts_with("relu")) return std::nullopt;
    Tensor positive = d.clone();
    for (float& v : positive.values()) v = std::max(v, 0.0F);
    return layer.vjp(inputs, output, positive, context);
  };
  return split_items(input_gradients(task, rule), task.size());
}

}  // namespace

Method gradient() {
  return make_method("gradient", "how the class changes with each value of the input",
                     "Simonyan 2014, arXiv:1312.6034", run_gradient);
}

Method gradient_input() {
  return make_method("gradient-input", "the gradient times the input", "Shrikumar 2016, arXiv:1605.01713",
                     run_gradient_input);
}

Method guided_backprop() {
  Method m = make_method(
      "guided-backprop",
      "passes only positive gradients through each ReLU; shows edges, hardly the weights (Adebayo 2018)",
      "Springenberg 2015, arXiv:1412.6806", run_guided);
  m.ignores_weights = true;
  return m;
}

}  // namespace nv::explain
