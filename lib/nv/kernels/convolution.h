// Convolution over sequences, images and volumes, channels last, and its transpose.
#pragma once

#include <memory>

#include "nv/core/accuracy.h"
#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/kernels/windows.h"

namespace nv {

/// The kernel of a convolution, laid out as in Keras: (size..., channels / groups, filters). Keeps packed
/// forms of it, which the functions below make when they first need them. Copies share them. Several threads
/// may use it at once.
class ConvolutionKernel {
 public:
  ConvolutionKernel() = default;
  ConvolutionKernel(Tensor values, std::int64_t groups);

  const float* data() const { return values_.data(); }
  std::int64_t filters() const { return values_.shape().back(); }
  std::int64_t groups() const { return groups_; }

  struct WinogradForm;
  struct Forms;
  Forms& forms() const { return *forms_; }

 private:
  Tensor values_;
  std::int64_t groups_ = 1;
  std::shared_ptr<Forms> forms_;
};

/// From `items` inputs of w.in x w.channels to outputs of w.out x filters. Computed as a matrix product of
/// patches (patch_product.h) or, with standard accuracy, by winograd.h where that is faster.
void convolve(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items, const float* input,
              float* output, const Epilogue& epilogue, ThreadPool& pool, Accuracy accuracy);

/// The transpose of that linear map, from `outputs` of w.out x filters to `inputs` of w.in x w.channels: the
/// vjp of `convolve`, and the forward pass of a transposed convolution.
void convolve_transposed(const WindowSizes& w, const ConvolutionKernel& kernel, std::int64_t items,
                         const float* outputs, float* inputs, const Epilogue& epilogue, ThreadPool& pool,
                         Accuracy accuracy);

/// Depthwise convolution: `kernel` is (size..., channels, multiplier), the output channel is c * multiplier +
/// m.
void convolve_depthwise(const WindowSizes& w, std::int64_t multiplier, std::int64_t items, const float* input,
                        const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool);

/// The transpose of `convolve_depthwise`.
void convolve_depthwise_transposed(const WindowSizes& w, std::int64_t multiplier, std::int64_t items,
                                   const float* outputs, const float* kernel, float* inputs,
                                   ThreadPool& pool);

}  // namespace nv
