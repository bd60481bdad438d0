// Similarity of the layers of two models over a set of inputs: linear CKA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nv/analysis/compare.h"

namespace nv {

/// Of one layer in both models. All figures are NaN if a layer gives the same output for every input or one
/// that is not finite.
struct LayerSimilarity {
  std::size_t index = 0;  ///< in A
  std::string path, kind;
  std::string path_b;  ///< its path in B if it differs, else ""
  Shape shape;
  /// Linear centred kernel alignment (Kornblith et al. 2019) of the flattened outputs X and Y, a row per
  /// input, each column minus its mean: |Y'X|^2 / (|X'X| |Y'Y|), 0 to 1, by Frobenius norms.
  double cka = 0;
  /// The same by the unbiased estimator of HSIC (Song et al. 2012), which is about 0 for unrelated layers at
  /// any number of inputs; can be negative. NaN for fewer than four inputs.
  double debiased = 0;
  /// The mean of `cka` over all permutations of B's inputs: what unrelated layers reach with so few inputs.
  double chance = 0;
};

struct CkaResult {
  std::int64_t inputs = 0;  ///< that were used
  std::int64_t of = 0;      ///< inputs of the set
  std::vector<LayerSimilarity> layers;

  /// The layer of the largest `chance`; nullptr for none.
  const LayerSimilarity* least_certain() const;
};

/// If unrelated layers reach this much, there are too few inputs.
constexpr double too_much_chance = 0.5;

/// The first inputs of a part of the set.
struct StackedInputs {
  std::size_t read = 0;         ///< inputs that were read, at least 1
  std::vector<Tensor> tensors;  ///< those that can be used, per model input, batch first; empty for none
};
/// Reads at most `most` inputs from `first` on.
using StackedReader = std::function<StackedInputs(std::size_t first, std::size_t most)>;

/// Linear CKA of the matched layers for which `chosen` (by node of A) is true, over the set of `inputs`.
/// Layers whose size a model leaves open are left out.
///
/// Memory: at most about 256 MB of outputs at once, and 25 MB for a layer of up to 1024 numbers that takes
/// fewer operations by products of columns than by those of rows; not growing with the number of inputs.
/// Inputs are run in blocks that fit; pairs of blocks need up to 4.5 passes per input and model. A set of
/// more than eight blocks is cut to its first eight (CkaResult::inputs), so that large models need few
/// layers.
CkaResult linear_cka(Engine& a, Engine& b, const Matching& matching, const std::vector<bool>& chosen,
                     std::size_t inputs, const StackedReader& read);

}  // namespace nv
