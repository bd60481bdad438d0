// DepthwiseConv1D and 2D, and SeparableConv1D and 2D: a depthwise convolution followed by one of 1 x 1.
#include "nv/core/error.h"
#include "nv/kernels/convolution.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"
#include "nv/layers/spatial/convolution.h"

namespace nv {
namespace {

/// A depthwise convolution without bias and activation.
class Depthwise {
 public:
  Depthwise(LayerOptions& o, int axes)
      : windows(convolution_windows(o, axes)), multiplier(positive(o, "depth_multiplier", 1)) {}

  std::int64_t channels(const Shape& input) const {
    return input.back() == Shape::unknown ? Shape::unknown : product({input.back(), multiplier});
  }
  WeightSpec kernel_spec(const Shape& input) const {
    return {"depthwise_kernel", windows.weight_shape(input.back(), multiplier)};
  }
  std::int64_t macs(const Shape& input) const {
    return product({windows.output(input, channels(input)).elements(), windows.kernel[0], windows.kernel[1],
                    windows.kernel[2]});
  }

  void run(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const {
    convolve_depthwise(windows.over(x.shape().item()), multiplier, x.shape()[0], x.data(), kernel.data(),
                       y.data(), epilogue, context.pool);
  }
  Tensor vjp(const Shape& input, const Tensor& d, Context& context) const {
    Tensor dx(input);
    convolve_depthwise_transposed(windows.over(input.item()), multiplier, input[0], d.data(), kernel.data(),
                                  dx.data(), context.pool);
    return dx;
  }

  SlidingWindows windows;
  std::int64_t multiplier;
  Tensor kernel;
};

class DepthwiseConvolution final : public ConvolutionLayer {
 public:
  DepthwiseConvolution(LayerOptions& o, int axes) : ConvolutionLayer(o), depthwise_(o, axes) {
    // Keras 2 writes these options of Conv2D, too; a depthwise layer does not use them.
    o.ignore({"filters", "groups"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, depthwise_.windows.axes + 1);
    return depthwise_.windows.output(in, depthwise_.channels(in));
  }
  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    return {depthwise_.vjp(inputs[0].shape(), d, context)};
  }
  std::int64_t macs(std::span<const Shape> inputs) const override { return depthwise_.macs(inputs[0]); }
  std::optional<SpatialWindow> window(const Shape& input) const override {
    return depthwise_.windows.window(input);
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    return depthwise_.windows.seen_along(inputs[0], axis, position);
  }

 private:
  std::vector<WeightSpec> kernels(const Shape& input) const override {
    return {depthwise_.kernel_spec(input)};
  }
  void load_kernels(std::vector<Tensor> kernels) override { depthwise_.kernel = kernels[0]; }
  void convolve_to(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const override {
    depthwise_.run(x, y, epilogue, context);
  }

  Depthwise depthwise_;
};

class SeparableConvolution final : public ConvolutionLayer {
 public:
  SeparableConvolution(LayerOptions& o, int axes)
      : ConvolutionLayer(o), depthwise_(o, axes), filters_(positive(o, "filters")) {
    if (o.integer("groups", 1) != 1)
      throw_unsupported("option groups is supported for plain convolutions only");
  }

  Shape shape(std::span<const Shape> inputs) const override {
    return depthwise_.windows.output(single_input(inputs, depthwise_.windows.axes + 1), filters_);
  }
  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    const Shape& in = inputs[0].shape();
    const WindowSizes w = pointwise(in.item());
    Tensor d_depthwise(as_item(w.in, depthwise_.windows.axes, w.channels).batched(in[0]));
    convolve_transposed(w, pointwise_, in[0], d.data(), d_depthwise.data(), {}, context.pool,
                        context.accuracy);
    return {depthwise_.vjp(in, d_depthwise, context)};
  }
  std::int64_t macs(std::span<const Shape> inputs) const override {
    return depthwise_.macs(inputs[0]) + product({shape(inputs).elements(), depthwise_.channels(inputs[0])});
  }
  std::optional<SpatialWindow> window(const Shape& input) const override {
    return depthwise_.windows.window(input);
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    return depthwise_.windows.seen_along(inputs[0], axis, position);
  }

 private:
  std::vector<WeightSpec> kernels(const Shape& input) const override {
    const Shape kernel = as_item({1, 1, 1}, depthwise_.windows.axes, depthwise_.channels(input));
    std::vector<std::int64_t> pointwise(kernel.begin(), kernel.end());
    pointwise.push_back(filters_);
    return {depthwise_.kernel_spec(input),
            {"pointwise_kernel", Shape(std::span<const std::int64_t>(pointwise))}};
  }
  void load_kernels(std::vector<Tensor> kernels) override {
    depthwise_.kernel = kernels[0];
    pointwise_ = {kernels[1], 1};
  }

  /// Sizes of the 1 x 1 convolution for an input item of the layer.
  WindowSizes pointwise(const Shape& item) const {
    WindowSizes w;
    w.in = w.out = depthwise_.windows.over(item).out;
    w.kernel = {1, 1, 1};
    w.channels = depthwise_.channels(item);
    return w;
  }

  void convolve_to(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const override {
    const Shape item = x.shape().item();
    Tensor middle(depthwise_.windows.output(item, depthwise_.channels(item)).batched(x.shape()[0]));
    depthwise_.run(x, middle, {}, context);
    const WindowSizes w = pointwise(item);
    convolve(w, pointwise_, x.shape()[0], middle.data(), y.data(), epilogue, context.pool, context.accuracy);
  }

  Depthwise depthwise_;
  std::int64_t filters_;
  ConvolutionKernel pointwise_;
};

}  // namespace

std::vector<LayerKind> depthwise_kinds() {
  return {{"DepthwiseConv1D", make_spatial<DepthwiseConvolution, 1>},
          {"DepthwiseConv2D", make_spatial<DepthwiseConvolution, 2>},
          {"SeparableConv1D", make_spatial<SeparableConvolution, 1>},
          {"SeparableConv2D", make_spatial<SeparableConvolution, 2>}};
}

}  // namespace nv
