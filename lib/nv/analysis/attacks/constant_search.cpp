#include "nv/analysis/attacks/constant_search.h"

namespace nv::attacks {

LogitGradient shortfall_gradient(const Attempt& a, float constant, float confidence) {
  return [&a, constant, confidence](Values logits, std::span<float> d) {
    if (margin(a, logits) >= confidence) return;
    margin_gradient(a)(logits, d);
    for (float& v : d) v *= -constant;
  };
}

}  // namespace nv::attacks
