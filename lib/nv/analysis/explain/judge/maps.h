// Maps as plain numbers.
#pragma once

#include <optional>
#include <vector>

#include "nv/analysis/explain/judge/measure.h"

namespace nv::explain::judge {

/// Where the values of the explained input are: of the first image input, else of the first input.
Features features_of(const Task& task);

/// The map in the order of features: one value per feature, or one per position if it is (H, W).
std::vector<float> flat_map(const Explanation& explanation, const Features& features);

/// Divided by the largest magnitude, unless that is 0.
std::vector<double> scaled_to_one(const std::vector<float>& map);

/// The same without signs.
std::vector<double> magnitudes(const std::vector<float>& map);

/// Spearman's rank correlation, with mean ranks for equal values; nullopt if all values of one are equal.
std::optional<double> rank_correlation(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace nv::explain::judge
