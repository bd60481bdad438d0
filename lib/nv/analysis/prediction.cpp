#include "nv/analysis/prediction.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace nv {

namespace {

/// Follows a value back through layers that do not change numbers, to the node that computed them.
Value origin_of(const Model& model, Value value) {
  static constexpr std::string_view passing[] = {"Flatten", "Reshape", "Dropout", "Identity"};
  while (true) {
    const Node& node = model.node(value);
    const bool passes = std::ranges::find(passing, model.layer_of(node).kind) != std::end(passing);
    if (!passes || node.inputs.size() != 1) return value;
    value = node.inputs[0];
  }
}

/// The output's last activation function and its logits: the argument of softmax or sigmoid; outputs of other
/// activation functions are taken as logits.
OutputKind output_kind(const Model& model, const Structure& structure, const Port& port) {
  OutputKind kind{port.name, port.value, {}, port.value.node, false, false};
  const auto& shape = structure.nodes[static_cast<std::size_t>(port.value.node)].output;
  kind.classifies = shape && shape->rank() == 1 && (*shape)[0] != 0;
  const Value origin = origin_of(model, port.value);
  const Node& node = model.node(origin);
  const auto& layer = structure.nodes[static_cast<std::size_t>(origin.node)].layer;
  if (!layer) return kind;
  kind.activation = layer->activation();
  if (!gives_probabilities(kind.activation)) return kind;
  kind.logits_before_activation = dynamic_cast<const ActivatedLayer*>(layer.get()) != nullptr;
  kind.logits_node =
      kind.logits_before_activation || node.inputs.size() != 1 ? origin.node : node.inputs[0].node;
  return kind;
}

bool is_linear(std::string_view activation) {
  return activation.empty() || activation == "linear";
}

bool holds_nan(std::span<const float> output) {
  return std::ranges::any_of(output, [](float x) { return std::isnan(x); });
}

}  // namespace

std::vector<OutputKind> output_kinds(const Model& model, const Structure& structure) {
  std::vector<OutputKind> kinds;
  for (const Port& port : model.outputs) kinds.push_back(output_kind(model, structure, port));
  return kinds;
}

std::string class_label(std::int64_t index, std::span<const std::string> labels) {
  if (index >= 0 && index < static_cast<std::int64_t>(labels.size()))
    return labels[static_cast<std::size_t>(index)];
  return fmt::format("{}", index);
}

bool gives_probabilities(std::string_view activation) {
  return activation == "softmax" || activation == "sigmoid";
}

std::vector<std::optional<std::int64_t>> predicted_classes(const Tensor& outputs,
                                                           std::string_view activation) {
  std::vector<std::optional<std::int64_t>> classes;
  for (std::int64_t i = 0; i < outputs.shape()[0]; ++i) {
    classes.push_back(class_of(predict(outputs.item(i).values(), activation, {})));
  }
  return classes;
}

Tensor run_output(Engine& engine, const OutputKind& output, std::span<const Tensor> inputs) {
  const auto node = static_cast<std::size_t>(output.value.node);
  std::vector<bool> keep(engine.model().nodes.size(), false);
  keep[node] = true;
  return engine.forward(inputs, keep).outputs[node];
}

const OutputKind* classifier_of(std::span<const OutputKind> outputs) {
  const auto at = std::ranges::find_if(outputs, &OutputKind::classifies);
  return at == outputs.end() ? nullptr : &*at;
}

std::int64_t class_count(const Structure& structure, std::span<const OutputKind> outputs) {
  const OutputKind* const classifier = classifier_of(outputs);
  if (classifier == nullptr) return 0;
  const auto& shape = structure.nodes[static_cast<std::size_t>(classifier->value.node)].output;
  const std::int64_t units = shape ? (*shape)[0] : 0;
  return units == 1 ? 2 : std::max<std::int64_t>(units, 0);
}

std::optional<Prediction> predict(std::span<const float> output, std::string_view activation,
                                  std::span<const std::string> labels) {
  if (holds_nan(output)) return std::nullopt;
  Prediction p;
  const bool probability = gives_probabilities(activation);
  if (output.size() == 1) {
    p.score = output[0];
    p.index = output[0] > (is_linear(activation) ? 0.0F : 0.5F) ? 1 : 0;
    if (activation == "sigmoid") p.probability = p.index == 1 ? p.score : 1 - p.score;
  } else {
    const auto best = std::ranges::max_element(output);
    p.index = best - output.begin();
    p.score = *best;
    if (probability) p.probability = p.score;
  }
  p.label = class_label(p.index, labels);
  return p;
}

std::optional<std::int64_t> class_of(const std::optional<Prediction>& prediction) {
  return prediction ? std::optional(prediction->index) : std::nullopt;
}

std::vector<ClassScore> top_classes(std::span<const float> output, std::string_view activation,
                                    std::size_t count, std::span<const std::string> labels) {
  if (holds_nan(output)) return {};
  if (output.size() == 1) return {*predict(output, activation, labels)};
  std::vector<std::int64_t> order(output.size());
  std::iota(order.begin(), order.end(), 0);
  count = std::min(count, order.size());
  const auto better = [&](std::int64_t a, std::int64_t b) {
    const float x = output[static_cast<std::size_t>(a)], y = output[static_cast<std::size_t>(b)];
    return x == y ? a < b : x > y;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), better);
  std::vector<ClassScore> top;
  for (std::size_t i = 0; i < count; ++i)
    top.push_back({order[i], class_label(order[i], labels), output[static_cast<std::size_t>(order[i])]});
  return top;
}

std::vector<float> class_scores(std::span<const float> output, std::string_view activation) {
  if (output.size() == 1 && activation == "sigmoid") return {1 - output[0], output[0]};
  return {output.begin(), output.end()};
}

std::vector<std::int64_t> leading_classes(std::span<const float> a, std::span<const float> b,
                                          std::string_view activation, std::size_t count) {
  std::vector<float> larger(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    larger[i] = std::fmax(a[i], b[i]);
    if (std::isnan(larger[i])) larger[i] = -std::numeric_limits<float>::infinity();
  }
  std::vector<std::int64_t> classes;
  for (const ClassScore& c : top_classes(larger, "", count, {})) {
    if (classes.size() >= 3 && gives_probabilities(activation) && c.score < 5e-5F) break;
    classes.push_back(c.index);
  }
  return classes;
}

}  // namespace nv
