// Conv1DTranspose, Conv2DTranspose and Conv3DTranspose: the transpose of the convolution that leads from an
// item of this layer's output size to one of its input size.
#include "nv/core/error.h"
#include "nv/kernels/convolution.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"
#include "nv/layers/spatial/convolution.h"

namespace nv {
namespace {

class TransposedConvolution final : public ConvolutionLayer {
 public:
  TransposedConvolution(LayerOptions& o, int axes)
      : ConvolutionLayer(o), windows_(convolution_windows(o, axes)), filters_(positive(o, "filters")) {
    if (windows_.padding == SlidingWindows::Padding::causal)
      throw_unsupported("option padding: 'causal' is not supported");
    if (o.integer("groups", 1) != 1)
      throw_unsupported("option groups is supported for plain convolutions only");
    // tf_keras ignores the option.
    if (axes == 3 && o.origin().keras_major < 3) windows_.dilation = {1, 1, 1};
    if (o.has("output_padding")) read_output_padding(o);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, windows_.axes + 1);
    Shape out = in;
    for (int a = 0; a < windows_.axes; ++a)
      out[a] = output_size(static_cast<std::size_t>(3 - windows_.axes + a), in[a]);
    out[-1] = filters_;
    return out;
  }

  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    Tensor dx(inputs[0].shape());
    convolve(sizes(d.shape().item()), kernel_, dx.shape()[0], d.data(), dx.data(), {}, context.pool,
             context.accuracy);
    return {dx};
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product(
        {inputs[0].elements(), windows_.kernel[0], windows_.kernel[1], windows_.kernel[2], filters_});
  }

  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    if (windows_.axes != 2 || axis > 1) return std::nullopt;
    return input_positions(taps_of_input(sizes(shape(inputs)), static_cast<std::size_t>(axis) + 1, position));
  }

 private:
  std::vector<WeightSpec> kernels(const Shape& input) const override {
    return {{"kernel", windows_.weight_shape(filters_, input.back())}};
  }
  void load_kernels(std::vector<Tensor> kernels) override { kernel_ = {kernels[0], 1}; }

  void convolve_to(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const override {
    convolve_transposed(sizes(y.shape().item()), kernel_, x.shape()[0], x.data(), y.data(), epilogue,
                        context.pool, context.accuracy);
  }

  void read_output_padding(LayerOptions& o) {
    auto list = o.integers("output_padding");
    const auto axes = static_cast<std::size_t>(windows_.axes);
    if (list.size() != 1 && list.size() != axes)
      throw_input("option output_padding has {} sizes", list.size());
    list.resize(axes, list.front());
    const Triple extra = as_triple(list, 0);
    for (std::size_t a = 0; a < 3; ++a)
      if (extra[a] < 0 || extra[a] >= windows_.stride[a])
        throw_input("option output_padding is {}, expected less than strides ({})", extra[a],
                    windows_.stride[a]);
    output_padding_ = extra;
  }

  /// Size along an axis of [depth, height, width]. Throws Error(input) if no convolution leads from it back
  /// to the input's size.
  std::int64_t output_size(std::size_t a, std::int64_t input) const {
    if (input == Shape::unknown) return input;
    const std::int64_t extent = windows_.extent(a), stride = windows_.stride[a];
    const bool same = windows_.padding == SlidingWindows::Padding::same;
    std::int64_t size = product({input, stride});
    if (output_padding_)
      size += (same ? extent % 2 : extent) - stride + (*output_padding_)[a];
    else if (!same)
      size += std::max<std::int64_t>(extent - stride, 0);
    if (size < 1 || windows_.output_size(a, size) != input)
      throw_input("its options leave no output of an input of {}", input);
    return size;
  }

  /// Sizes of the convolution from this layer's output back to its input.
  WindowSizes sizes(const Shape& output) const { return windows_.over(output); }

  SlidingWindows windows_;
  std::int64_t filters_;
  std::optional<Triple> output_padding_;
  ConvolutionKernel kernel_;
};

}  // namespace

std::vector<LayerKind> transposed_convolution_kinds() {
  return {{"Conv1DTranspose", make_spatial<TransposedConvolution, 1>},
          {"Conv2DTranspose", make_spatial<TransposedConvolution, 2>},
          {"Conv3DTranspose", make_spatial<TransposedConvolution, 3>}};
}

}  // namespace nv
