// What normalisations share that take their statistics from the item itself, row by row.
#pragma once

#include "nv/layers/common/axes.h"
#include "nv/layers/layer.h"

namespace nv {

/// How a row x of n elements is normalised: (x - shift) / scale.
enum class RowStatistic {
  layer,     ///< shift mean(x), scale sqrt(variance(x) + epsilon)
  rms,       ///< no shift, scale sqrt(mean(x^2) + epsilon)
  variance,  ///< no shift, scale sqrt(variance(x) + epsilon): Keras's rms_scaling
  unit       ///< no shift, scale sqrt(sum(x^2)), at least epsilon
};

class RowNormalization {
 public:
  RowNormalization(RowStatistic statistic, double epsilon) : statistic_(statistic), epsilon_(epsilon) {}

  /// gamma and beta by row and element of the row: row r of x takes row r modulo theirs; empty for 1 and 0.
  void set(Tensor gamma, Tensor beta) {
    gamma_ = std::move(gamma);
    beta_ = std::move(beta);
  }

  /// gamma (x - shift) / scale + beta, in the order of the rows.
  Tensor forward(const Rows& x, Context& context) const;
  /// The gradient to x from `d`, that to forward's result.
  Tensor vjp(const Rows& x, const Rows& d, Context& context) const;

 private:
  struct Moments {
    double shift, about, inverse;  ///< 1 / scale; `about` is what the scale's squares are taken about
    bool constant;                 ///< the scale does not depend on x
  };
  Moments moments(std::span<const float> row) const;
  /// Row `r` of gamma or beta; nullptr where it is empty.
  static const float* row_of(const Tensor& t, std::int64_t r, std::int64_t length);

  RowStatistic statistic_;
  double epsilon_;
  Tensor gamma_, beta_;
};

}  // namespace nv
