// Order of the methods, and what the table says in a sentence.
#include <fmt/format.h>

#include <algorithm>
#include <array>

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

/// The value that |t| exceeds with a chance of 5 % (Student's t distribution), within 1 %.
double student(std::int64_t inputs) {
  constexpr std::array first{12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
  const auto freedom = static_cast<std::size_t>(inputs - 1);
  return freedom <= first.size() ? first[freedom - 1] : 1.96 + 2.7 / static_cast<double>(freedom);
}

/// How much lower deletion is than with a random order of the same inputs: less than 0 only where the inputs
/// show it (a paired t-test at 5 %); of one input, as it was measured.
int sign_of_difference(const MethodJudgement& m) {
  const Mean& difference = m.against_random[0];
  const double margin = difference.inputs > 1 ? student(difference.inputs) * difference.standard_error : 0;
  return difference.mean < -margin ? -1 : difference.mean > margin ? 1 : 0;
}

bool beats_control(const MethodJudgement& m) {
  return m.against_random[0].inputs == 0 || sign_of_difference(m) < 0;
}

/// "removing what it marks lowers the class faster than a random order (deletion 0.12, random 0.31)".
std::string against_control(const Judgement& j, const MethodJudgement& m) {
  if (!j.control || m.against_random[0].inputs == 0) return "";
  const int sign = sign_of_difference(m);
  const bool one = m.against_random[0].inputs == 1;
  const char* how = sign < 0   ? "faster than"
                    : sign > 0 ? "more slowly than"
                    : one      ? "as fast as"
                               : "not measurably faster or more slowly than";
  return fmt::format("removing what it marks lowers the class {} {} (deletion {:.3g}, random {:.3g})", how,
                     one ? "one random order of this input" : "a random order", m.scores[0].mean,
                     j.control->scores[0].mean);
}

std::string names_of(const std::vector<int>& list) {
  std::string names;
  for (const int k : list)
    names += (names.empty() ? "" : ", ") + std::string(measures()[static_cast<std::size_t>(k)].name);
  return names;
}

/// The most inputs for which any measure is defined.
std::int64_t inputs_of(const Judgement& j) {
  std::int64_t most = 0;
  for (const MethodJudgement& m : j.methods)
    for (const Mean& score : m.scores) most = std::max(most, score.inputs);
  return most;
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
      std::ranges::none_of(j.methods, [&](const MethodJudgement& m) { return beats_control(m); }))
    return fmt::format(
        "by deletion none of the {} methods is {}better than a random map; by all measures {} is first "
        "(mean rank {:.2g}): {}",
        j.methods.size(), inputs_of(j) > 1 ? "measurably " : "", first.method, first.mean_rank, compared);
  std::string text = fmt::format("{} is first of {} methods (mean rank {:.2g}", first.method,
                                 j.methods.size(), first.mean_rank);
  text += first.best_in.empty() ? ")" : fmt::format("; first in {})", names_of(first.best_in));
  return compared.empty() ? text : text + ": " + compared;
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
