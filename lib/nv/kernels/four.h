// Four floats at once, on any CPU that the program is built for.
#pragma once

#include <cstring>

namespace nv {

/// Comparing gives a mask, and ?: takes one, as for a single float.
using Four = float __attribute__((vector_size(16)));

template <typename V>
V load(const float* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <typename V>
void store(const V& v, float* to) {
  std::memcpy(to, &v, sizeof v);
}
template <typename V>
V all(float x) {
  return V{} + x;
}

}  // namespace nv
