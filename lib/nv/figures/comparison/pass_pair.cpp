#include "nv/figures/comparison/pass_pair.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"

namespace nv::figures {

std::string model_names(const PassPair& pair) {
  const std::string a = model_title(pair.a.engine.model()), b = model_title(pair.b.engine.model());
  return a == b ? a : fmt::format("{} and {}", a, b);
}

std::size_t partner(const PassPair& pair, std::size_t node) {
  return std::ranges::find(pair.matching.pairs, node, &std::pair<std::size_t, std::size_t>::first)->second;
}

OutputPair outputs_of(const PassPair& pair, std::size_t node) {
  return {pair.a.trace.outputs[node].item(pair.a.item),
          pair.b.trace.outputs[partner(pair, node)].item(pair.b.item)};
}

}  // namespace nv::figures
