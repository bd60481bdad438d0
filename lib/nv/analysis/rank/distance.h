// What metrics of distance have in common: the layer, and its part of the profile.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/analysis/rank/metric.h"

namespace nv::rank {

/// Base of scorers that read the activations of one layer.
class LayerScorer : public Scorer {
 public:
  /// Throws Error(usage) if the setup has no layer, or one whose size is not known.
  explicit LayerScorer(const Setup& setup);
  void keep(std::vector<bool>& nodes) const override { nodes[layer_.node] = true; }

 protected:
  std::int64_t units() const { return layer_.units; }
  std::span<const float> values(const Pass& pass, std::int64_t item) const {
    return unit_values(pass.trace, layer_, item);
  }
  /// Calls `score` for each input of the batch, on several threads; inputs whose activations hold NaN or
  /// infinite values get NaN.
  void score_each(const Pass& pass, std::span<double> scores,
                  const std::function<double(std::int64_t item)>& score) const;
  bool is_finite(const Pass& pass, std::int64_t item) const;

 private:
  UnitLayer layer_;
};

}  // namespace nv::rank
