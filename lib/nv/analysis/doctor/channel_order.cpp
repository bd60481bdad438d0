// Red and blue exchanged, where no true classes show it: the outputs are surer with the channels reversed.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/analysis/doctor/sign_test.h"

namespace nv::doctor {

namespace {

constexpr double significant_order = 0.001;  // chance of so many surer inputs if both orders were equal
constexpr double clear_order_gain = 0.02;    // of the mean confidence
constexpr double near_statistics = 0.6;  // distance (normalization.h) at which statistics speak for the order

/// The trial that differs from the one in use in the order of the channels alone; nullptr for none.
const Trial* reversed_of(const Examination& e) {
  if (e.trials.empty()) return nullptr;
  const Preprocess& in_use = e.trials[0].preprocess;
  const auto at = std::ranges::find_if(e.trials, [&](const Trial& t) {
    return t.preprocess.bgr != in_use.bgr && changes(t.preprocess, in_use) == 1;
  });
  return at == e.trials.end() ? nullptr : &*at;
}

/// Whether the statistics of the first BatchNormalization are nearer to the data in the other order.
bool contradicted(const Trial& in_use, const Trial& reversed) {
  return reversed.distance > in_use.distance + 0.1 ||
         (in_use.distance < near_statistics && !(reversed.distance < near_statistics));
}

}  // namespace

bool takes_colour(const Examination& e) {
  return reversed_of(e) != nullptr;
}

std::vector<Finding> check_channel_order(const Examination& e) {
  const Trial* const reversed = reversed_of(e);
  if (reversed == nullptr || e.has_truth()) return {};  // true classes decide in the check of preprocessings
  const Trial& in_use = e.trials[0];
  const double chance = chance_of_gain(in_use.confidences, reversed->confidences);
  const double gain = reversed->confidence - in_use.confidence;
  if (!(gain >= clear_order_gain) || chance > significant_order || contradicted(in_use, *reversed)) return {};
  Finding f;
  f.severity = Severity::warning;
  f.what = fmt::format("with the channels reversed the outputs are surer: mean confidence {:.3g} -> {:.3g}",
                       in_use.confidence, reversed->confidence);
  f.advice = e.arrays ? "check whether the arrays are RGB or BGR" : "try " + options_of(reversed->preprocess);
  f.evidence = {{"confidence_in_use", in_use.confidence}, {"confidence_reversed", reversed->confidence}};
  return {f};
}

}  // namespace nv::doctor
