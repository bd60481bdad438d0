// Summary of `nv compare` over all pairs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/compare.h"
#include "nv/report/json.h"
#include "shared/console.h"

namespace nv {

/// Columns of --csv and --tsv: keys of a layer's JSON, and "a" and "b" of the pair.
std::vector<std::string> pair_columns();

class PairSummary {
 public:
  /// `changed`: whether the predicted classes of the two sides differ.
  void add(const std::string& id, const std::vector<LayerDifference>& layers, bool changed);

  std::size_t pairs() const { return pairs_; }
  /// "summary", with the number of inputs that could not be used.
  Json json(std::int64_t errors) const;
  /// One row per layer: the largest difference, and its pair, under the header `pair`, if there are several.
  Table table(std::string_view pair = "pair") const;
  /// The same under headings. `classifies`: whether the models predict classes.
  std::string text(const Console& console, bool classifies) const;

 private:
  std::size_t pairs_ = 0, changed_ = 0;
  std::vector<LayerDifference> largest_;  ///< of each layer, over all pairs
  std::vector<std::string> pair_of_;      ///< the pair of each
};

}  // namespace nv
