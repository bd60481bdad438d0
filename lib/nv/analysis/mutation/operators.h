// The operators of mutation testing: MuNN (Shen et al. 2018) and DeepMutation (Ma et al. 2018). One function
// each, one line in the table of operators.cpp.
#pragma once

#include "nv/analysis/mutation/mutate.h"
#include "nv/core/random.h"

namespace nv {

/// What an operator works on: one call of one layer.
struct Site {
  Mutant& mutant;
  const Structure& structure;  ///< of mutant.model, as it is before the change
  std::size_t node;
  Mutation& mutation;  ///< in: what was asked for; out: with what the operator chose
  Random& random;

  Model& model() const { return mutant.model; }
  const Node& call() const { return mutant.model.nodes[node]; }
  const LayerSpec& layer() const { return mutant.model.layer_of(call()); }
  /// The parameter, its default where none is given; notes it in the mutation. Throws Error(usage) where it
  /// is not in [least, most].
  double parameter(std::string_view name, double fallback, double least, double most) const;
  /// The filters asked for, else `count` different ones at random, noted in the mutation.
  const std::vector<std::int64_t>& filters(std::int64_t count) const;
};

struct OperatorEntry {
  MutationOperator doc;
  /// Whether it can do something at the node.
  bool (*applies)(const Model& model, const Structure& structure, std::size_t node);
  void (*apply)(const Site& site);
};

std::span<const OperatorEntry> operator_table();

/// Throws Error(usage) with the names as the hint.
const OperatorEntry& operator_named(std::string_view name);

}  // namespace nv
