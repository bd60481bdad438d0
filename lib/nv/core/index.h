// Indices of containers from int.
#pragma once

#include <cstddef>

namespace nv {

/// `i`, which must not be negative, as std::size_t: indices of graphs and layouts are int, as differences of
/// them are taken.
constexpr std::size_t as_index(int i) {
  return static_cast<std::size_t>(i);
}

}  // namespace nv
