#include "nv/analysis/batches.h"

#include <vector>

namespace nv {

void in_batches(std::span<const Tensor> inputs, std::size_t most,
                const std::function<void(const Tensor& stacked, std::span<const std::size_t> places)>& take) {
  for (std::size_t at = 0; at < inputs.size();) {
    std::vector<Tensor> items;
    std::vector<std::size_t> places;
    for (; at < inputs.size() && items.size() < most; ++at) {
      if (inputs[at].empty()) continue;
      if (!items.empty() && !(items[0].shape() == inputs[at].shape())) break;
      items.push_back(inputs[at]);
      places.push_back(at);
    }
    if (!items.empty()) take(stack(items), places);
  }
}

}  // namespace nv
