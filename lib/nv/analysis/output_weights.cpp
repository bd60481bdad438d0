#include "nv/analysis/output_weights.h"

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

std::vector<Seed> OutputWeights::seeds(const Trace& trace, std::span<const std::int64_t> rows) const {
  std::vector<Seed> seeds;
  for (std::size_t o = 0; o < nodes_.size(); ++o) {
    const Tensor& output = trace.outputs[static_cast<std::size_t>(nodes_[o])];
    const Shape& shape = weights_[o].shape();
    if (!(shape.item() == output.shape().item()))
      throw_input("{}: weights '{}' are {}, for outputs of {}", file_, o, shape.str(),
                  output.shape().item().str());
    Tensor gradient(output.shape());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] < 0 || rows[i] >= shape[0])
        throw_input("{}: weights '{}' are for {} inputs", file_, o, shape[0]);
      std::ranges::copy(weights_[o].item(rows[i]).values(),
                        gradient.item(static_cast<std::int64_t>(i)).data());
    }
    seeds.push_back({nodes_[o], gradient, false});
  }
  return seeds;
}

}  // namespace nv
