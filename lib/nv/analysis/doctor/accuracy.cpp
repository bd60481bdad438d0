// An accuracy no better than chance, and an output that does not depend on the input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr std::size_t least_for_accuracy = 30;
constexpr double no_reaction = 1e-4;

/// Share of the most frequent true class, and of a guess among all.
double chance_of(const Examination& e) {
  std::map<std::int64_t, double> counts;
  double most = 0;
  for (const ExaminedInput& input : e.inputs)
    if (input.truth) most = std::max(most, ++counts[*input.truth]);
  return std::max(most / static_cast<double>(e.inputs.size()), 1 / static_cast<double>(e.classes));
}

bool differ(const Examination& e) {
  return std::ranges::any_of(e.inputs,
                             [&](const ExaminedInput& input) { return input.hash != e.inputs[0].hash; });
}

}  // namespace

std::vector<Finding> check_accuracy(const Examination& e) {
  if (e.output() == nullptr || e.classes < 2 || e.inputs.size() < 2) return {};
  const std::string where = e.model().node(e.output()->value).path;
  if (const double reaction = e.measure.reaction(); reaction < no_reaction && differ(e))
    return {{"",
             Severity::error,
             where,
             fmt::format("the output is the same for all {}: logits differ by {:.2g} of the largest",
                         counted(std::ssize(e.inputs), "input"), reaction),
             "look with nv run for the layer from which on nothing changes",
             {{"reaction", reaction}}}};
  const double accuracy = e.accuracy();
  if (e.inputs.size() < least_for_accuracy || std::isnan(accuracy)) return {};
  const double chance = chance_of(e);
  // Three standard errors above chance are better than chance.
  const double limit = chance + 3 * std::sqrt(chance * (1 - chance) / static_cast<double>(e.inputs.size()));
  if (accuracy > limit || chance > 0.9) return {};
  return {{"",
           Severity::error,
           where,
           fmt::format("accuracy {:.3g} is no better than chance ({:.3g})", accuracy, chance),
           "check that --truth belongs to these inputs, and that the model is the trained one",
           {{"accuracy", accuracy}, {"chance", chance}}}};
}

}  // namespace nv::doctor
