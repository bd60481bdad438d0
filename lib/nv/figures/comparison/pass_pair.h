// Two passes side by side: two inputs, two models, or a model before and after a mutation.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/data/preprocess.h"

namespace nv::figures {

/// Everything that is referred to must outlive it.
struct PassPair {
  Side a, b;
  const Matching& matching;
  /// Over the maps, so they must be short; `caption` says what they stand for.
  std::string name_a = "A", name_b = "B", name_difference = "B − A";
  std::string caption = {};              ///< the inputs, the predictions, what is frozen
  std::vector<std::string> labels = {};  ///< class names; may be empty
  Preprocess preprocess = {};            ///< from pictures to the inputs, to show them as pictures
};

/// "lenet5.h5", or "a.h5 and b.keras".
std::string model_names(const PassPair& pair);

/// The node of B that matches `node` of A, which has a partner.
std::size_t partner(const PassPair& pair, std::size_t node);

/// Output of `node` of A in both passes, without a batch axis.
struct OutputPair {
  Tensor a, b;
};
OutputPair outputs_of(const PassPair& pair, std::size_t node);

}  // namespace nv::figures
