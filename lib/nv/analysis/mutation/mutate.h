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

/// The document of --config: {"freeze": [{"layer", "filters"}]}, or a list of {"layer_name",
/// "feature_index"}, or {"mutations": [{"op", "layer", "filters", "seed", and the operator's parameters}]},
/// or the first and the last together. `name` is the file's. Throws Error(input).
std::vector<Mutation> parse_mutations(const std::string& json, const std::string& name,
                                      const std::string& as);

/// An operator of mutation testing.
struct MutationOperator {
  std::string_view name;
  std::string_view summary;  ///< one line, with its parameters and their defaults
  std::string_view accepts;  ///< words of its entry in --config, beside op, layer and seed: "filters sigma"
  std::string_view source;   ///< the paper
};
std::span<const MutationOperator> mutation_operators();

/// The model with everything applied, one after the other. The way of freezing (Mutation::as): "output" hands
/// on zeros; "weights" zeroes kernel and bias instead; "block" hands on zeros behind the normalisation and
/// the activation that belong to the filter. Throws Error(usage), naming the layer, for a layer, a channel or
/// an operator that is not there, and Error(input) for weights that are missing.
Mutant mutate(const Model& model, std::span<const Mutation> mutations);

/// A random mutation: an operator of `operators` (all where it is empty) that applies to some layer of the
/// model, and that layer; what it does there is settled by the seed. Throws Error(usage) for an operator that
/// does not exist, or where none applies.
Mutation random_mutation(const Model& model, std::span<const std::string> operators, std::uint64_t seed);

/// The mutant as a plain model, which gives the same outputs: what its layers hand on as zero is zeroed by
/// their weights where the activation maps 0 to 0, else by a BatchNormalization behind them (gamma 0 or 1).
Model plain_model(const Mutant& mutant);

}  // namespace nv
