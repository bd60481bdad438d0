// Two passes side by side: two inputs, two models, or a model before and after a mutation.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/compare.h"

namespace nv::figures {

/// Everything that is referred to must outlive it.
struct PassPair {
  Side a, b;
  const Matching& matching;
  std::string name_a = "A", name_b = "B";  ///< over the maps
  std::string caption = {};                ///< the inputs and the predictions
  std::vector<std::string> labels = {};    ///< class names; may be empty
};

}  // namespace nv::figures
