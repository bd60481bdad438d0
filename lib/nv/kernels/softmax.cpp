#include "nv/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "nv/kernels/row_sum.h"

namespace nv {

namespace {

/// `slope`, if not null, receives the derivative of the threshold by each element, apart from a common
/// factor.
float sparsemax_threshold(std::span<const float> row, std::vector<double>* slope) {
  std::vector<std::size_t> order(row.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return row[i]; });
  double sum = 0, sums = 0, support = 0;
  std::vector<double> support_before(row.size());  // elements of the support that are sorted before
  for (std::size_t k = 0; k < order.size(); ++k) {
    support_before[k] = support;
    sum += static_cast<double>(row[order[k]]);
    if (static_cast<double>(row[order[k]]) - (sum - 1) / static_cast<double>(k + 1) > 0) {
      sums += sum;
      ++support;
    }
  }
  if (slope != nullptr) {
    slope->resize(row.size());
    for (std::size_t k = 0; k < order.size(); ++k)
      (*slope)[order[k]] = (support - support_before[k]) / support;
  }
  return static_cast<float>((sums - 1) / support);
}

}  // namespace

float exponentials(std::span<float> row) {
  const float top = *std::ranges::max_element(row);
  for (float& x : row) x = std::exp(x - top);
  return eigen_sum(row);
}

void softmax(std::span<float> row) {
  const float inverse = 1.0F / exponentials(row);
  for (float& x : row) x *= inverse;
}

void softmax_vjp(std::span<const float> y, std::span<float> d) {
  std::vector<float> products(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) products[i] = d[i] * y[i];
  const float dot = eigen_sum(products);
  for (std::size_t i = 0; i < y.size(); ++i) d[i] = (d[i] - dot) * y[i];
}

void log_softmax(std::span<float> row) {
  const float top = *std::ranges::max_element(row);
  double sum = 0;
  for (float x : row) sum += static_cast<double>(std::exp(x - top));
  const auto shift = static_cast<float>(std::log(sum));
  for (float& x : row) x = x - top - shift;
}

void log_softmax_vjp(std::span<const float> y, std::span<float> d) {
  double sum = 0;
  for (float v : d) sum += static_cast<double>(v);
  for (std::size_t i = 0; i < y.size(); ++i) d[i] -= std::exp(y[i]) * static_cast<float>(sum);
}

void sparsemax(std::span<float> row) {
  const float threshold = sparsemax_threshold(row, nullptr);
  for (float& x : row) x = std::max(0.0F, x - threshold);
}

void sparsemax_vjp(std::span<const float> x, std::span<float> d) {
  std::vector<double> slope;
  const float threshold = sparsemax_threshold(x, &slope);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (x[i] - threshold < 0) d[i] = 0;
    sum += static_cast<double>(d[i]);
  }
  for (std::size_t i = 0; i < x.size(); ++i) d[i] -= static_cast<float>(sum * slope[i]);
}

}  // namespace nv
