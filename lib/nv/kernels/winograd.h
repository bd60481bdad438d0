// Winograd convolution F(4 x 4, 3 x 3): images, 3 x 3 kernels, stride 1 (Lavin & Gray 2015,
// arXiv:1509.09308). A tile of 4 x 4 outputs takes 36 multiplications per channel and filter instead of 144.
// Errors are some 1e-5 of the largest output, ten times those of the direct product.
#pragma once

#include <cstdint>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/windows.h"

namespace nv {

/// A kernel in the form that the products need: 36 matrices of channels x filters, packed. Four times as
/// large as the kernel itself.
class WinogradKernel {
 public:
  WinogradKernel() = default;
  /// `kernel` is (3, 3, channels, filters).
  WinogradKernel(const float* kernel, std::int64_t channels, std::int64_t filters);

  std::int64_t channels() const { return channels_; }
  std::int64_t filters() const { return filters_; }
  /// The panels (product.h) of matrix `plane` from a column on, a multiple of a panel's width.
  const float* panels(std::int64_t plane, std::int64_t column) const;

 private:
  std::int64_t channels_ = 0, filters_ = 0, packed_columns_ = 0;
  Tensor panels_;
};

/// Whether winograd_convolve is faster than the direct product for these sizes.
bool suits_winograd(const WindowSizes& w, std::int64_t filters);

/// As convolve (convolution.h), for sizes that suit. Returns the items whose sums overflowed or hold NaN:
/// their outputs are to be computed directly, since a tile's values are mixed.
std::vector<std::int64_t> winograd_convolve(const WindowSizes& w, const WinogradKernel& kernel,
                                            std::int64_t items, const float* input, float* output,
                                            const Epilogue& epilogue, ThreadPool& pool);

}  // namespace nv
