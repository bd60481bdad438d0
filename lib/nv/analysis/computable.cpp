#include "nv/analysis/computable.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/engine/at_layer.h"
#include "nv/model/missing_weight.h"

namespace nv {

std::vector<Obstacle> obstacles(const Model& model, const Structure& structure) {
  std::vector<Obstacle> all(model.nodes.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const NodeStructure& s = structure.nodes[i];
    all[i] = {s.problem, s.hint, s.unsupported};
    const LayerSpec& spec = model.layer_of(model.nodes[i]);
    if (s.problem.empty() && s.output && !model.nodes[i].inputs.empty())
      all[i].problem = std::ranges::any_of(spec.weights, is_missing)
                           ? "its weights are missing in the file"
                           : weight_problem(spec, expected_weights(s));
  }
  return all;
}

void check_computable(const Model& model, const Structure& structure) {
  const std::vector<Obstacle> all = obstacles(model, structure);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const Obstacle& o = all[i]; !o.problem.empty())
      throw Error(o.unsupported ? ErrorKind::unsupported : ErrorKind::input,
                  fmt::format("{}: {}", layer_place(model, i), o.problem), o.hint);
}

}  // namespace nv
