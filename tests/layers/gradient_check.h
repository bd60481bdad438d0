// Checks a layer's vjp against differences of its forward pass.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "layers/support.h"

namespace nv::test {

/// sum(output * d_output), in double.
inline double scalar_of(const Layer& layer, const std::vector<Tensor>& inputs, const Tensor& d_output) {
  const Tensor output = forward(layer, inputs);
  double sum = 0;
  for (std::int64_t i = 0; i < output.size(); ++i)
    sum += static_cast<double>(output[i]) * static_cast<double>(d_output[i]);
  return sum;
}

/// The derivative of that scalar to element `at` of input `which`: central differences at two steps, combined
/// so that their error falls with the fourth power of the step (Richardson). A step of 1/64 keeps both the
/// rounding of float32 outputs and the remaining terms near 1e-6 for smooth layers of ordinary sizes.
inline double difference_quotient(const Layer& layer, const std::vector<Tensor>& inputs,
                                  const Tensor& d_output, std::size_t which, std::int64_t at, double step) {
  const auto slope = [&](double h) {
    std::vector<Tensor> moved = inputs;
    moved[which] = inputs[which].clone();
    const auto x = static_cast<double>(inputs[which][at]);
    const auto up = static_cast<float>(x + h), down = static_cast<float>(x - h);
    moved[which][at] = up;
    const double above = scalar_of(layer, moved, d_output);
    moved[which][at] = down;
    const double below = scalar_of(layer, moved, d_output);
    return (above - below) / (static_cast<double>(up) - static_cast<double>(down));
  };
  return (4 * slope(step) - slope(2 * step)) / 3;
}

/// The vjp of the layer, at any number of threads.
inline std::vector<Tensor> vjp(const Layer& layer, const std::vector<Tensor>& inputs, const Tensor& d_output,
                               int threads = 1) {
  ThreadPool pool(threads);
  Context context{pool};
  const Tensor output = layer.forward(inputs, context);
  return layer.vjp(inputs, output, d_output, context);
}

/// Checks `layer.vjp` for a random d_output: each gradient has its input's shape (or is empty: 0 everywhere),
/// is within `tolerance` of the differences, relative to the largest gradient of all inputs, and is the same
/// bytes on three threads and for each item alone. Inputs, batch first, must be further than 2 * `step` from
/// kinks and, if the layer compares values, from each other.
inline void check_gradient(const Layer& layer, const std::vector<Tensor>& inputs, double tolerance = 5e-5,
                           double step = 1.0 / 64) {
  const Tensor d_output = noise(forward(layer, inputs).shape(), 77);
  const std::vector<Tensor> got = vjp(layer, inputs, d_output), threaded = vjp(layer, inputs, d_output, 3);
  REQUIRE(got.size() == inputs.size());
  double largest = 0, worst = 0;
  for (std::size_t which = 0; which < inputs.size(); ++which) {
    if (!got[which].empty()) REQUIRE(got[which].shape() == inputs[which].shape());
    for (std::int64_t at = 0; at < inputs[which].size() && !got[which].empty(); ++at) {
      const double expected = difference_quotient(layer, inputs, d_output, which, at, step);
      const double error = std::abs(static_cast<double>(got[which][at]) - expected);
      largest = std::max(largest, std::abs(expected));
      if (!(error <= worst)) worst = error;  // NaN counts as an error
    }
    CHECK(std::ranges::equal(got[which].values(), threaded[which].values()));
  }
  CAPTURE(worst);
  CAPTURE(largest);
  CHECK(worst <= tolerance * largest);

  for (std::int64_t n = 0; n < d_output.shape()[0]; ++n) {
    std::vector<Tensor> alone;
    for (const Tensor& input : inputs) alone.push_back(input.items(n, 1));
    const std::vector<Tensor> gradients = vjp(layer, alone, d_output.items(n, 1));
    for (std::size_t which = 0; which < inputs.size(); ++which)
      if (!got[which].empty())
        CHECK(std::ranges::equal(gradients[which].values(), got[which].items(n, 1).values()));
  }
}

/// Distinct values from -1 in steps of 1/8, in random order, for layers that compare values (max pooling).
inline Tensor distinct(const Shape& shape, std::uint32_t seed = 1) {
  Tensor t(shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i);
  for (std::int64_t i = t.size() - 1; i > 0; --i) {
    seed = seed * 1664525U + 1013904223U;
    std::swap(t[i], t[static_cast<std::int64_t>(seed >> 8) % (i + 1)]);
  }
  for (float& x : t.values()) x = x / 8.0F - 1.0F;
  return t;
}

/// `t` + 1/16: values that are not 0 and differ from those of distinct().
inline Tensor off_zero(Tensor t) {
  for (float& x : t.values()) x += 1.0F / 16;
  return t;
}

}  // namespace nv::test
