// Freezing filters and the operators of mutation testing.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/mutation/mutant.h"

namespace nv {

/// "LAYER:0,3,8-11", LAYER as select_layers takes it; the last ':' splits. Throws Error(usage).
Mutation parse_freeze(const std::string& text, const std::string& as);

/// Parses the document of --config: {"freeze": [{"layer", "filters"}]}, or a list of {"layer_name",
/// "feature_index"}, or {"mutations": [{"op", "layer", "filters", "seed", and the operator's parameters}]},
/// or the first and the last together. `name`: of the file, for errors. Throws Error(input).
std::vector<Mutation> parse_mutations(const std::string& json, const std::string& name,
                                      const std::string& as);

/// An operator of mutation testing.
struct MutationOperator {
  std::string_view name;
  std::string_view summary;  ///< one line, with its parameters and their defaults
  std::string_view accepts;  ///< keys of its entry in --config besides op, layer and seed: "filters sigma"
  std::string_view source;   ///< the paper
};
std::span<const MutationOperator> mutation_operators();

/// Applies mutations in sequence. Filters are frozen by Mutation::as: "output" sets the layer's output to
/// zero; "weights" sets kernel and bias to zero; "block" sets the output to zero after the normalisation and
/// the activation that follow the filter. Throws Error(usage), naming the layer, for a layer, channel or
/// operator that does not exist, and Error(input) for missing weights.
Mutant mutate(const Model& model, std::span<const Mutation> mutations);

/// A random mutation: one of `operators` (empty: all) and a layer of the model to which it applies; the seed
/// decides what it does there. Throws Error(usage) for an operator that does not exist, or if none applies.
Mutation random_mutation(const Model& model, std::span<const std::string> operators, std::uint64_t seed);

/// The mutant as a plain model with the same outputs: frozen channels are zeroed in the weights if the
/// activation function maps 0 to 0, else by a BatchNormalization after the layer (gamma 0 or 1).
Model plain_model(const Mutant& mutant);

}  // namespace nv
