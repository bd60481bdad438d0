// Weights of all numbers of a model's outputs, for the gradient of their weighted sum.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nv/data/npz.h"
#include "nv/engine/engine.h"

namespace nv {

class OutputWeights {
 public:
  /// Arrays "0", "1", ... of `file`, one per output in the order of Model::outputs; each has the shape of the
  /// output after a first axis, which counts inputs. Throws Error(input), beginning with the file, if one is
  /// missing or is not for `inputs` inputs.
  OutputWeights(const NpzReader& file, const Model& model, std::size_t inputs);

  /// Seeds for Engine::gradient of the sum of outputs times weights, one per output. `trace` is of a batch;
  /// its item i has the weights at index rows[i]. Throws Error(input), beginning with the file, if shapes
  /// differ or an index is out of range.
  std::vector<Seed> seeds(const Trace& trace, std::span<const std::int64_t> rows) const;

 private:
  std::string file_;
  std::vector<int> nodes_;       ///< of the outputs
  std::vector<Tensor> weights_;  ///< likewise
};

}  // namespace nv
