#include "compare/summary.h"

#include <nlohmann/json.hpp>

#include "shared/pairs.h"

namespace nv {

std::vector<std::string> pair_columns() {
  return {
      "a.id", "b.id",         "index",      "path",   "path_b",  "kind", "shape",         "relative_l2",
      "l2",   "linf",         "mean_abs",   "cosine", "pearson", "ssim", "changed_share", "own_relative_l2",
      "cka",  "cka_debiased", "cka_chance", "error"};
}

void PairSummary::add(const std::string& id, const std::vector<LayerDifference>& layers, bool changed) {
  ++pairs_;
  changed_ += changed ? 1 : 0;
  const std::vector<bool> replaced = keep_largest(largest_, layers);
  pair_of_.resize(largest_.size());
  for (std::size_t i = 0; i < replaced.size(); ++i)
    if (replaced[i]) pair_of_[i] = id;
}

Json PairSummary::json(std::int64_t errors) const {
  Json json{{"pairs", pairs_}, {"errors", errors}, {"changed", changed_}, {"layers", Json::array()}};
  for (std::size_t i = 0; i < largest_.size(); ++i)
    json["layers"].push_back(
        {{"path", largest_[i].path}, {"max", number(largest_[i].values.relative_l2)}, {"pair", pair_of_[i]}});
  return json;
}

Table PairSummary::table(std::string_view pair) const {
  return difference_table(largest_, pairs_ > 1 ? pair_of_ : std::vector<std::string>(), pair);
}

std::string PairSummary::text(const Console& console, bool classifies) const {
  std::string text;
  if (pairs_ > 1 && classifies)
    text += fmt::format("predictions differ in {} of {} pairs\n\n", changed_, pairs_);
  if (pairs_ > 1) text += fmt::format("largest difference of {} pairs, layer by layer\n", pairs_);
  return text + table().text(console);
}

}  // namespace nv
