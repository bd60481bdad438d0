// Where the windows of a convolution or pooling lie, over one, two or three axes. Knows no layer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "nv/core/parallel.h"

namespace nv {

/// [depth, height, width]: an image has depth 1, a sequence depth 1 and height 1.
using Triple = std::array<std::int64_t, 3>;

inline std::int64_t volume(const Triple& size) {
  return size[0] * size[1] * size[2];
}

/// Sizes of one convolution or pooling over an input of `in` positions of `channels` values each. Window `o`
/// of an axis sees the input positions o * stride - before + k * dilation, for every k of the kernel.
struct WindowSizes {
  Triple in, out, kernel, stride{1, 1, 1}, dilation{1, 1, 1}, before{0, 0, 0};
  std::int64_t channels = 0;
};

/// Pairs of a position of the kernel and one of an array, along one axis: `count` of them, evenly spaced.
struct Meetings {
  std::int64_t count = 0;
  std::int64_t tap = 0, tap_step = 0;
  std::int64_t at = 0, at_step = 0;
};

/// Where the window of output position `position` meets the input.
Meetings meetings_of_output(const WindowSizes& w, std::size_t axis, std::int64_t position);
/// The windows, by output position, that meet input position `position`.
Meetings meetings_of_input(const WindowSizes& w, std::size_t axis, std::int64_t position);

/// Calls `body(tap, at)` for all combinations of the meetings by axis, in row-major order: `tap` is an index
/// into a kernel of size `kernel`, `at` one into an array of size `array`.
template <typename Body>
void for_meetings(const std::array<Meetings, 3>& m, const Triple& kernel, const Triple& array,
                  const Body& body) {
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

/// Calls `body(item, position, meetings)` for every position of `items` arrays of `size`, rows in parallel:
/// `position` is its index over all items, and `meetings` are what `find` gives for it.
template <typename Body>
void for_positions(const WindowSizes& w, const Triple& size, std::int64_t items,
                   Meetings (*find)(const WindowSizes&, std::size_t, std::int64_t), ThreadPool& pool,
                   const Body& body) {
  const std::int64_t rows = size[0] * size[1];
  std::vector<Meetings> across;
  for (std::int64_t x = 0; x < size[2]; ++x) across.push_back(find(w, 2, x));
  pool.for_each(items * rows, [&](std::int64_t job) {
    std::array<Meetings, 3> m{find(w, 0, job % rows / size[1]), find(w, 1, job % size[1]), {}};
    for (std::int64_t x = 0; x < size[2]; ++x) {
      m[2] = across[static_cast<std::size_t>(x)];
      body(job / rows, job * size[2] + x, m);
    }
  });
}

/// The position with row-major index `i` in an array of `size`.
inline Triple position_of(std::int64_t i, const Triple& size) {
  return {i / (size[1] * size[2]), i / size[2] % size[1], i % size[2]};
}

/// And back.
inline std::int64_t index_of(const Triple& at, const Triple& size) {
  return (at[0] * size[1] + at[1]) * size[2] + at[2];
}

/// What happens to finished output values while they are still in registers or in cache: a bias is added to
/// each channel's, ReLU takes what is below 0 to 0 (NaN stays), and `rest` is called with rows of whole
/// positions.
struct Epilogue {
  /// One a channel, in turn, as often as make a row of some length, and a vector's numbers more; empty: none.
  std::span<const float> biases;
  bool relu = false;  ///< needs biases
  std::function<void(std::span<float>)> rest;

  bool empty() const { return biases.empty() && !rest; }
  /// All of it, on rows of whole positions.
  void operator()(std::span<float> values) const;
};

}  // namespace nv
