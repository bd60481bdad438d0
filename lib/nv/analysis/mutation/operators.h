// The operators of mutation testing: MuNN (Shen et al. 2018) and DeepMutation (Ma et al. 2018). Each is a
// function and an entry in the table of operators.cpp.
#pragma once

#include "nv/analysis/mutation/mutate.h"
#include "nv/core/random.h"

namespace nv {

/// What an operator changes: one call of one layer.
struct Site {
  Mutant& mutant;
  const Structure& structure;  ///< of mutant.model, before the change
  std::size_t node;
  Mutation& mutation;  ///< in: as requested; out: with the operator's choices
  Random& random;

  Model& model() const { return mutant.model; }
  const Node& call() const { return mutant.model.nodes[node]; }
  const LayerSpec& layer() const { return mutant.model.layer_of(call()); }
  /// The value of a parameter, or its default, which is stored in the mutation. Throws Error(usage) if it is
  /// not in [least, most].
  double parameter(std::string_view name, double fallback, double least, double most) const;
  /// The requested filters, else `count` different random ones, which are stored in the mutation.
  const std::vector<std::int64_t>& filters(std::int64_t count) const;
};

struct OperatorEntry {
  MutationOperator doc;
  /// Whether it can change the node.
  bool (*applies)(const Model& model, const Structure& structure, std::size_t node);
  void (*apply)(const Site& site);
};

std::span<const OperatorEntry> operator_table();

/// Throws Error(usage) with the names as the hint.
const OperatorEntry& operator_named(std::string_view name);

}  // namespace nv
