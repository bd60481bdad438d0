// DATIS (Li, ISSTA 2024): how much the nearest training inputs support another class than the predicted one.
// As the authors' published code: activations of length 1, the 100 nearest inputs of the profile, weights
// exp(- squared distance / 0.1).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "nv/analysis/rank/distance.h"
#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/nearest.h"
#include "nv/analysis/rank/order.h"
#include "nv/core/memory.h"

namespace nv::rank {

namespace {

constexpr std::int64_t neighbours = 100;
constexpr double temperature = 0.1, smallest = 1e-15;

/// Each row divided by its length; rows of zeros stay.
Tensor unit_rows(const Tensor& values) {
  Tensor rows = values.clone();
  const std::int64_t units = rows.shape()[1];
  for (std::int64_t r = 0; r < rows.shape()[0]; ++r) {
    float* const row = rows.data() + r * units;
    double squares = 0;
    for (std::int64_t u = 0; u < units; ++u)
      squares += static_cast<double>(row[u]) * static_cast<double>(row[u]);
    if (squares == 0) continue;
    const double length = std::sqrt(squares);
    for (std::int64_t u = 0; u < units; ++u)
      row[u] = static_cast<float>(static_cast<double>(row[u]) / length);
  }
  return rows;
}

class DatisScorer final : public LayerScorer {
 public:
  /// `select`: inputs to choose, without those that resemble others; 0: none.
  DatisScorer(const Setup& setup, std::size_t select)
      : LayerScorer(setup), profile_(setup.profile), select_(select), file_(setup.engine.model().file) {
    const LayerActivations& layer = *profile_->activations;
    labels_ = layer.truth.empty() ? layer.classes : layer.truth;
    classes_ = *std::ranges::max_element(labels_) + 1;
  }

  void score(const Pass& pass, std::span<double> scores) override {
    if (!rows_) rows_.emplace(unit_rows(profile_->activations->values), pass.pool);
    Tensor queries({pass.inputs, units()}, 0.0F);
    for (std::int64_t i = 0; i < pass.inputs; ++i)
      if (is_finite(pass, i)) std::ranges::copy(values(pass, i), queries.data() + i * units());
    queries = unit_rows(queries);
    const std::vector<std::vector<Neighbour>> near = rows_->nearest(queries, neighbours, pass.pool);
    for (std::int64_t i = 0; i < pass.inputs; ++i) {
      const auto item = static_cast<std::size_t>(i);
      const auto& label = pass.classes[item];
      scores[item] =
          label && is_finite(pass, i) ? doubt(near[item], *label) : std::numeric_limits<double>::quiet_NaN();
    }
    if (select_ == 0) return;
    check_memory((kept_.size() + static_cast<std::size_t>(queries.size())) * sizeof(float),
                 fmt::format("{}: activations of {} inputs", file_, scores.size()));
    kept_.insert(kept_.end(), queries.values().begin(), queries.values().end());
  }

  std::vector<std::size_t> finish(std::span<double> scores) override {
    return select_ == 0 ? std::vector<std::size_t>{} : selected_first(scores);
  }

  std::string note() const override {
    return profile_->activations->truth.empty() ? "datis: the profile has no true classes, so that predicted "
                                                  "ones are used: make it with --truth"
                                                : "";
  }

 private:
  /// Support of the strongest other class / support of the predicted one.
  double doubt(const std::vector<Neighbour>& near, std::int64_t predicted) const {
    std::vector<double> support(static_cast<std::size_t>(std::max(classes_, predicted + 1)), 0);
    double all = 0;
    for (const Neighbour& n : near) {
      const double weight = std::exp(-n.squared / temperature);
      support[static_cast<std::size_t>(labels_[static_cast<std::size_t>(n.row)])] += weight;
      all += weight;
    }
    double other = 0;
    for (std::size_t c = 0; c < support.size(); ++c)
      if (static_cast<std::int64_t>(c) != predicted) other = std::max(other, support[c]);
    return other / all / (support[static_cast<std::size_t>(predicted)] / all + smallest);
  }

  /// Of the first inputs, some more than are to be chosen, those are chosen that are far from the others: by
  /// a weighted sum of both ranks.
  std::vector<std::size_t> selected_first(std::span<const double> scores) const {
    const std::vector<std::size_t> order = priority_order(scores, false);
    const std::size_t take = std::min(select_, order.size());
    const Budget budget = budget_of(static_cast<double>(take) / static_cast<double>(order.size()));
    const std::size_t pool = std::min(take * budget.pool, order.size());
    const std::vector<double> apart = mean_distances(std::span(order).first(pool), take);
    const std::vector<std::size_t> by_distance = priority_order(apart, false);
    std::vector<double> weights(pool);
    for (std::size_t r = 0; r < pool; ++r) weights[r] = (1 - budget.weight) * static_cast<double>(pool - r);
    for (std::size_t r = 0; r < pool; ++r)
      weights[by_distance[r]] += budget.weight * static_cast<double>(pool - r);
    std::vector<std::size_t> result;
    for (const std::size_t c : priority_order(weights, false)) result.push_back(order[c]);
    result.insert(result.end(), order.begin() + static_cast<std::ptrdiff_t>(pool), order.end());
    return result;
  }

  /// Mean distance of each of the inputs to the nearest of them, itself among them.
  std::vector<double> mean_distances(std::span<const std::size_t> inputs, std::size_t take) const {
    Tensor rows({std::ssize(inputs), units()});
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::copy_n(kept_.begin() + static_cast<std::ptrdiff_t>(inputs[i]) * units(), units(),
                  rows.data() + static_cast<std::int64_t>(i) * units());
    ThreadPool pool(1);
    const auto count = static_cast<std::int64_t>(std::min<std::size_t>(take, neighbours));
    std::vector<double> means;
    for (const std::vector<Neighbour>& near : NearestRows(rows, pool).nearest(rows, count, pool)) {
      double sum = 0;
      for (const Neighbour& n : near) sum += std::sqrt(n.squared);
      means.push_back(sum / static_cast<double>(near.size()));
    }
    return means;
  }

  /// The paper's settings by the share of inputs that is chosen.
  struct Budget {
    double share;
    std::size_t pool;  ///< candidates per input to choose
    double weight;     ///< of the distance
  };
  static Budget budget_of(double share) {
    static constexpr std::array<Budget, 6> budgets{
        {{0.005, 3, 0.3}, {0.01, 3, 0.3}, {0.02, 2, 0.2}, {0.03, 2, 0.2}, {0.05, 2, 0.2}, {0.1, 2, 0.2}}};
    return *std::ranges::min_element(budgets, {},
                                     [share](const Budget& b) { return std::abs(b.share - share); });
  }

  std::shared_ptr<const Profile> profile_;
  std::size_t select_;
  std::string file_;
  std::vector<std::int64_t> labels_;  ///< per input of the profile
  std::int64_t classes_ = 0;
  std::optional<NearestRows> rows_;
  std::vector<float> kept_;  ///< activations of all inputs, to select among them
};

}  // namespace

Metric datis() {
  return {.name = "datis",
          .summary = "support of the nearest training inputs for another class / for the predicted one",
          .reference = "Li 2024 (DATIS)",
          .group = Group::distance,
          .needs = {.activations = true},
          .make = [](const Setup& setup) { return std::make_unique<DatisScorer>(setup, 0); }};
}

Metric datis_select() {
  return {.name = "datis-select",
          .summary = "datis, first those that differ from one another: for --take",
          .reference = "Li 2024 (DATIS)",
          .group = Group::distance,
          .needs = {.activations = true},
          .selects = true,
          .at_end = true,
          .make = [](const Setup& setup) { return std::make_unique<DatisScorer>(setup, setup.take); }};
}

}  // namespace nv::rank
