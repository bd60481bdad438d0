// Distance-based surprise adequacy (Kim 2019), as dnn-tip computes it (Weiss 2021).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "nv/analysis/rank/distance.h"
#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/nearest.h"
#include "nv/core/error.h"

namespace nv::rank {

namespace {

constexpr double no_score = std::numeric_limits<double>::quiet_NaN();

/// a / b: a is the distance to the nearest input of the profile with the same predicted class, b the distance
/// from that input to the nearest one with another class.
class DsaScorer final : public LayerScorer {
 public:
  explicit DsaScorer(const Setup& setup) : LayerScorer(setup), profile_(setup.profile) {
    const LayerActivations& layer = *profile_->activations;
    for (std::size_t i = 0; i < layer.classes.size(); ++i)
      groups_[layer.classes[i]].inputs.push_back(static_cast<std::int64_t>(i));
    if (groups_.size() < 2)
      throw Error(ErrorKind::input,
                  fmt::format("{}: all inputs of the profile have the same predicted class", profile_->file),
                  "dsa needs a profile of inputs of several classes");
    to_others_.assign(layer.classes.size(), -1);
  }

  void score(const Pass& pass, std::span<double> scores) override {
    prepare(pass.pool);
    std::ranges::fill(scores, no_score);
    std::map<std::int64_t, std::vector<std::int64_t>> items;  // by class
    for (std::int64_t i = 0; i < pass.inputs; ++i)
      if (const auto& label = pass.classes[static_cast<std::size_t>(i)];
          label && groups_.contains(*label) && is_finite(pass, i))
        items[*label].push_back(i);
    for (const auto& [label, of_class] : items) {
      Tensor queries({std::ssize(of_class), units()});
      for (std::size_t q = 0; q < of_class.size(); ++q)
        std::ranges::copy(values(pass, of_class[q]), queries.data() + static_cast<std::int64_t>(q) * units());
      const Group& group = groups_.at(label);
      const std::vector<Neighbour> nearest = group.rows->nearest(queries, pass.pool);
      std::set<std::int64_t> unknown;
      for (const Neighbour& n : nearest)
        if (const std::int64_t input = input_of(group, n); to_others_[at(input)] < 0) unknown.insert(input);
      measure_others(label, {unknown.begin(), unknown.end()}, pass.pool);
      for (std::size_t q = 0; q < of_class.size(); ++q)
        scores[at(of_class[q])] = std::sqrt(nearest[q].squared) / to_others_[at(input_of(group, nearest[q]))];
    }
  }

 private:
  /// Inputs of the profile with one predicted class.
  struct Group {
    std::vector<std::int64_t> inputs;
    std::optional<NearestRows> rows;
  };

  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  static std::int64_t input_of(const Group& group, const Neighbour& n) { return group.inputs[at(n.row)]; }

  /// Rows of the profile's activations.
  Tensor rows(const std::vector<std::int64_t>& inputs) const {
    Tensor result({std::ssize(inputs), units()});
    for (std::size_t i = 0; i < inputs.size(); ++i)
      std::ranges::copy(profile_->activations->values.item(inputs[i]).values(),
                        result.data() + static_cast<std::int64_t>(i) * units());
    return result;
  }

  void prepare(ThreadPool& pool) {
    for (auto& [label, group] : groups_)
      if (!group.rows) group.rows.emplace(rows(group.inputs), pool);
  }

  /// Sets to_others_ of inputs of one class.
  void measure_others(std::int64_t label, const std::vector<std::int64_t>& inputs, ThreadPool& pool) {
    if (inputs.empty()) return;
    const Tensor queries = rows(inputs);
    std::vector<double> least(inputs.size(), std::numeric_limits<double>::infinity());
    for (const auto& [other, group] : groups_) {
      if (other == label) continue;
      const std::vector<Neighbour> nearest = group.rows->nearest(queries, pool);
      for (std::size_t i = 0; i < least.size(); ++i) least[i] = std::min(least[i], nearest[i].squared);
    }
    for (std::size_t i = 0; i < least.size(); ++i) to_others_[at(inputs[i])] = std::sqrt(least[i]);
  }

  std::shared_ptr<const Profile> profile_;
  std::map<std::int64_t, Group> groups_;  ///< by predicted class
  std::vector<double> to_others_;         ///< per input of the profile; -1: not measured yet
};

}  // namespace

Metric dsa() {
  return {.name = "dsa",
          .summary = "distance to the nearest of the same class / from that to another class",
          .reference = "Kim 2019 (surprise adequacy)",
          .group = Group::distance,
          .needs = {.activations = true},
          .make = [](const Setup& setup) { return std::make_unique<DsaScorer>(setup); }};
}

}  // namespace nv::rank
