// Conv1D, Conv2D and Conv3D (groups, dilation, any kernel and stride), channels_last.
#include "nv/layers/spatial/convolution.h"

#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/kernels/convolution.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"

namespace nv {

namespace {
constexpr std::int64_t max_lanes = 16;  // floats of the widest vector of any instruction set
}

ConvolutionLayer::ConvolutionLayer(LayerOptions& o)
    : ActivatedLayer(o.activation("activation")), use_bias_(o.flag("use_bias", true)) {}

std::vector<WeightSpec> ConvolutionLayer::weights(std::span<const Shape> inputs) const {
  std::vector<WeightSpec> specs = kernels(inputs[0]);
  if (use_bias_) specs.push_back({"bias", {shape(inputs).back()}});
  return specs;
}

void ConvolutionLayer::load(std::vector<Tensor> weights) {
  if (use_bias_) {
    const Tensor bias = weights.back();
    weights.pop_back();
    // Repeated to about 256 values, so that positions of few channels need no short loops, and padded so that
    // a vector can be loaded at any channel (Epilogue::biases).
    constexpr std::int64_t repeated_size = 256;
    const std::int64_t size = std::max<std::int64_t>(bias.size(), 1);
    biases_ = Tensor(Shape{std::max<std::int64_t>(repeated_size / size, 1) * size + max_lanes}, 0.0F);
    for (std::int64_t i = 0; i < biases_.size() - max_lanes; ++i) biases_[i] = bias[i % size];
  }
  load_kernels(std::move(weights));
}

Epilogue ConvolutionLayer::bias_epilogue() const {
  if (!use_bias_) return {};
  return {biases_.values().first(biases_.values().size() - max_lanes), false, {}};
}

Tensor ConvolutionLayer::linear(std::span<const Tensor> inputs, Context& context) const {
  const std::array item{inputs[0].shape().item()};
  Tensor y(shape(item).batched(inputs[0].shape()[0]));
  convolve_to(inputs[0], y, bias_epilogue(), context);
  return y;
}

Tensor ConvolutionLayer::forward(std::span<const Tensor> inputs, Context& context) const {
  const std::array item{inputs[0].shape().item()};
  Tensor y = context.output(shape(item).batched(inputs[0].shape()[0]));
  Epilogue epilogue = bias_epilogue();
  epilogue.relu = use_bias_ && activation_.plain_relu();
  const bool activates = !epilogue.relu && !activation_.linear();
  if (activates || context.followers != nullptr)
    epilogue.rest = [&, activates, channels = y.shape().back()](std::span<float> values) {
      if (activates) activation_.apply(values, channels);
      context.finished(values.data() - y.data(), static_cast<std::int64_t>(values.size()));
    };
  convolve_to(inputs[0], y, epilogue, context);
  return y;
}

std::int64_t positive(LayerOptions& o, std::string_view key, std::optional<std::int64_t> fallback) {
  const std::int64_t n = o.integer(key, fallback);
  if (n < 1) throw_input("option {} is {}", key, n);
  return n;
}

namespace {

class Convolution final : public ConvolutionLayer {
 public:
  Convolution(LayerOptions& o, int axes)
      : ConvolutionLayer(o),
        windows_(convolution_windows(o, axes)),
        filters_(positive(o, "filters")),
        groups_(o.integer("groups", 1)) {
    o.ignore({"lora_rank", "lora_alpha"});  // merged into the kernel when the file was saved
    if (groups_ < 1 || filters_ % groups_ != 0)
      throw_input("{} filters cannot form {} groups", filters_, groups_);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, windows_.axes + 1);
    if (in.back() != Shape::unknown && in.back() % groups_ != 0)
      throw_input("its input's {} channels cannot form {} groups", in.back(), groups_);
    return windows_.output(in, filters_);
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product({shape(inputs).elements(), windows_.kernel[0], windows_.kernel[1], windows_.kernel[2],
                    inputs[0].back() / groups_});
  }
  std::optional<SpatialWindow> window(const Shape& input) const override { return windows_.window(input); }
  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    return windows_.seen_along(inputs[0], axis, position);
  }

  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    Tensor dx(inputs[0].shape());
    const WindowSizes w = windows_.over(dx.shape().item());
    const std::int64_t items = dx.shape()[0];
    if (is_depthwise(w))
      convolve_depthwise_transposed(w, filters_ / groups_, items, d.data(), kernel_.data(), dx.data(),
                                    context.pool);
    else
      convolve_transposed(w, kernel_, items, d.data(), dx.data(), {}, context.pool, context.accuracy);
    return {dx};
  }

 private:
  std::vector<WeightSpec> kernels(const Shape& input) const override {
    const std::int64_t channels = input.back() == Shape::unknown ? Shape::unknown : input.back() / groups_;
    return {{"kernel", windows_.weight_shape(channels, filters_)}};
  }
  void load_kernels(std::vector<Tensor> kernels) override { kernel_ = {kernels[0], groups_}; }

  void convolve_to(const Tensor& x, Tensor& y, const Epilogue& epilogue, Context& context) const override {
    const WindowSizes w = windows_.over(x.shape().item());
    if (is_depthwise(w))
      convolve_depthwise(w, filters_ / groups_, x.shape()[0], x.data(), kernel_.data(), y.data(), epilogue,
                         context.pool);
    else
      convolve(w, kernel_, x.shape()[0], x.data(), y.data(), epilogue, context.pool, context.accuracy);
  }

  /// A kernel (size..., 1, channels * m) lies in memory as (size..., channels, m). One channel is left to the
  /// matrix product.
  bool is_depthwise(const WindowSizes& w) const { return groups_ > 1 && groups_ == w.channels; }

  SlidingWindows windows_;
  std::int64_t filters_, groups_;
  ConvolutionKernel kernel_;
};

}  // namespace

std::vector<LayerKind> convolution_kinds() {
  return {{"Conv1D", make_spatial<Convolution, 1>},
          {"Conv2D", make_spatial<Convolution, 2>},
          {"Conv3D", make_spatial<Convolution, 3>}};
}

}  // namespace nv
