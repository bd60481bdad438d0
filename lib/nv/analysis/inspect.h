// Inspection of a model: structure, weight statistics, notes.
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
  /// By layer, then by weight; only of the requested layers, since it takes reading them.
  std::map<int, std::vector<WeightStatistics>> weights;
  std::vector<std::string> notes;  ///< of the reader and the structure, and NaN found in weights

  std::int64_t trainable_parameters() const;
};

/// With statistics of the weights of the layers of `nodes` (by Model::nodes; empty: none). NaN is noted if it
/// is in those weights, or in the first of the others that need no decompression, up to a fixed number of
/// them.
Inspection inspect(Model model, const std::vector<bool>& nodes);

/// "1.2 M"; "at least 1.2 M" if the cost of some layers is unknown.
std::string macs_text(const Structure& structure);

/// The model as a graph in Graphviz's language.
std::string graphviz(const Inspection& inspection);

}  // namespace nv
