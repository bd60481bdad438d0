#include "nv/analysis/explain/versions.h"

#include <algorithm>

namespace nv::explain {

namespace {

/// Versions that are evaluated at once: so many that the pass holds about 64 MB.
std::int64_t versions_at_once(const Task& task) {
  std::vector<Shape> shapes;
  for (const Tensor& input : task.inputs) shapes.push_back(input.shape().item());
  const std::int64_t numbers = std::max<std::int64_t>(task.engine.numbers_held(shapes), 1);
  return std::clamp<std::int64_t>((std::int64_t{1} << 24) / numbers, 1, 64);
}

}  // namespace

void each_version(const Task& task, std::size_t i, std::int64_t count, const MakeVersion& make,
                  const std::function<void(const Task& versions)>& use) {
  const std::int64_t at_once = versions_at_once(task);
  for (std::int64_t first = 0; first < count; first += at_once) {
    const auto n = static_cast<std::size_t>(std::min(at_once, count - first));
    std::vector<std::vector<Tensor>> items(task.inputs.size());
    for (std::size_t k = 0; k < n; ++k) {
      std::vector<Tensor> version = make(first + static_cast<std::int64_t>(k));
      for (std::size_t p = 0; p < items.size(); ++p) items[p].push_back(std::move(version[p]));
    }
    std::vector<Tensor> inputs;
    for (const std::vector<Tensor>& tensors : items) inputs.push_back(stack(tensors));
    use({task.engine, task.scalar, std::move(inputs), std::vector<std::int64_t>(n, task.rows[i]),
         std::vector<std::uint64_t>(n, task.ids[i]),
         task.baselines.empty() ? std::vector<std::vector<Tensor>>{}
                                : std::vector<std::vector<Tensor>>(n, task.baselines[i]),
         task.background, task.settings, task.image});
  }
}

std::vector<double> scalar_values(const Task& task) {
  const Model& model = task.engine.model();
  std::vector<bool> keep(model.nodes.size(), false);
  for (const std::size_t node : task.scalar.nodes(model)) keep[node] = true;
  return task.scalar.values(task.engine, task.engine.forward(task.inputs, keep), task.rows);
}

std::vector<double> version_values(const Task& task, std::size_t i, std::int64_t count,
                                   const MakeVersion& make) {
  std::vector<double> values;
  each_version(task, i, count, make, [&](const Task& versions) {
    const std::vector<double> some = scalar_values(versions);
    values.insert(values.end(), some.begin(), some.end());
  });
  return values;
}

std::vector<Tensor> input_gradients(const Task& task, const BackwardRule& rule) {
  const Trace trace = task.engine.forward(task.inputs);
  std::vector<std::size_t> nodes;
  for (const Port& port : task.engine.model().inputs)
    nodes.push_back(static_cast<std::size_t>(port.value.node));
  return task.engine.backward(trace, task.scalar.seeds(task.engine, trace, task.rows), nodes, rule);
}

std::vector<Explanation> split_items(const std::vector<Tensor>& maps, std::size_t items) {
  std::vector<Explanation> explanations(items);
  for (std::size_t i = 0; i < items; ++i)
    for (const Tensor& map : maps)
      explanations[i].maps.push_back(map.item(static_cast<std::int64_t>(i)).clone());
  return explanations;
}

}  // namespace nv::explain
