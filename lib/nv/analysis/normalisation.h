// How one value of a batch normalisation comes about.
#pragma once

#include <cstdint>

#include "nv/engine/engine.h"

namespace nv {

/// value = gamma (input - mean) / sqrt(variance + epsilon) + beta
struct Normalisation {
  float value = 0, input = 0;  ///< as in the trace
  float gamma = 1, beta = 0, mean = 0, variance = 1;
  double epsilon = 0;
};

/// Whether the node is a BatchNormalization that nv computes.
bool is_normalisation(const Model& model, const Structure& structure, std::size_t node);

/// Of the value at `index` of item 0 in C order. `trace` holds the node and its input. Throws Error(usage)
/// for another node and for an index that the output does not have.
Normalisation normalisation(const Engine& engine, const Trace& trace, std::size_t node, std::int64_t index);

}  // namespace nv
