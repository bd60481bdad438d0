// Errors of a file of weights, with the layer that they stopped at.
#pragma once

#include <string>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

/// What `question` to a file says on behalf of a layer. Errors begin with the file, as before, and then name
/// the layer: "FILE: layer conv (Conv2D): ...".
template <typename Question>
auto at_layer(const std::string& file, const std::string& layer, const std::string& kind,
              const Question& question) {
  try {
    return question();
  } catch (const Error& e) {
    std::string what = e.what();
    const std::string begin = file + ": ";
    if (what.starts_with(begin)) what.erase(0, begin.size());
    throw Error(e.kind(),
                fmt::format("{}layer {} ({}): {}", begin, shortened(one_line(layer), 60),
                            shortened(one_line(kind), 60), what),
                e.hint());
  }
}

}  // namespace nv
