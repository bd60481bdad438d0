// Comparison of two passes: two inputs through one model, or one input through two models.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/difference.h"
#include "nv/analysis/gate.h"
#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv {

/// Pairs of nodes of two models that correspond.
struct Matching {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;  ///< in A's order
  std::vector<std::size_t> only_a, only_b;                 ///< nodes without a partner
};

/// Matches by path, then the rest in order by kind and output shape. Nodes of different output shapes never
/// match.
Matching match_layers(const Model& a, const Structure& sa, const Model& b, const Structure& sb);

struct LayerDifference {
  std::size_t index = 0;  ///< in A
  std::string path, kind;
  std::string path_b;  ///< its path in B if it differs, else ""
  Shape shape;
  Difference values;
  /// Own error: relative L2 of the output of B's layer for A's inputs to it against A's output, without the
  /// errors of layers before. nullopt if its inputs are not matched, or before measure_own_errors.
  std::optional<double> own_relative_l2;
  std::string file;  ///< its sheet, relative to the output folder; "" for none
};

/// One of the two passes.
struct Side {
  Engine& engine;
  const Trace& trace;
  std::int64_t item = 0;  ///< of the batch
};

/// Differences of the matched layers for which `chosen` (by node of A) is true and that both traces hold.
/// Between two models, layers whose shapes differ are left out: sizes that both models leave open may come
/// out different.
std::vector<LayerDifference> compare_passes(const Side& a, const Side& b, const Matching& matching,
                                            const std::vector<bool>& chosen);

/// The prediction of the first output that classifies; nullopt if there is none, or it holds NaN.
std::optional<Prediction> prediction_of(const Side& side, std::span<const OutputKind> outputs,
                                        std::span<const std::string> labels);

/// Own errors up to this one (relative L2) come from float32 and another order of summation.
constexpr double own_error_tolerance = 1e-4;

/// Fills in own_relative_l2 of layers between two models. Both traces must hold every node.
void measure_own_errors(std::vector<LayerDifference>& layers, const Side& a, const Side& b,
                        const Matching& matching);

/// The first divergent layer: the first whose own error is above `tolerance`; nullptr if there is none.
const LayerDifference* first_divergent(const std::vector<LayerDifference>& layers, double tolerance);

/// Keeps in `largest` each layer's difference of the largest relative L2 (NaN counts as the largest) over
/// several pairs of passes. `layers`: of one more pair, always the same layers; an empty `largest` takes
/// them. Returns for each layer whether this pair's is now the largest.
std::vector<bool> keep_largest(std::vector<LayerDifference>& largest,
                               const std::vector<LayerDifference>& layers);

/// A layer whose figure is above its bound.
struct LayerGateFailure {
  const Gate* gate = nullptr;
  const LayerDifference* layer = nullptr;
  double value = 0;
};

/// The first failure of the first gate that fails; figures are those of `figure`. SSIM that a layer does not
/// have fails no gate, NaN in any other figure does.
std::optional<LayerGateFailure> first_above(std::span<const Gate> gates,
                                            std::span<const LayerDifference> layers);

}  // namespace nv
