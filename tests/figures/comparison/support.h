// Two digits through LeNet-5.
#pragma once

#include <vector>

#include "analysis/attacks/support.h"
#include "nv/analysis/compare.h"
#include "nv/figures/comparison/pass_pair.h"
#include "nv/model/select.h"

namespace nv::test {

struct TwoDigits {
  Engine engine = lenet(1);
  Matching matching = match_layers(engine.model(), engine.structure(), engine.model(), engine.structure());
  std::vector<bool> every = std::vector<bool>(engine.model().nodes.size(), true);
  Trace trace;

  TwoDigits() {
    const std::vector<Input> inputs = digit_inputs();
    Tensor batch(Shape{2, 28, 28, 1});
    for (std::int64_t i = 0; i < 2; ++i)
      std::ranges::copy(inputs[static_cast<std::size_t>(i)].tensors[0].values(), batch.item(i).data());
    trace = engine.forward(std::vector{batch});
  }
  /// Two inputs; `b` 0 for an input and itself.
  figures::PassPair pair(std::int64_t b = 1) { return {{engine, trace, 0}, {engine, trace, b}, matching}; }
  std::vector<LayerDifference> layers(const figures::PassPair& pair) {
    return compare_passes(pair.a, pair.b, matching, every);
  }
  std::size_t node(const char* layer) const { return select_layer(engine.model(), layer); }
};

}  // namespace nv::test
