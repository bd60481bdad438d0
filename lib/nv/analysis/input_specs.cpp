#include "nv/analysis/input_specs.h"

#include "nv/core/error.h"

namespace nv {

std::vector<InputSpec> input_specs(const Model& model, const Structure& structure) {
  std::vector<InputSpec> specs;
  for (const Port& p : model.inputs) {
    const NodeStructure& s = structure.nodes[static_cast<std::size_t>(p.value.node)];
    if (!s.output)
      throw_input("{}: layer {} ({}): {}", model.file, model.node(p.value).path,
                  model.layer_of(model.node(p.value)).kind, s.problem);
    specs.push_back({p.name, *s.output, s.channels_first});
  }
  return specs;
}

}  // namespace nv
