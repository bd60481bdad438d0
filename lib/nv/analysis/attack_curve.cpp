#include "nv/analysis/attack_curve.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nv {

PlannedAttack::PlannedAttack(Engine& engine, AttackPlan plan, const InputSpec& spec, const Preprocess& how,
                             std::span<const std::string> labels, std::span<Engine* const> others)
    : plan_(std::move(plan)) {
  const auto add = [&](const attacks::Settings& settings) {
    attackers_.push_back(
        std::make_unique<Attacker>(engine, plan_.method, settings, spec, how, labels, others));
  };
  if (plan_.curve.empty() || plan_.method.scope == attacks::Scope::minimum_norm)
    add(plan_.settings);
  else
    for (const double eps : plan_.curve) add(settings_at(plan_, eps));
}

void PlannedAttack::add_examples(std::span<const Input> inputs, std::size_t batch) {
  for (const auto& attacker : attackers_) attacker->add_examples(inputs, batch);
}

void PlannedAttack::learn(std::size_t batch, const std::function<void()>& tick) {
  for (const auto& attacker : attackers_) attacker->learn(batch, tick);
}

void PlannedAttack::attack_remaining(std::size_t size, std::span<const Input> inputs,
                                     std::span<const std::int64_t> truth, std::size_t batch,
                                     const std::function<void(std::size_t)>& round, CurveResults& found) {
  std::vector<Input> remaining;
  std::vector<std::int64_t> remaining_truth;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (found.results[i].status != AttackStatus::failed) continue;
    remaining.push_back(inputs[i]);
    if (!truth.empty()) remaining_truth.push_back(truth[i]);
    places.push_back(i);
  }
  if (places.empty()) return;
  std::vector<AttackResult> results = attackers_[size]->run(remaining, remaining_truth, batch, round);
  for (std::size_t k = 0; k < places.size(); ++k) {
    AttackResult& before = found.results[places[k]];
    results[k].queries += before.queries;
    results[k].gradients += before.gradients;
    before = std::move(results[k]);
    found.eps[places[k]] = plan_.curve[size];
  }
}

CurveResults PlannedAttack::run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                std::size_t batch, const std::function<void(std::size_t)>& round) {
  std::size_t done = 0;
  const auto report = [&](std::size_t finished) {
    done = finished;
    if (round) round(done);
  };
  CurveResults found{attackers_[0]->run(inputs, truth, batch, report), {}};
  if (plan_.curve.empty()) return found;
  if (attackers_.size() == 1) {
    for (const AttackResult& r : found.results) found.eps.push_back(smallest_size(plan_, r));
    return found;
  }
  found.eps.assign(found.results.size(), plan_.curve[0]);
  for (std::size_t size = 1; size < attackers_.size(); ++size)
    attack_remaining(
        size, inputs, truth, batch, [&](std::size_t) { report(done); }, found);
  return found;
}

double smallest_size(const AttackPlan& plan, const AttackResult& result) {
  const double size = result.distances.in(plan.settings.norm);
  for (const double eps : plan.curve)
    if (result.status == AttackStatus::success && size <= eps * (1 + 1e-6)) return eps;
  return plan.curve.back();
}

void RobustnessCurve::add(const AttackResult& r, double eps) {
  if (r.status == AttackStatus::error || (r.status == AttackStatus::skipped && !r.truth)) return;
  const bool wrong = r.status == AttackStatus::skipped && (!r.original || r.original->index != *r.truth);
  breaking_sizes_.push_back(r.status == AttackStatus::success ? eps : wrong ? 0 : INFINITY);
}

double RobustnessCurve::accuracy(double eps) const {
  if (breaking_sizes_.empty()) return NAN;
  const auto right = std::ranges::count_if(breaking_sizes_, [eps](double size) { return size > eps; });
  return static_cast<double>(right) / static_cast<double>(breaking_sizes_.size());
}

}  // namespace nv
