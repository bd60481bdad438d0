// Positions and weights are computed in float32 as in TensorFlow's CPU kernels (image_resizer_state.h,
// resize_bicubic_op.cc, scale_and_translate_op.cc), so that rounding selects the same taps.
#include "nv/kernels/resampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace nv {

namespace {

float step(std::int64_t source, std::int64_t target) {
  return static_cast<float>(source) / static_cast<float>(target);
}

float centre(std::int64_t i, float step) {
  return (static_cast<float>(i) + 0.5F) * step;
}

Resampling empty(std::int64_t source, std::int64_t target) {
  Resampling r;
  r.source = source;
  r.starts.reserve(static_cast<std::size_t>(target) + 1);
  return r;
}

/// Scales the weights from `first` on to a sum of 1, and finishes the value.
void finish_normalised(Resampling& r, std::size_t first) {
  float sum = 0;
  for (std::size_t t = first; t < r.weights.size(); ++t) sum += r.weights[t];
  if (std::abs(sum) >= 1000.0F * std::numeric_limits<float>::min())
    for (std::size_t t = first; t < r.weights.size(); ++t) r.weights[t] *= 1.0F / sum;
  r.finish_value();
}

// ---------------------------------------------------------------- bicubic

/// Keys' cubic with a = -0.5 at distance `x`, of [0, 1) and [1, 2).
double keys_near(double x) {
  return (1.5 * x - 2.5) * x * x + 1.0;
}
double keys_far(double x) {
  return ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
}

/// TensorFlow reads the cubic from a table of 1024 steps.
Resampling bicubic_resampling(std::int64_t source, std::int64_t target) {
  constexpr float table = 1024.0F;
  const float scale = step(source, target);
  Resampling r = empty(source, target);
  for (std::int64_t i = 0; i < target; ++i) {
    const float at = centre(i, scale) - 0.5F;
    const float below = std::floor(at);
    const double share = static_cast<double>(std::lrint((at - below) * table)) / 1024.0;
    const std::array<double, 4> weights{keys_far(share + 1.0), keys_near(share), keys_near(1.0 - share),
                                        keys_far(2.0 - share)};
    const std::size_t first = r.weights.size();
    for (std::size_t k = 0; k < 4; ++k) {
      const std::int64_t from = static_cast<std::int64_t>(below) - 1 + static_cast<std::int64_t>(k);
      // Positions outside of the image are left out.
      if (from >= 0 && from < source) r.add(from, static_cast<float>(weights[k]));
    }
    finish_normalised(r, first);
  }
  return r;
}

// ---------------------------------------------------------------- kernels of scale_and_translate

/// A weight by distance, 0 from `radius` on.
struct Kernel {
  float radius;
  float (*weight)(float distance, float radius);
};

float triangle(float x, float) {
  return x < 1.0F ? 1.0F - x : 0.0F;
}

float keys_cubic(float x, float) {
  return static_cast<float>(x < 1.0F   ? keys_near(static_cast<double>(x))
                            : x < 2.0F ? keys_far(static_cast<double>(x))
                                       : 0.0);
}

float mitchell_cubic(float x, float) {
  if (x >= 2.0F) return 0.0F;
  if (x >= 1.0F) return (((-7.0F / 18.0F) * x + 2.0F) * x - 10.0F / 3.0F) * x + 16.0F / 9.0F;
  return (((7.0F / 6.0F) * x - 2.0F) * x) * x + 8.0F / 9.0F;
}

float lanczos(float x, float radius) {
  constexpr float pi = std::numbers::pi_v<float>;
  if (x > radius) return 0.0F;
  if (x <= 1e-3F) return 1.0F;
  return radius * std::sin(pi * x) * std::sin(pi * x / radius) / (pi * pi * x * x);
}

float gaussian(float x, float radius) {
  const float sigma = radius / 3.0F;
  return x >= radius ? 0.0F : std::exp(-x * x / (2.0F * sigma * sigma));
}

/// `widening` scales the kernel's radius: above 1 for antialiasing when shrinking.
Resampling by_kernel(const Kernel& kernel, float widening, std::int64_t source, std::int64_t target) {
  const float inverse = 1.0F / step(target, source), radius = kernel.radius * widening;
  Resampling r = empty(source, target);
  for (std::int64_t i = 0; i < target; ++i) {
    const float at = centre(i, inverse);
    const auto clamped = [&](float x) {
      return std::clamp<std::int64_t>(static_cast<std::int64_t>(x), 0, source - 1);
    };
    const std::int64_t begin = clamped(std::ceil(at - radius - 0.5F)),
                       end = clamped(std::floor(at + radius - 0.5F));
    const std::size_t first = r.weights.size();
    for (std::int64_t s = begin; s <= end; ++s)
      r.add(s,
            kernel.weight(std::abs((static_cast<float>(s) + 0.5F - at) * (1.0F / widening)), kernel.radius));
    finish_normalised(r, first);
  }
  return r;
}

constexpr Kernel triangle_kernel{1.0F, triangle}, keys_kernel{2.0F, keys_cubic},
    mitchell{2.0F, mitchell_cubic}, lanczos3{3.0F, lanczos}, lanczos5{5.0F, lanczos},
    gaussian_kernel{1.5F, gaussian};

template <const Kernel& kernel>
Resampling plain(std::int64_t source, std::int64_t target) {
  return by_kernel(kernel, 1.0F, source, target);
}

template <const Kernel& kernel>
Resampling smooth(std::int64_t source, std::int64_t target) {
  return by_kernel(kernel, std::max(1.0F / step(target, source), 1.0F), source, target);
}

struct ResizeMethod {
  std::string_view name;
  Resampler plain, antialiased;
};

// Antialiasing does not change nearest and area.
constexpr ResizeMethod methods[] = {
    {"nearest", nearest_resampling, nearest_resampling},
    {"bilinear", bilinear_resampling, smooth<triangle_kernel>},
    {"bicubic", bicubic_resampling, smooth<keys_kernel>},
    {"area", area_resampling, area_resampling},
    {"lanczos3", plain<lanczos3>, smooth<lanczos3>},
    {"lanczos5", plain<lanczos5>, smooth<lanczos5>},
    {"gaussian", plain<gaussian_kernel>, smooth<gaussian_kernel>},
    {"mitchellcubic", plain<mitchell>, smooth<mitchell>},
};

const ResizeMethod* find_method(std::string_view name) {
  const auto* at = std::ranges::find(methods, name, &ResizeMethod::name);
  return at == std::end(methods) ? nullptr : at;
}

}  // namespace

void Resampling::add(std::int64_t source_position, float weight) {
  from.push_back(source_position);
  weights.push_back(weight);
}

std::vector<std::int64_t> Resampling::seen(std::int64_t target_position) const {
  const auto i = static_cast<std::size_t>(target_position);
  std::vector<std::int64_t> positions;
  for (auto t = static_cast<std::size_t>(starts[i]); t < static_cast<std::size_t>(starts[i + 1]); ++t)
    if (weights[t] != 0) positions.push_back(from[t]);
  std::ranges::sort(positions);
  positions.erase(std::ranges::unique(positions).begin(), positions.end());
  return positions;
}

Resampling Resampling::transposed() const {
  std::vector<std::vector<std::pair<std::int64_t, float>>> values(static_cast<std::size_t>(source));
  for (std::int64_t i = 0; i < target(); ++i)
    for (std::int64_t t = starts[static_cast<std::size_t>(i)]; t < starts[static_cast<std::size_t>(i) + 1];
         ++t) {
      const auto tap = static_cast<std::size_t>(t);
      values[static_cast<std::size_t>(from[tap])].emplace_back(i, weights[tap]);
    }
  Resampling r = empty(target(), source);
  for (const auto& taps : values) {
    for (const auto& tap : taps) r.add(tap.first, tap.second);
    r.finish_value();
  }
  return r;
}

Resampler resampler(std::string_view method) {
  const ResizeMethod* m = find_method(method);
  return m == nullptr ? nullptr : m->plain;
}

Resampler antialiased_resampler(std::string_view method) {
  const ResizeMethod* m = find_method(method);
  return m == nullptr ? nullptr : m->antialiased;
}

Resampling nearest_resampling(std::int64_t source, std::int64_t target) {
  const float scale = step(source, target);
  Resampling r = empty(source, target);
  for (std::int64_t i = 0; i < target; ++i) {
    r.add(std::min(static_cast<std::int64_t>(std::floor(centre(i, scale))), source - 1), 1.0F);
    r.finish_value();
  }
  return r;
}

Resampling bilinear_resampling(std::int64_t source, std::int64_t target) {
  const float scale = step(source, target);
  Resampling r = empty(source, target);
  for (std::int64_t i = 0; i < target; ++i) {
    const float at = centre(i, scale) - 0.5F;
    const float below = std::floor(at);
    const std::int64_t lower = std::max<std::int64_t>(static_cast<std::int64_t>(below), 0);
    const std::int64_t upper = std::min(static_cast<std::int64_t>(std::ceil(at)), source - 1);
    if (lower == upper) {
      r.add(lower, 1.0F);
    } else {
      r.add(lower, 1.0F - (at - below));
      r.add(upper, at - below);
    }
    r.finish_value();
  }
  return r;
}

Resampling area_resampling(std::int64_t source, std::int64_t target) {
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  Resampling r = empty(source, target);
  for (std::int64_t i = 0; i < target; ++i) {
    const double from = static_cast<double>(i) * scale;
    const double to = std::min(static_cast<double>(i + 1) * scale, static_cast<double>(source));
    for (auto s = static_cast<std::int64_t>(from); s < source && static_cast<double>(s) < to; ++s) {
      const double part = std::min(to, static_cast<double>(s + 1)) - std::max(from, static_cast<double>(s));
      r.add(s, static_cast<float>(part / (to - from)));
    }
    r.finish_value();
  }
  return r;
}

}  // namespace nv
