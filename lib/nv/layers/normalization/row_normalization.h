// Normalisation of rows with statistics of the row itself.
#pragma once

#include "nv/layers/common/axes.h"
#include "nv/layers/layer.h"

namespace nv {

/// How a row x of n elements is normalised: (x - shift) / scale.
enum class RowStatistic {
  layer,     ///< shift mean(x), scale sqrt(variance(x) + epsilon)
  rms,       ///< no shift, scale sqrt(mean(x^2) + epsilon)
  variance,  ///< no shift, scale sqrt(variance(x) + epsilon): Keras's rms_scaling
  unit       ///< no shift, scale max(sqrt(sum(x^2)), epsilon)
};

class RowNormalization {
 public:
  RowNormalization(RowStatistic statistic, double epsilon) : statistic_(statistic), epsilon_(epsilon) {}

  /// gamma and beta as rows of x's length; row r of x uses their row r modulo their number. Empty for 1 and
  /// 0.
  void set(Tensor gamma, Tensor beta) {
    gamma_ = std::move(gamma);
    beta_ = std::move(beta);
  }

  /// gamma (x - shift) / scale + beta, in the order of the rows.
  Tensor forward(const AxisRows& x, Context& context) const;
  /// The gradient to x for the cotangent `d` of forward's result.
  Tensor vjp(const AxisRows& x, const AxisRows& d, Context& context) const;

 private:
  struct Moments {
    double shift;
    double centre;  ///< the scale is taken from squares of x - centre
    double inverse_scale;
    bool constant_scale;  ///< the scale is epsilon, which does not depend on x
  };
  Moments moments(std::span<const float> row) const;
  /// Row `r` of gamma or beta; nullptr if it is empty.
  static const float* row_of(const Tensor& t, std::int64_t r, std::int64_t length);

  RowStatistic statistic_;
  double epsilon_;
  Tensor gamma_, beta_;
};

}  // namespace nv
