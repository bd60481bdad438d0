// Loops that are compiled for each instruction set (kernel_set.h). All sets give the same bits, except for
// `norms`, whose sums have one part per lane.
#pragma once

#include <cstdint>

namespace nv {

/// Adjacent windows of a line with the same number of values.
struct WindowRun {
  std::int64_t count;           ///< windows
  std::int64_t channels, step;  ///< `step`: from a window's first value to the next window's
  const std::int64_t* offsets;  ///< from a window's first value to each of its values, ascending
  const std::int64_t* taps;     ///< of each of them: the kernel's tap, times `channels`
  std::int64_t values;          ///< number of offsets
  bool tight;                   ///< no gaps between windows: step is the width of one
};

/// What the norms of a vector are computed from.
struct NormSums {
  std::int64_t nonzero = 0;  ///< number of values that are not 0
  double absolute = 0;       ///< sum of absolute values
  double squares = 0;        ///< sum of squares
  float largest = 0;         ///< largest absolute value
};

struct LoopSet {
  /// The maximum of each window's values, per channel; `in` is the first window's first value, `out` its
  /// result. NaN if any value is NaN, so that it stays visible in later layers.
  void (*max_pool)(const WindowRun& run, const float* in, float* out);
  /// The sum of each window's values, times `share`.
  void (*average_pool)(const WindowRun& run, float share, const float* in, float* out);
  /// The sum of each window's values times the kernel's (taps, channels), without fused operations. If biases
  /// is not null, it is added, and with `relu` negative values become 0.
  void (*depthwise)(const WindowRun& run, const float* kernel, const float* biases, bool relu,
                    const float* in, float* out);
  /// d_in is d_out at the first of each window's values that equals max_pool's result `out`, 0 at the others.
  void (*max_pool_vjp)(const WindowRun& run, const float* in, const float* out, const float* d_out,
                       float* d_in);
  /// to[j * to_stride + i] = from[i * from_stride + j], for i < rows and j < columns. If biases is not null,
  /// biases[i] is added, and with `relu` negative values become 0.
  void (*transpose)(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t from_stride,
                    float* to, std::int64_t to_stride, const float* biases, bool relu);
  /// out = in * factors + offsets, for rows of `channels` values; rounded twice, as in
  /// tf.nn.batch_normalization. `out` may be `in`.
  void (*scale)(std::int64_t rows, std::int64_t channels, const float* factors, const float* offsets,
                const float* in, float* out);
  /// out[i] = a[i] + b[i]; `out` may be either.
  void (*sum)(std::int64_t count, const float* a, const float* b, float* out);
  /// values[i] += more[i].
  void (*add)(std::int64_t count, const float* more, float* values);
  /// The same, then negative values become 0; NaN stays.
  void (*add_relu)(std::int64_t count, const float* more, float* values);
  /// out = min(max(in, 0), most); NaN stays. `out` may be `in`.
  void (*clamp)(std::int64_t count, float most, const float* in, float* out);
  /// Copies values to memory that nothing reads soon, past the caches where the set can. Other threads see
  /// them after a fence (std::atomic_thread_fence).
  void (*stream)(std::int64_t count, const float* from, float* to);
  /// d_in[i] = d_out[i] if out[i] > 0, else 0 * d_out[i]; d_in may be d_out.
  void (*relu_vjp)(std::int64_t count, const float* out, const float* d_out, float* d_in);
  /// Of a - b, subtracted in float and summed in double; of `a` if b is null.
  NormSums (*norms)(std::int64_t count, const float* a, const float* b);
};

}  // namespace nv
