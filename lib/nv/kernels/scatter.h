// The transpose of a convolution from outputs that are mostly zeros: each of the others spreads over what its
// window sees. Behind ReLU and max pooling three quarters of a gradient and more are zeros.
#pragma once

#include <optional>
#include <span>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Whether rows of the kernel are long enough for Scatter to be faster than a product, where outputs are
/// sparse.
bool suits_scatter(const WindowSizes& w);

/// Whether so many of the values are 0 that they are worth leaving out. Never where one is not finite.
bool is_sparse(std::span<const float> values);

class Scatter {
 public:
  /// As convolve_transposed with one group. Nullopt where a number of the kernel is not finite, which
  /// multiplies zeros to NaN.
  static std::optional<Scatter> of(const WindowSizes& w, std::int64_t filters, const float* kernel);

  /// For one item. Each number of the result is a sum in the order of the outputs.
  void operator()(const float* outputs, float* inputs, ThreadPool& pool) const;

 private:
  explicit Scatter(const WindowSizes& w) : w_(w) {}
  void band(std::int64_t first, std::int64_t last, const float* outputs, float* inputs) const;

  WindowSizes w_;
  Triple full_{};  ///< the size of what all windows see, borders too
  std::int64_t filters_ = 0;
  std::int64_t columns_ = 1;  ///< of the kernel that are neighbours in memory
  std::int64_t length_ = 0;   ///< of a row of the kernel: columns x channels, and zeros up to whole vectors
  std::int64_t rows_ = 0;
  Tensor kernel_;  ///< (filters, rows, length)
};

}  // namespace nv
