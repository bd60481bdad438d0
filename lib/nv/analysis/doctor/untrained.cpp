// Kernels that are distributed as an initialiser draws them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/doctor/list.h"
#include "nv/core/text.h"

namespace nv::doctor {

namespace {

constexpr std::int64_t least_numbers = 2000;  // of a kernel that is judged
constexpr std::size_t least_kernels = 6;      // fewer agree by chance
constexpr double most_of_them = 0.9;

/// Kurtosis of the uniform, the truncated normal (at two deviations) and the normal distribution, from which
/// Keras's initialisers draw.
constexpr std::array kurtoses{1.8, 2.3655, 3.0};

double kurtosis_of(const Tensor& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0, second = 0, fourth = 0;
  for (const float x : values.values()) mean += static_cast<double>(x) / n;
  for (const float x : values.values()) {
    const double square = (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
    second += square / n;
    fourth += square * square / n;
  }
  return fourth / (second * second);
}

/// Numbers of kernels that agree with each distribution, and of all that were judged.
struct Counts {
  std::array<std::size_t, kurtoses.size()> agree{};
  std::size_t all = 0;
};

Counts count_kernels(const Examination& e) {
  Counts counts;
  for (const LayerSpec& layer : e.model().layers) {
    const auto kernel = std::ranges::find_if(layer.weights, [](const Weight& w) {
      return w.shape.rank() >= 2 && w.shape.known() && w.shape.elements() >= least_numbers;
    });
    if (kernel == layer.weights.end()) continue;
    const double kurtosis = kurtosis_of(kernel->data->read());
    // Three standard errors of a normal sample's.
    const double tolerance = 3 * std::sqrt(24 / static_cast<double>(kernel->shape.elements()));
    ++counts.all;
    for (std::size_t i = 0; i < kurtoses.size(); ++i)
      counts.agree[i] += std::abs(kurtosis - kurtoses[i]) <= tolerance ? 1 : 0;
  }
  return counts;
}

}  // namespace

std::vector<Finding> check_untrained(const Examination& e) {
  const Counts counts = count_kernels(e);
  const std::size_t agree = std::ranges::max(counts.agree);
  if (counts.all < least_kernels ||
      static_cast<double>(agree) < most_of_them * static_cast<double>(counts.all))
    return {};
  return {{"",
           Severity::warning,
           "",
           fmt::format("the kernels of {} of {} layers are distributed as an initialiser draws them", agree,
                       counts.all),
           "check that this is the trained model, and that its weights were saved",
           {{"layers", static_cast<std::int64_t>(agree)}, {"of", static_cast<std::int64_t>(counts.all)}}}};
}

}  // namespace nv::doctor
