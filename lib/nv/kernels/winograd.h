// Winograd convolution F(n x n, 3 x 3), n = 2 or 4: images, 3 x 3 kernels, stride 1 (Lavin & Gray 2015,
// arXiv:1509.09308). A tile of 4 x 4 outputs takes 36 multiplications per channel and filter instead of 144,
// one of 2 x 2 outputs 16 instead of 36. Errors are some 1e-5 of the largest output with n = 4, ten times
// those of the direct product.
#pragma once

#include <cstdint>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/windows.h"

namespace nv {

/// A kernel in the form that the products need: (n + 2)^2 matrices of channels x filters, packed. Two (n = 2)
/// or four times as large as the kernel itself.
class WinogradKernel {
 public:
  WinogradKernel() = default;
  /// `kernel` is (3, 3, channels, filters), `tile` is n.
  WinogradKernel(const float* kernel, std::int64_t channels, std::int64_t filters, std::int64_t tile,
                 ThreadPool& pool);

  std::int64_t channels() const { return channels_; }
  std::int64_t filters() const { return filters_; }
  std::int64_t tile() const { return tile_; }
  /// The panels (product.h) of matrix `plane` from a column on, a multiple of a panel's width.
  const float* panels(std::int64_t plane, std::int64_t column) const;

 private:
  std::int64_t channels_ = 0, filters_ = 0, tile_ = 4, packed_columns_ = 0;
  Tensor panels_;
};

/// The n with which winograd_convolve is faster than the direct product for these sizes; 0 if there is none.
std::int64_t winograd_tile(const WindowSizes& w, std::int64_t filters);

/// As convolve (convolution.h), for sizes that have a tile. Returns the items whose sums overflowed or hold
/// NaN: their outputs are to be computed directly, since a tile's values are mixed.
std::vector<std::int64_t> winograd_convolve(const WindowSizes& w, const WinogradKernel& kernel,
                                            std::int64_t items, const float* input, float* output,
                                            const Epilogue& epilogue, ThreadPool& pool);

}  // namespace nv
