// Adds the file and the layer to errors of reading a model file.
#pragma once

#include <string>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

/// `e` with the file in front, unless it begins with it.
inline Error at_file(const Error& e, const std::string& file) {
  const std::string what = e.what();
  return {e.kind(), what.starts_with(file + ": ") ? what : fmt::format("{}: {}", file, what), e.hint()};
}

/// Result of `action`, which reads for a layer. Its errors begin with the file and then name the layer:
/// "FILE: layer conv (Conv2D): ...".
template <typename Action>
auto at_layer(const std::string& file, const std::string& layer, const std::string& kind,
              const Action& action) {
  try {
    return action();
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
