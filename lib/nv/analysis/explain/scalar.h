// The number that an explanation is of: one per input, computed from a model's outputs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/gradient.h"
#include "nv/analysis/output_weights.h"
#include "nv/engine/engine.h"

namespace nv::explain {

class Scalar {
 public:
  virtual ~Scalar() = default;

  /// The nodes of a trace that seeds() and values() read.
  virtual std::vector<std::size_t> nodes(const Model& model) const = 0;
  /// Seeds of the gradient of the sum of the batch's scalars. Item i of `trace` is a version of the explained
  /// input rows[i]. Throws Error(input) for a class that the output does not have.
  virtual std::vector<Seed> seeds(Engine& engine, const Trace& trace,
                                  std::span<const std::int64_t> rows) const = 0;
  /// The scalar of each item of the batch, likewise.
  virtual std::vector<double> values(Engine& engine, const Trace& trace,
                                     std::span<const std::int64_t> rows) const = 0;
};

/// The logit, score or cross-entropy of class classes[row].
std::unique_ptr<Scalar> class_scalar(const OutputKind& output, Objective objective,
                                     std::vector<std::int64_t> classes);
/// The sum of all outputs times the weights at index `row`. `weights` must outlive it.
std::unique_ptr<Scalar> weighted_scalar(const OutputWeights& weights);
/// One number of an output, or with an empty `index` the sum of all. `text`: "OUTPUT[i,j,k]" or "sum:OUTPUT",
/// where OUTPUT is a name or a number of Model::outputs. Throws Error(usage) for anything else, an output
/// that the model does not have, and an index out of its range.
std::unique_ptr<Scalar> element_scalar(const std::string& text, const Model& model,
                                       const Structure& structure);
/// Whether `text` is meant for element_scalar.
bool is_element_scalar(const std::string& text);

}  // namespace nv::explain
