// Probabilities of exactly 0 and 1: the softmax says nothing about how sure a prediction is.
#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

/// Medians of the gap between the two largest logits; exp(-17) is 0 beside 1 in float32.
constexpr double far_too_large = 40, large = 25;
constexpr std::size_t least_inputs = 5;

}  // namespace

std::vector<Finding> check_saturation(const Examination& e) {
  const OutputKind* const output = e.output();
  if (output == nullptr || !gives_probabilities(output->activation) || e.inputs.size() < least_inputs)
    return {};
  const double gap = e.measure.gap();
  if (!(gap > large)) return {};
  const auto certain = std::ranges::count_if(
      e.measure.items(), [](const OutputMeasure::Item& item) { return item.confidence == 1.0; });
  Finding f;
  f.severity = gap > far_too_large ? Severity::error : Severity::warning;
  f.where = e.model().node(output->value).path;
  f.what = fmt::format(
      "{} is saturated: the largest logit leads by {:.3g} (median), and {} of {} are "
      "predicted with probability 1",
      one_line(f.where), gap, certain, counted(std::ssize(e.inputs), "input"));
  f.advice =
      "check the scale of the inputs and of the last layer's weights, or divide the logits by a temperature";
  f.evidence = {{"logit_gap", gap}, {"certain", certain}, {"of", std::ssize(e.inputs)}};
  return {f};
}

}  // namespace nv::doctor
