// The transpose of a convolution for outputs that are mostly zeros: each non-zero value is added, times the
// kernel, to its window. After ReLU and max pooling at least three quarters of a gradient are zeros.
#pragma once

#include <optional>
#include <span>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Whether the kernel's rows are long enough for Scatter to be faster than a product for sparse outputs.
bool suits_scatter(const WindowSizes& w);

/// Whether at least three quarters of the values are 0. False if any value is not finite.
bool is_sparse(std::span<const float> values);

class Scatter {
 public:
  /// As convolve_transposed with one group. nullopt if the kernel has a value that is not finite: times 0 it
  /// is NaN.
  static std::optional<Scatter> of(const WindowSizes& w, std::int64_t filters, const float* kernel);

  /// Computes one item. Each value of the result is a sum in the order of the outputs.
  void operator()(const float* outputs, float* inputs, ThreadPool& pool) const;

 private:
  explicit Scatter(const WindowSizes& w) : w_(w) {}
  void band(std::int64_t first, std::int64_t last, const float* outputs, float* inputs) const;

  WindowSizes w_;
  Triple full_{};  ///< size of the region that all windows cover, padding included
  std::int64_t filters_ = 0;
  std::int64_t columns_ = 1;  ///< columns of the kernel that are contiguous in memory
  std::int64_t length_ = 0;   ///< of a kernel row: columns x channels, padded with zeros to whole vectors
  std::int64_t rows_ = 0;
  Tensor kernel_;  ///< (filters, rows, length)
};

}  // namespace nv
