// Geometry of convolution and pooling windows over one, two or three axes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "nv/core/parallel.h"

namespace nv {

/// [depth, height, width]; an image has depth 1, a sequence also height 1.
using Triple = std::array<std::int64_t, 3>;

inline std::int64_t volume(const Triple& size) {
  return size[0] * size[1] * size[2];
}

/// Sizes of a convolution or pooling over an input of `in` positions with `channels` values each. Along each
/// axis, output position o depends on the input positions o * stride - before + k * dilation, for all taps k
/// of the kernel.
struct WindowSizes {
  Triple in, out, kernel, stride{1, 1, 1}, dilation{1, 1, 1}, before{0, 0, 0};
  std::int64_t channels = 0;
};

/// `count` pairs, along one axis, of a kernel tap and the array position that it is multiplied with: tap + i
/// * tap_step and at + i * at_step.
struct TapRange {
  std::int64_t count = 0;
  std::int64_t tap = 0, tap_step = 0;
  std::int64_t at = 0, at_step = 0;
};

/// The taps of output position `position` that lie inside the input; `at` is an input position.
TapRange taps_of_output(const WindowSizes& w, std::size_t axis, std::int64_t position);
/// The taps with which input position `position` contributes to outputs; `at` is an output position.
TapRange taps_of_input(const WindowSizes& w, std::size_t axis, std::int64_t position);

/// Calls body(tap, at) for all combinations of the taps of each axis, in row-major order; `tap` is an index
/// into a kernel of size `kernel`, `at` one into an array of size `array`.
template <typename Body>
void for_taps(const std::array<TapRange, 3>& m, const Triple& kernel, const Triple& array, const Body& body) {
  for (std::int64_t z = 0; z < m[0].count; ++z)
    for (std::int64_t y = 0; y < m[1].count; ++y) {
      const std::int64_t tap_row =
          ((m[0].tap + z * m[0].tap_step) * kernel[1] + m[1].tap + y * m[1].tap_step) * kernel[2];
      const std::int64_t row =
          ((m[0].at + z * m[0].at_step) * array[1] + m[1].at + y * m[1].at_step) * array[2];
      for (std::int64_t x = 0; x < m[2].count; ++x)
        body(tap_row + m[2].tap + x * m[2].tap_step, row + m[2].at + x * m[2].at_step);
    }
}

/// Calls body(item, position, taps) for each position of `items` arrays of `size`, rows in parallel;
/// `position` is an index over all items, `taps` are those that `find` returns for it.
template <typename Body>
void for_positions(const WindowSizes& w, const Triple& size, std::int64_t items,
                   TapRange (*find)(const WindowSizes&, std::size_t, std::int64_t), ThreadPool& pool,
                   const Body& body) {
  const std::int64_t rows = size[0] * size[1];
  std::vector<TapRange> across;
  for (std::int64_t x = 0; x < size[2]; ++x) across.push_back(find(w, 2, x));
  pool.for_each(items * rows, [&](std::int64_t job) {
    std::array<TapRange, 3> m{find(w, 0, job % rows / size[1]), find(w, 1, job % size[1]), {}};
    for (std::int64_t x = 0; x < size[2]; ++x) {
      m[2] = across[static_cast<std::size_t>(x)];
      body(job / rows, job * size[2] + x, m);
    }
  });
}

/// The position of row-major index `i` in an array of `size`.
inline Triple position_of(std::int64_t i, const Triple& size) {
  return {i / (size[1] * size[2]), i / size[2] % size[1], i % size[2]};
}

/// Row-major index of a position.
inline std::int64_t index_of(const Triple& at, const Triple& size) {
  return (at[0] * size[1] + at[1]) * size[2] + at[2];
}

/// What is applied to finished sums while they are in registers or cache: a bias per channel is added, then
/// relu (NaN stays NaN), then `rest` is called on rows of whole positions.
struct Epilogue {
  /// One per channel, repeated to a row of some length; a whole vector can be read at any of them. Empty for
  /// none.
  std::span<const float> biases;
  bool relu = false;  ///< needs biases
  std::function<void(std::span<float>)> rest;

  bool empty() const { return biases.empty() && !rest; }
  /// Applies all of it to rows of whole positions.
  void operator()(std::span<float> values) const;
};

}  // namespace nv
