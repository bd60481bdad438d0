// Statistics of BatchNormalization that were never trained, or are far from the data.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr double far_off = 2.5, off = 1.5;  // distances (normalization.h)
constexpr std::size_t least_for_statistics = 8;

/// Statistics of 0 and 1 in a model that was trained, as its gamma and beta, or other layers' statistics,
/// show.
std::vector<Finding> check_initial(const Examination& e) {
  std::vector<const NormalizationLayer*> untrained;
  bool trained = false;
  for (const NormalizationLayer& layer : e.normalization) {
    if (layer.untrained_statistics) untrained.push_back(&layer);
    trained = trained || !layer.untrained_statistics || !layer.untrained_scale;
  }
  if (untrained.empty()) return {};
  const std::size_t first = untrained[0]->node;
  return {{"",
           trained ? Severity::error : Severity::warning,
           e.model().nodes[first].path,
           fmt::format("{} of {} BatchNormalization layers have mean 0 and variance 1, as before training; "
                       "the first is {}",
                       untrained.size(), e.normalization.size(), one_line(e.model().nodes[first].path)),
           trained ? "train them, or measure their statistics by a pass with training=True; check that all "
                     "weights were saved"
                   : "check that this is the trained model",
           {{"layers", std::ssize(untrained)}, {"of", std::ssize(e.normalization)}}}};
}

/// The first layer whose statistics are far from the data; those after it follow.
std::vector<Finding> check_distance(const Examination& e) {
  if (e.inputs.size() < least_for_statistics) return {};
  for (const NormalizationLayer& layer : e.normalization) {
    const double d = distance(layer, e.nodes[layer.source]);
    if (layer.untrained_statistics || !(d > off)) continue;
    Finding f;
    f.severity = d > far_off ? Severity::error : Severity::warning;
    f.where = e.model().nodes[layer.node].path;
    f.what = fmt::format(
        "the data of {} are far from its statistics: distance {:.3g}, where 1 is one standard "
        "deviation off or one 2.7 times as large",
        e.name_of(layer.node), d);
    f.advice = "check the preprocessing, and that these inputs are like those of the training";
    f.evidence = {{"distance", d}};
    return {f};
  }
  return {};
}

}  // namespace

std::vector<Finding> check_normalization(const Examination& e) {
  std::vector<Finding> findings = check_initial(e);
  return findings.empty() ? check_distance(e) : findings;
}

}  // namespace nv::doctor
