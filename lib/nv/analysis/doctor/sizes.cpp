// Pictures whose size is changed by more than a factor.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr double far_enlarged = 3, enlarged = 2, reduced = 4, distorted = 1.6;

struct Resized {
  double up = 1, down = 1, distortion = 1;  ///< factors
};

Resized resized(const ExaminedInput& input) {
  const double x = static_cast<double>(input.model_width) / static_cast<double>(input.width),
               y = static_cast<double>(input.model_height) / static_cast<double>(input.height);
  return {std::max({x, y, 1.0}), std::max({1 / x, 1 / y, 1.0}), std::max(x / y, y / x)};
}

std::optional<Finding> finding_for(const Examination& e, double limit, Severity severity,
                                   double Resized::*factor, const char* what, const std::string& advice) {
  const ExaminedInput* most = nullptr;
  std::int64_t count = 0;
  for (const ExaminedInput& input : e.inputs) {
    if (input.width == 0 || input.height == 0 || !(resized(input).*factor > limit)) continue;
    ++count;
    if (most == nullptr || resized(input).*factor > resized(*most).*factor) most = &input;
  }
  if (most == nullptr) return std::nullopt;
  const double largest = resized(*most).*factor;
  return Finding{"",
                 severity,
                 most->id,
                 fmt::format("{} of {} {} more than {:g} times; the most {} from {}x{} to {}x{}", count,
                             counted(std::ssize(e.inputs), "input"), what, limit, one_line(most->id),
                             most->width, most->height, most->model_width, most->model_height),
                 advice,
                 {{"inputs", count}, {"of", std::ssize(e.inputs)}, {"factor", largest}}};
}

}  // namespace

std::vector<Finding> check_sizes(const Examination& e) {
  std::vector<Finding> findings;
  const auto add = [&](std::optional<Finding> finding) {
    if (finding) findings.push_back(*std::move(finding));
    return finding.has_value();
  };
  // At the accuracy of a good model another size does no harm; at a low one it is a reason.
  const double accuracy = e.accuracy();
  const Severity most = accuracy > 0.8 ? Severity::warning : Severity::error;
  const Severity reducing = accuracy < 0.5 ? Severity::error : Severity::warning;
  const std::string larger = "use pictures of about the model's size";
  if (!add(finding_for(e, far_enlarged, most, &Resized::up, "enlarged", larger)))
    add(finding_for(e, enlarged, Severity::warning, &Resized::up, "enlarged", larger));
  if (e.settings.preprocess.resize != Resize::area)
    add(finding_for(e, reduced, reducing, &Resized::down, "reduced",
                    "use --resize area, which loses no pixels between those that it takes"));
  if (e.settings.preprocess.fit == Fit::stretch)
    add(finding_for(e, distorted, Severity::warning, &Resized::distortion, "distorted",
                    "use --fit crop or --fit pad"));
  return findings;
}

}  // namespace nv::doctor
