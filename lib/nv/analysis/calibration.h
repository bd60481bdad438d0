// Calibration of classifiers: whether probabilities agree with how often predictions are right.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace nv {

/// One predicted distribution against the true class.
struct ProbabilityScores {
  double confidence = 0;  ///< probability of the predicted class
  /// Negative log-likelihood: -ln of the true class's probability, which is clipped to 1e-7 .. 1 - 1e-7 as by
  /// keras.losses.CategoricalCrossentropy.
  double nll = 0;
  /// Brier (1950): sum over all classes of (probability - 1 for the true class, else 0)^2, 0 to 2.
  double brier = 0;
};

/// `output`: of a softmax, or the single unit of a sigmoid (two classes). nullopt for any other output, which
/// is no distribution, and if it holds NaN. A true class that the output does not have has probability 0.
std::optional<ProbabilityScores> probability_scores(std::span<const float> output,
                                                    std::string_view activation, std::int64_t truth);

/// Figures over a set of inputs.
class Calibration {
 public:
  static constexpr std::size_t bin_count = 15;

  /// Inputs whose confidence is in (lo, hi]; a confidence of 0 is in the first bin.
  struct Bin {
    double lo = 0, hi = 1;
    std::int64_t inputs = 0;
    double confidence = 0;  ///< mean; NaN for no inputs
    double accuracy = 0;    ///< share of right predictions; NaN for no inputs
  };

  void add(const ProbabilityScores& scores, bool correct);

  std::int64_t inputs() const;
  /// Expected calibration error (Guo et al. 2017) with 15 bins of equal width: mean over the inputs of
  /// |accuracy - mean confidence| of their bin. NaN for no inputs, as all figures here.
  double ece() const;
  double nll() const;         ///< mean
  double brier() const;       ///< mean
  double confidence() const;  ///< mean
  double accuracy() const;
  std::vector<Bin> bins() const;

 private:
  struct Sums {
    std::int64_t inputs = 0, right = 0;
    double confidence = 0;
  };
  Sums all() const;

  std::array<Sums, bin_count> bins_{};
  double nll_ = 0, brier_ = 0;
};

}  // namespace nv
