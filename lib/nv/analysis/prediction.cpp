#include "nv/analysis/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nv {

namespace {

/// The activation of the layer that gave the value, or of one before it where this one only passes numbers on.
std::string final_activation(const Model& model, const Structure& structure, Value value) {
  static constexpr std::string_view passing[] = {"Flatten", "Reshape", "Dropout", "Identity", "InputLayer"};
  for (std::size_t steps = 0; steps <= model.nodes.size(); ++steps) {
    const Node& node = model.node(value);
    const auto& layer = structure.layers[static_cast<std::size_t>(node.layer)];
    const bool passes = std::ranges::find(passing, model.layer_of(node).kind) != std::end(passing);
    if (!passes || node.inputs.size() != 1) return layer ? std::string(layer->activation()) : std::string();
    value = node.inputs[0];
  }
  return {};
}

bool is_linear(std::string_view activation) { return activation.empty() || activation == "linear"; }

/// Sorts NaN behind everything.
float rank_value(float x) { return std::isnan(x) ? -INFINITY : x; }

}  // namespace

std::vector<OutputKind> output_kinds(const Model& model, const Structure& structure) {
  std::vector<OutputKind> kinds;
  for (const Port& port : model.outputs) {
    const auto& shape = structure.nodes[static_cast<std::size_t>(port.value.node)].output;
    kinds.push_back({port.name, port.value, final_activation(model, structure, port.value), shape && shape->rank() == 1 && (*shape)[0] != 0});
  }
  return kinds;
}

std::string class_label(std::int64_t index, std::span<const std::string> labels) {
  if (index >= 0 && index < static_cast<std::int64_t>(labels.size())) return labels[static_cast<std::size_t>(index)];
  return fmt::format("{}", index);
}

Prediction predict(std::span<const float> output, std::string_view activation, std::span<const std::string> labels) {
  Prediction p;
  const bool probability = activation == "softmax" || activation == "sigmoid";
  if (output.size() == 1) {
    p.score = output[0];
    p.index = output[0] > (is_linear(activation) ? 0.0F : 0.5F) ? 1 : 0;
    if (activation == "sigmoid") p.probability = p.index == 1 ? p.score : 1 - p.score;
  } else {
    const auto best = std::ranges::max_element(output, {}, rank_value);
    p.index = best - output.begin();
    p.score = *best;
    if (probability) p.probability = p.score;
  }
  p.label = class_label(p.index, labels);
  return p;
}

std::vector<ClassScore> top_classes(std::span<const float> output, std::string_view activation, std::size_t count,
                                    std::span<const std::string> labels) {
  if (output.size() == 1) return {predict(output, activation, labels)};
  std::vector<std::int64_t> order(output.size());
  std::iota(order.begin(), order.end(), 0);
  count = std::min(count, order.size());
  const auto better = [&](std::int64_t a, std::int64_t b) {
    const float x = rank_value(output[static_cast<std::size_t>(a)]), y = rank_value(output[static_cast<std::size_t>(b)]);
    return x != y ? x > y : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), better);
  std::vector<ClassScore> top;
  for (std::size_t i = 0; i < count; ++i)
    top.push_back({order[i], class_label(order[i], labels), output[static_cast<std::size_t>(order[i])]});
  return top;
}

}  // namespace nv
