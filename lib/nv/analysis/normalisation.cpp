#include "nv/analysis/normalisation.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/common/shapes.h"

namespace nv {

namespace {

using Json = nlohmann::ordered_json;

/// Null if the layer does not have it.
Json option(const LayerSpec& spec, const char* name) {
  const Json& config = spec.config.json();
  const auto at = config.find(name);
  return at == config.end() ? Json(nullptr) : *at;
}

/// The position of the value at `index` along the axis that is normalised.
std::int64_t channel_of(const LayerSpec& spec, const Shape& item, std::int64_t index) {
  Json axis = option(spec, "axis");
  if (axis.is_array()) axis = axis.at(0);
  const int a = item_axis(axis.is_number() ? axis.get<std::int64_t>() : -1, item);
  std::int64_t inner = 1;
  for (int i = a + 1; i < item.rank(); ++i) inner *= item[i];
  return index / inner % item[a];
}

}  // namespace

bool is_normalisation(const Model& model, const Structure& structure, std::size_t node) {
  const LayerSpec& spec = model.layer_of(model.nodes[node]);
  const NodeStructure& s = structure.nodes[node];
  return (spec.kind == "BatchNormalization" || spec.kind == "SyncBatchNormalization") && s.output &&
         weight_problem(spec, expected_weights(s)).empty();
}

Normalisation normalisation(const Engine& engine, const Trace& trace, std::size_t node, std::int64_t index) {
  const Model& model = engine.model();
  const Node& n = model.nodes[node];
  const LayerSpec& spec = model.layer_of(n);
  if (!is_normalisation(model, engine.structure(), node))
    throw_usage("layer {} is no batch normalisation", one_line(n.path));
  const Tensor out = trace.outputs[node].item(0);
  if (index < 0 || index >= out.size()) throw_usage("layer {} has no value {}", one_line(n.path), index);

  Normalisation r;
  r.value = out[index];
  r.input = trace.outputs[static_cast<std::size_t>(n.inputs[0].node)].item(0)[index];
  const Json epsilon = option(spec, "epsilon");
  r.epsilon = epsilon.is_number() ? epsilon.get<double>() : 1e-3;
  const std::int64_t channel = channel_of(spec, out.shape(), index);
  const std::vector<WeightSpec> expected = expected_weights(engine.structure().nodes[node]);
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const float x = spec.weights[k].data->read()[channel];
    const std::string_view name = expected[k].name;
    if (name == "gamma") r.gamma = x;
    if (name == "beta") r.beta = x;
    if (name == "moving_mean") r.mean = x;
    if (name == "moving_variance") r.variance = x;
  }
  return r;
}

}  // namespace nv
