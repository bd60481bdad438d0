// Errors of a layer, with the file and the layer before them.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>

#include "nv/core/error.h"
#include "nv/model/model.h"

namespace nv {

/// How errors of a node's layer begin: "FILE: layer PATH (KIND)".
inline std::string layer_place(const Model& model, std::size_t node) {
  return fmt::format("{}: layer {} ({})", model.file, model.nodes[node].path,
                     model.layer_of(model.nodes[node]).kind);
}

/// Runs `work`; errors begin with the file and the layer.
template <typename Work>
auto at_layer(const Model& model, std::size_t node, const Work& work) {
  try {
    return work();
  } catch (const Error& e) {
    throw Error(e.kind(), fmt::format("{}: {}", layer_place(model, node), e.what()), e.hint());
  }
}

}  // namespace nv
