// What an overview shows, in which order, and what feeds what.
#pragma once

#include <cstddef>
#include <vector>

#include "nv/analysis/families.h"
#include "nv/analysis/prediction.h"
#include "nv/figures/pass/overview.h"

namespace nv::figures {

/// A card of the overview.
struct OverviewStep {
  enum class Kind { input, layer, scores };
  Kind kind = Kind::layer;
  LayerBlock block;      ///< an input and scores are a single node
  std::size_t port = 0;  ///< index of the input or output of the model, if it is one
  std::vector<Feed> feeds;
};

struct OverviewSteps {
  std::vector<OverviewStep> steps;  ///< each after all that feed it; branches one after the other
  std::size_t layers = 0;           ///< blocks that could be shown
  std::size_t shown = 0;            ///< blocks that are
};

/// The model's inputs, the layers of `kept` (by node) except those that only reshape, and the scores of every
/// output that classifies. If all layers are kept and there are more than `most` cards, those on every path
/// from input to output are preferred (the ends of residual blocks and inception modules), unless a
/// resolution has none, among them the last of each resolution, then evenly spaced ones.
OverviewSteps overview_steps(const Model& model, const Structure& structure,
                             const std::vector<OutputKind>& outputs, const std::vector<bool>& kept,
                             std::size_t most);

}  // namespace nv::figures
