#include "nv/analysis/rank/units.h"

#include <algorithm>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::rank {

namespace {

/// Whether a layer passes on its input's values, at most reordered.
bool passes_on(const Model& model, const Node& node) {
  static constexpr std::string_view passing[] = {
      "InputLayer",       "Flatten",      "Reshape",         "Permute",       "Dropout", "SpatialDropout1D",
      "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise", "Identity"};
  return std::ranges::find(passing, model.layer_of(node).kind) != std::end(passing);
}

}  // namespace

Units units_of(const Engine& engine, const std::vector<bool>& chosen) {
  const Model& model = engine.model();
  Units units;
  for (std::size_t n = 0; n < chosen.size(); ++n) {
    if (!chosen[n]) continue;
    const auto& shape = engine.structure().nodes[n].output;
    if (!shape || !shape->known())
      throw Error(ErrorKind::usage,
                  fmt::format("{}: the size of layer {} is not known before it runs", model.file,
                              one_line(model.nodes[n].path)),
                  "--layers chooses others");
    units.layers.push_back({n, model.nodes[n].path, units.count, shape->elements()});
    units.count += shape->elements();
  }
  if (units.count == 0)
    throw Error(ErrorKind::usage, fmt::format("{}: no layers with units are chosen", model.file),
                "--layers chooses them");
  return units;
}

std::vector<bool> computing_nodes(const Engine& engine) {
  const Model& model = engine.model();
  std::vector<bool> chosen(model.nodes.size());
  for (std::size_t n = 0; n < chosen.size(); ++n) chosen[n] = !passes_on(model, model.nodes[n]);
  return chosen;
}

std::optional<std::size_t> last_hidden_node(const Model& model, std::size_t output) {
  const auto has_weights = [&](std::size_t n) { return !model.layer_of(model.nodes[n]).weights.empty(); };
  bool below = false;  // the last layer with weights has been passed
  for (std::size_t at = output;;) {
    const Node& node = model.nodes[at];
    if (below && !passes_on(model, node)) return at;
    if (node.inputs.size() != 1) return std::nullopt;
    below = below || has_weights(at);
    at = static_cast<std::size_t>(node.inputs[0].node);
  }
}

std::span<const float> unit_values(const Trace& trace, const UnitLayer& layer, std::int64_t item) {
  return trace.outputs[layer.node].values().subspan(static_cast<std::size_t>(item * layer.units),
                                                    static_cast<std::size_t>(layer.units));
}

}  // namespace nv::rank
