#include "nv/analysis/mutation/score.h"

#include <algorithm>
#include <functional>
#include <set>

namespace nv {

std::int64_t MutationScore::killed() const {
  return std::ranges::count_if(mutants, &MutantResult::killed);
}

MutationTally::MutationTally(Classes predicted, Classes truth)
    : predicted_(std::move(predicted)), truth_(std::move(truth)), kills_(predicted_.size(), 0) {}

void MutationTally::add(const Mutation& mutation, const Classes& predicted) {
  MutantResult result;
  result.mutation = mutation;
  std::set<std::int64_t> classes;
  std::int64_t known = 0, lost = 0;
  for (std::size_t i = 0; i < predicted_.size(); ++i) {
    result.changed += predicted[i] == predicted_[i] ? 0 : 1;
    if (!right(predicted_, i)) continue;
    ++known;
    if (right(predicted, i)) continue;
    ++lost;
    ++kills_[i];
    classes.insert(*truth_[i]);
  }
  result.killed_classes.assign(classes.begin(), classes.end());
  result.error_rate = known == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(known);
  mutants_.push_back(std::move(result));
}

MutationScore MutationTally::finish() const {
  MutationScore result;
  result.mutants = mutants_;
  std::set<std::int64_t> classes;
  for (std::size_t i = 0; i < predicted_.size(); ++i)
    if (right(predicted_, i)) classes.insert(*truth_[i]);
  double pairs = 0;
  for (const MutantResult& m : mutants_) pairs += static_cast<double>(m.killed_classes.size());
  result.score = pairs / (static_cast<double>(mutants_.size()) * static_cast<double>(classes.size()));
  for (std::size_t i = 0; i < kills_.size(); ++i)
    if (kills_[i] > 0) result.killers.emplace_back(i, kills_[i]);
  std::ranges::stable_sort(result.killers, std::greater<>(), &std::pair<std::size_t, std::int64_t>::second);
  return result;
}

}  // namespace nv
