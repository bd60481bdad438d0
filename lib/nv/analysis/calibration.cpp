#include "nv/analysis/calibration.h"

#include <algorithm>
#include <cmath>

namespace nv {

namespace {

constexpr double clipped = 1e-7;  // Keras's epsilon

/// Probabilities of a vector of classes.
ProbabilityScores scores_of(std::span<const double> probabilities, std::int64_t truth) {
  ProbabilityScores s;
  double of_truth = 0;
  bool has_truth = false;
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    const double p = probabilities[k];
    const bool is_true = static_cast<std::int64_t>(k) == truth;
    s.confidence = std::max(s.confidence, p);
    s.brier += is_true ? (1 - p) * (1 - p) : p * p;
    if (!is_true) continue;
    of_truth = p;
    has_truth = true;
  }
  if (!has_truth) s.brier += 1;
  s.nll = -std::log(std::clamp(of_truth, clipped, 1 - clipped));
  return s;
}

double mean(double sum, std::int64_t count) {
  return count == 0 ? NAN : sum / static_cast<double>(count);
}

}  // namespace

std::optional<ProbabilityScores> probability_scores(std::span<const float> output,
                                                    std::string_view activation, std::int64_t truth) {
  const bool single = activation == "sigmoid" && output.size() == 1;
  if (!single && (activation != "softmax" || output.size() < 2)) return std::nullopt;
  if (std::ranges::any_of(output, [](float p) { return std::isnan(p); })) return std::nullopt;
  std::vector<double> probabilities(output.begin(), output.end());
  if (single) probabilities.insert(probabilities.begin(), 1 - probabilities[0]);
  return scores_of(probabilities, truth);
}

void Calibration::add(const ProbabilityScores& scores, bool correct) {
  const double place = std::ceil(scores.confidence * static_cast<double>(bin_count)) - 1;
  Sums& bin = bins_[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(bin_count - 1)))];
  ++bin.inputs;
  bin.right += correct ? 1 : 0;
  bin.confidence += scores.confidence;
  nll_ += scores.nll;
  brier_ += scores.brier;
}

Calibration::Sums Calibration::all() const {
  Sums all;
  for (const Sums& bin : bins_) {
    all.inputs += bin.inputs;
    all.right += bin.right;
    all.confidence += bin.confidence;
  }
  return all;
}

std::int64_t Calibration::inputs() const {
  return all().inputs;
}

double Calibration::ece() const {
  double gaps = 0;  // each times the inputs of its bin
  for (const Sums& bin : bins_) gaps += std::abs(static_cast<double>(bin.right) - bin.confidence);
  return mean(gaps, inputs());
}

double Calibration::nll() const {
  return mean(nll_, inputs());
}
double Calibration::brier() const {
  return mean(brier_, inputs());
}
double Calibration::confidence() const {
  return mean(all().confidence, inputs());
}
double Calibration::accuracy() const {
  return mean(static_cast<double>(all().right), inputs());
}

std::vector<Calibration::Bin> Calibration::bins() const {
  std::vector<Bin> list;
  const auto edge = [](std::size_t i) { return static_cast<double>(i) / static_cast<double>(bin_count); };
  for (std::size_t i = 0; i < bin_count; ++i) {
    const Sums& sums = bins_[i];
    list.push_back({edge(i), edge(i + 1), sums.inputs, mean(sums.confidence, sums.inputs),
                    mean(static_cast<double>(sums.right), sums.inputs)});
  }
  return list;
}

}  // namespace nv
