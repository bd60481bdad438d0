#include "nv/layers/normalization/row_normalization.h"

#include <cmath>
#include <numeric>

namespace nv {

RowNormalization::Moments RowNormalization::moments(std::span<const float> row) const {
  const auto n = static_cast<double>(row.size());
  const double mean = std::accumulate(row.begin(), row.end(), 0.0) / n;
  const bool centred = statistic_ == RowStatistic::layer || statistic_ == RowStatistic::variance;
  const double centre = centred ? mean : 0.0;
  double squares = 0;
  for (float x : row) squares += (static_cast<double>(x) - centre) * (static_cast<double>(x) - centre);
  if (statistic_ == RowStatistic::unit) {
    const double norm = std::sqrt(squares);
    return {0, 0, 1 / std::max(norm, epsilon_), norm < epsilon_};
  }
  return {statistic_ == RowStatistic::layer ? mean : 0.0, centre, 1 / std::sqrt(squares / n + epsilon_),
          false};
}

const float* RowNormalization::row_of(const Tensor& t, std::int64_t r, std::int64_t length) {
  if (t.empty()) return nullptr;
  return t.data() + r % (t.size() / length) * length;
}

Tensor RowNormalization::forward(const AxisRows& x, Context& context) const {
  Tensor y(x.tensor().shape());
  const RowChunks chunks(x.count(), x.length());
  context.pool.for_each(chunks.count(), [&](std::int64_t chunk) {
    for (std::int64_t r = chunks.first(chunk); r < chunks.end(chunk); ++r) {
      const std::span<const float> row = x.row(r);
      const Moments m = moments(row);
      const float *gamma = row_of(gamma_, r, x.length()), *beta = row_of(beta_, r, x.length());
      float* out = y.data() + r * x.length();
      for (std::size_t i = 0; i < row.size(); ++i) {
        double v = (static_cast<double>(row[i]) - m.shift) * m.inverse_scale;
        if (gamma != nullptr) v *= static_cast<double>(gamma[i]);
        if (beta != nullptr) v += static_cast<double>(beta[i]);
        out[i] = static_cast<float>(v);
      }
    }
  });
  return y;
}

Tensor RowNormalization::vjp(const AxisRows& x, const AxisRows& d, Context& context) const {
  Tensor dx(x.tensor().shape());
  const RowChunks chunks(x.count(), x.length());
  context.pool.for_each(chunks.count(), [&](std::int64_t chunk) {
    for (std::int64_t r = chunks.first(chunk); r < chunks.end(chunk); ++r) {
      const std::span<const float> row = x.row(r), d_row = d.row(r);
      const Moments m = moments(row);
      const float* gamma = row_of(gamma_, r, x.length());
      const auto to_normalised = [&](std::size_t i) {
        return static_cast<double>(d_row[i]) * (gamma == nullptr ? 1.0 : static_cast<double>(gamma[i]));
      };
      const double n = statistic_ == RowStatistic::unit ? 1.0 : static_cast<double>(row.size());
      double sum = 0, along = 0;
      for (std::size_t i = 0; i < row.size(); ++i) {
        sum += to_normalised(i);
        along += to_normalised(i) * (static_cast<double>(row[i]) - m.shift);
      }
      const double through_shift = statistic_ == RowStatistic::layer ? sum / n : 0.0;
      const double through_scale = m.constant_scale ? 0.0 : along / n * m.inverse_scale * m.inverse_scale;
      float* out = dx.data() + r * x.length();
      for (std::size_t i = 0; i < row.size(); ++i)
        out[i] =
            static_cast<float>(m.inverse_scale * (to_normalised(i) - through_shift -
                                                  through_scale * (static_cast<double>(row[i]) - m.centre)));
    }
  });
  return dx;
}

}  // namespace nv
