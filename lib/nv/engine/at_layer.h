// Errors of a layer, with the file and the layer before them.
#pragma once

#include <fmt/format.h>

#include <cstddef>

#include "nv/core/error.h"
#include "nv/model/model.h"

namespace nv {

/// Runs `work`; errors begin with the file and the layer.
template <typename Work>
auto at_layer(const Model& model, std::size_t node, const Work& work) {
  try {
    return work();
  } catch (const Error& e) {
    throw Error(e.kind(),
                fmt::format("{}: layer {} ({}): {}", model.file, model.nodes[node].path,
                            model.layer_of(model.nodes[node]).kind, e.what()),
                e.hint());
  }
}

}  // namespace nv
