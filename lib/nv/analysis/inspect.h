// What `nv inspect` tells of a model beyond its structure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nv/analysis/statistics.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

struct WeightStatistics {
  Statistics values;
  Histogram bins;
};

struct Inspection {
  Model model;
  Structure structure;
  /// By layer, then by weight; only of the layers that were asked for, since it takes reading them.
  std::map<int, std::vector<WeightStatistics>> weights;
  std::vector<std::string> notes;  ///< the reader's, the structure's, and NaN found in weights

  std::int64_t trainable_parameters() const;
};

/// Statistics of the weights of the layers of `nodes` (by Model::nodes; none where empty). NaN is noted in
/// those weights and in the first of the others that need no unpacking, a number that does not grow with the
/// file.
Inspection inspect(Model model, const std::vector<bool>& nodes);

/// "1.2 M"; "at least 1.2 M" where the cost of some layers is not known.
std::string macs_text(const Structure& structure);

/// The model as a graph in Graphviz's language.
std::string graphviz(const Inspection& inspection);

}  // namespace nv
