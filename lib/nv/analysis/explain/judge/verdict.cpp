// Order of the methods, and what the table says in a sentence.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/judge/judge.h"
#include "nv/core/text.h"

namespace nv::explain::judge {

namespace {

constexpr std::int64_t few_inputs = 10;

bool defined_for_all(const Judgement& j, std::size_t measure) {
  return std::ranges::all_of(j.methods,
                             [&](const MethodJudgement& m) { return m.scores[measure].inputs > 0; });
}

/// Whether a is better than b in the measure.
bool better(std::size_t measure, const MethodJudgement& a, const MethodJudgement& b) {
  const double x = a.scores[measure].mean, y = b.scores[measure].mean;
  return measures()[measure].higher_is_better ? x > y : x < y;
}

/// Mean ranks over the measures that can be compared; equal means share the mean of their ranks.
void rank(Judgement& j) {
  std::size_t counted = 0;
  for (std::size_t k = 0; k < measures().size(); ++k) {
    if (!measures()[k].comparable || !defined_for_all(j, k)) continue;
    ++counted;
    for (MethodJudgement& m : j.methods) {
      double ahead = 0, equal = 0;
      for (const MethodJudgement& other : j.methods) {
        if (better(k, other, m)) ahead += 1;
        if (&other != &m && !better(k, other, m) && !better(k, m, other)) equal += 1;
      }
      m.mean_rank += 1 + ahead + equal / 2;
      if (ahead == 0) m.best_in.push_back(static_cast<int>(k));
    }
  }
  for (MethodJudgement& m : j.methods) m.mean_rank /= static_cast<double>(std::max<std::size_t>(counted, 1));
  std::ranges::stable_sort(j.methods, [](const MethodJudgement& a, const MethodJudgement& b) {
    if (a.ignores_weights != b.ignores_weights) return b.ignores_weights;
    return a.mean_rank < b.mean_rank;
  });
}

/// Two standard errors of the difference from the random map, as if the two were independent: a cautious
/// margin.
double margin_of(const Mean& own, const Mean& random) {
  return own.inputs > 1 ? 2 * std::hypot(own.standard_error, random.standard_error) : 0;
}

bool beats_control(const Judgement& j, const MethodJudgement& m) {
  const Mean &own = m.scores[0], &random = j.control->scores[0];
  return own.inputs == 0 || own.mean < random.mean - margin_of(own, random);
}

/// "removing what it marks lowers the class faster than a random order (area 0.12, random 0.31)".
std::string against_control(const Judgement& j, const MethodJudgement& m) {
  if (!j.control || m.scores[0].inputs == 0) return "";
  const Mean &own = m.scores[0], &random = j.control->scores[0];
  const double margin = margin_of(own, random);
  const char* how = own.mean < random.mean - margin   ? "lowers the class faster than"
                    : own.mean > random.mean + margin ? "lowers the class more slowly than"
                                                      : "lowers the class no faster than";
  return fmt::format("removing what it marks {} a random order (deletion {:.3g}, random {:.3g})", how,
                     own.mean, random.mean);
}

std::string names_of(const std::vector<int>& list) {
  std::string names;
  for (const int k : list)
    names += (names.empty() ? "" : ", ") + std::string(measures()[static_cast<std::size_t>(k)].name);
  return names;
}

std::string verdict_of(const Judgement& j) {
  if (j.methods.empty()) return "nothing was judged";
  const MethodJudgement& first = j.methods.front();
  const std::string compared = against_control(j, first);
  if (j.methods.size() == 1)
    return first.method + ": " +
           (compared.empty() ? "there is no other method to compare it with" : compared);
  if (first.ignores_weights) return "no method's map depends on the weights, so none explains the model";
  if (j.control &&
      std::ranges::none_of(j.methods, [&](const MethodJudgement& m) { return beats_control(j, m); }))
    return fmt::format(
        "by deletion none of the {} methods is better than a random map; by all measures {} is first (mean "
        "rank {:.2g}): {}",
        j.methods.size(), first.method, first.mean_rank, compared);
  std::string text = fmt::format("{} is first of {} methods (mean rank {:.2g}", first.method,
                                 j.methods.size(), first.mean_rank);
  text += first.best_in.empty() ? ")" : fmt::format("; first in {})", names_of(first.best_in));
  return compared.empty() ? text : text + ": " + compared;
}

/// The most inputs for which any measure is defined.
std::int64_t inputs_of(const Judgement& j) {
  std::int64_t most = 0;
  for (const MethodJudgement& m : j.methods)
    for (const Mean& score : m.scores) most = std::max(most, score.inputs);
  return most;
}

}  // namespace

void conclude(Judgement& j) {
  rank(j);
  j.verdict = verdict_of(j);
  if (const std::int64_t inputs = inputs_of(j); inputs > 0 && inputs < few_inputs)
    j.remarks.push_back(fmt::format(
        "judged by {}: for other inputs the order may be another; {} or more show how much it varies",
        counted(inputs, "input"), few_inputs));
  for (const MethodJudgement& m : j.methods) {
    if (!m.ignores_weights) continue;
    const bool measured = m.weight_similarity.inputs > 0 && m.weight_similarity.mean >= ignores_weights_from;
    j.remarks.push_back(fmt::format(
        "{} (rank correlation of its map with that of the model with shuffled weights: {:.2f}), so "
        "it stands below the others",
        measured ? m.method + " does not depend on the weights"
                 : m.method + " is known to depend little on the weights",
        m.weight_similarity.mean));
  }
}

}  // namespace nv::explain::judge
