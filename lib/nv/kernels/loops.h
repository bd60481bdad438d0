// Loops over numbers that are worth being compiled for an instruction set: see kernel_set.h. All sets give
// the same bits, but for `norms`, whose sums are in as many parts as a vector holds numbers.
#pragma once

#include <cstdint>

namespace nv {

/// Neighbouring windows of a line that see as many values each.
struct WindowRun {
  std::int64_t count;           ///< windows
  std::int64_t channels, step;  ///< `step`: from a window's first value to the next window's
  const std::int64_t* offsets;  ///< from a window's first value to each of its values, ascending
  std::int64_t values;          ///< how many of those
  bool tight;                   ///< no gap between the windows: step is the width of one
};

/// What norms of a vector are made of: how many numbers are not 0, the sums of their absolute values and of
/// their squares, and the largest absolute value.
struct NormSums {
  std::int64_t others = 0;
  double absolute = 0, squares = 0;
  float largest = 0;
};

struct LoopSet {
  /// The largest of each window's values, channel by channel: `in` is the first window's first value, `out`
  /// its result. A NaN wins, so that it shows downstream instead of vanishing here.
  void (*max_pool)(const WindowRun& run, const float* in, float* out);
  /// Their sum times `share`.
  void (*average_pool)(const WindowRun& run, float share, const float* in, float* out);
  /// Gives d_out to the first of each window's values that max_pool's result `out` is, 0 to the others.
  void (*max_pool_vjp)(const WindowRun& run, const float* in, const float* out, const float* d_out,
                       float* d_in);
  /// to[j * to_stride + i] = from[i * from_stride + j], for `rows` i and `columns` j. biases[i] is added to
  /// it where there are biases, and with `relu` what is below 0 becomes 0 then.
  void (*transpose)(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t from_stride,
                    float* to, std::int64_t to_stride, const float* biases, bool relu);
  /// values[i] += more[i].
  void (*add)(std::int64_t count, const float* more, float* values);
  /// The same, and then what is below 0 becomes 0; NaN stays.
  void (*add_relu)(std::int64_t count, const float* more, float* values);
  /// d_in[i] = d_out[i] where out[i] > 0, else 0 times d_out[i]; d_in may be d_out.
  void (*relu_vjp)(std::int64_t count, const float* out, const float* d_out, float* d_in);
  /// Of a - b, subtracted as floats and added up as doubles; of `a` where b is null.
  NormSums (*norms)(std::int64_t count, const float* a, const float* b);
};

}  // namespace nv
