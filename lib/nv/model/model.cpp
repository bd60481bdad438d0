#include "nv/model/model.h"

#include <numeric>

namespace nv {

std::int64_t LayerSpec::parameters() const {
  return std::accumulate(weights.begin(), weights.end(), std::int64_t{0},
                         [](std::int64_t n, const Weight& w) { return n + w.shape.elements(); });
}

std::int64_t Model::parameters() const {
  return std::accumulate(layers.begin(), layers.end(), std::int64_t{0},
                         [](std::int64_t n, const LayerSpec& l) { return n + l.parameters(); });
}

}  // namespace nv
