#include "nv/analysis/mutation/score.h"

#include <algorithm>
#include <functional>
#include <set>

namespace nv {

std::int64_t MutationScore::killed() const {
  return std::ranges::count_if(mutants, &MutantFate::killed);
}

MutationTally::MutationTally(std::vector<std::int64_t> predicted, std::vector<std::int64_t> truth)
    : predicted_(std::move(predicted)), truth_(std::move(truth)), kills_(predicted_.size(), 0) {}

void MutationTally::add(const Mutation& mutation, std::span<const std::int64_t> predicted) {
  MutantFate fate;
  fate.mutation = mutation;
  std::set<std::int64_t> classes;
  std::int64_t right = 0, lost = 0;
  for (std::size_t i = 0; i < predicted_.size(); ++i) {
    fate.changed += predicted[i] == predicted_[i] ? 0 : 1;
    if (predicted_[i] != truth_[i]) continue;
    ++right;
    if (predicted[i] == truth_[i]) continue;
    ++lost;
    ++kills_[i];
    classes.insert(truth_[i]);
  }
  fate.killed_classes.assign(classes.begin(), classes.end());
  fate.error_rate = right == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(right);
  mutants_.push_back(std::move(fate));
}

MutationScore MutationTally::finish() const {
  MutationScore result;
  result.mutants = mutants_;
  std::set<std::int64_t> classes;
  for (std::size_t i = 0; i < predicted_.size(); ++i)
    if (predicted_[i] == truth_[i]) classes.insert(truth_[i]);
  double pairs = 0;
  for (const MutantFate& m : mutants_) pairs += static_cast<double>(m.killed_classes.size());
  result.score = pairs / (static_cast<double>(mutants_.size()) * static_cast<double>(classes.size()));
  for (std::size_t i = 0; i < kills_.size(); ++i)
    if (kills_[i] > 0) result.killers.emplace_back(i, kills_[i]);
  std::ranges::stable_sort(result.killers, std::greater<>(), &std::pair<std::size_t, std::int64_t>::second);
  return result;
}

}  // namespace nv
