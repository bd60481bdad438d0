#include "nv/analysis/attack_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace nv {

AttackPlan plan_attack(const attacks::Method& method, attacks::Request request, std::vector<double> curve) {
  std::ranges::sort(curve);
  curve.erase(std::unique(curve.begin(), curve.end()), curve.end());
  if (!curve.empty()) request.eps = curve.back();
  attacks::Settings settings = attacks::settle(method, request);
  return {method, std::move(request), std::move(settings), std::move(curve)};
}

attacks::Settings settings_at(const AttackPlan& plan, double eps) {
  attacks::Request request = plan.request;
  request.eps = eps;
  return attacks::settle(plan.method, request);
}

std::string size_warning(const AttackPlan& plan, std::int64_t numbers) {
  const attacks::Bounds& bounds = plan.settings.bounds;
  const double range = static_cast<double>(bounds.high) - static_cast<double>(bounds.low);
  const auto n = static_cast<double>(numbers);
  double most = range;
  if (plan.settings.norm == attacks::Norm::l2) most = range * std::sqrt(n);
  if (plan.settings.norm == attacks::Norm::l1) most = range * n;
  if (plan.settings.norm == attacks::Norm::l0) most = n;
  if (!plan.settings.eps || *plan.settings.eps <= most) return "";
  return fmt::format(
      "{}: eps {:g} allows any input at all: within {:g} to {:g}, no change is larger than {:g} in {}; "
      "8/255 is that share of the range",
      plan.method.name, *plan.settings.eps, bounds.low, bounds.high, most,
      attacks::norm_name(plan.settings.norm));
}

}  // namespace nv
