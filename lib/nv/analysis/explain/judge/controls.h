// What explanations are compared with: a map of random numbers, and a model of random weights.
#pragma once

#include "nv/analysis/explain/method.h"

namespace nv::explain::judge {

/// Maps of uniform random numbers, by the item's id and Settings::seed: the control row of the table. It is
/// not among methods().
const Method& random_map();

/// The model with the numbers of each weight in random order, so that every layer keeps the scale of its
/// weights and loses what they have learned. Throws Error(input) for weights that cannot be read.
Model with_shuffled_weights(const Model& model, std::uint64_t seed);

}  // namespace nv::explain::judge
