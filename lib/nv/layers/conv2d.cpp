// Conv2D (groups, dilation, any kernel and stride) and DepthwiseConv2D, channels_last.
#include "nv/kernels/conv2d.h"

#include "nv/core/error.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

Windows read_windows(Options& o) {
  Windows w;
  w.kernel = o.pair("kernel_size");
  w.stride = o.pair("strides", Pair{1, 1});
  w.dilation = o.pair("dilation_rate", Pair{1, 1});
  w.same = o.choice("padding", "valid", {"valid", "same"}) == "same";
  return w;
}

/// Adds the bias to finished positions and applies the activation.
Epilogue epilogue(const Tensor& bias, const Activation& activation, std::int64_t filters) {
  return [&bias, &activation, filters](std::span<float> values) {
    if (!bias.empty()) {
      const auto n = static_cast<std::size_t>(filters);
      const float* b = bias.data();
      for (std::size_t at = 0; at < values.size(); at += n)
        for (std::size_t c = 0; c < n; ++c) values[at + c] += b[c];
    }
    activation.apply(values, filters);
  };
}

class Conv2D final : public Layer {
 public:
  explicit Conv2D(Options& o)
      : windows_(read_windows(o)),
        filters_(o.integer("filters")),
        groups_(o.integer("groups", 1)),
        use_bias_(o.flag("use_bias", true)),
        activation_(o.activation("activation")) {
    if (filters_ < 1) throw_input("option filters is {}", filters_);
    if (groups_ < 1 || filters_ % groups_ != 0)
      throw_input("{} filters cannot form {} groups", filters_, groups_);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    if (in[2] != Shape::unknown && in[2] % groups_ != 0)
      throw_input("its input's {} channels cannot form {} groups", in[2], groups_);
    return {windows_.output_size(0, in[0]), windows_.output_size(1, in[1]), filters_};
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    const std::int64_t channels = inputs[0][2] == Shape::unknown ? Shape::unknown : inputs[0][2] / groups_;
    std::vector<WeightSpec> specs{{"kernel", {windows_.kernel[0], windows_.kernel[1], channels, filters_}}};
    if (use_bias_) specs.push_back({"bias", {filters_}});
    return specs;
  }

  void load(std::vector<Tensor> weights) override {
    kernel_ = weights[0];
    if (use_bias_) bias_ = weights[1];
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const Window2D w = windows_.over(x.shape().item());
    Tensor y(Shape{x.shape()[0], w.out[0], w.out[1], filters_});
    conv2d(w, filters_, groups_, x.shape()[0], x.data(), kernel_.data(), y.data(),
           epilogue(bias_, activation_, filters_), context.pool);
    return y;
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product(
        {shape(inputs).elements(), windows_.kernel[0], windows_.kernel[1], inputs[0][2] / groups_});
  }
  std::optional<Window> window(const Shape& input) const override { return windows_.window(input); }
  std::string_view activation() const override { return activation_.name(); }

 private:
  Windows windows_;
  std::int64_t filters_, groups_;
  bool use_bias_;
  Activation activation_;
  Tensor kernel_, bias_;
};

class DepthwiseConv2D final : public Layer {
 public:
  explicit DepthwiseConv2D(Options& o)
      : windows_(read_windows(o)),
        multiplier_(o.integer("depth_multiplier", 1)),
        use_bias_(o.flag("use_bias", true)),
        activation_(o.activation("activation")) {
    if (multiplier_ < 1) throw_input("option depth_multiplier is {}", multiplier_);
    // Keras 2 writes the options of Conv2D here too; a depthwise layer makes no use of them.
    o.ignore({"filters", "groups"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    return {windows_.output_size(0, in[0]), windows_.output_size(1, in[1]), channels(in)};
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    std::vector<WeightSpec> specs{
        {"depthwise_kernel", {windows_.kernel[0], windows_.kernel[1], inputs[0][2], multiplier_}}};
    if (use_bias_) specs.push_back({"bias", {channels(inputs[0])}});
    return specs;
  }

  void load(std::vector<Tensor> weights) override {
    kernel_ = weights[0];
    if (use_bias_) bias_ = weights[1];
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const Window2D w = windows_.over(x.shape().item());
    const std::int64_t filters = w.channels * multiplier_;
    Tensor y(Shape{x.shape()[0], w.out[0], w.out[1], filters});
    depthwise_conv2d(w, multiplier_, x.shape()[0], x.data(), kernel_.data(), y.data(),
                     epilogue(bias_, activation_, filters), context.pool);
    return y;
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product({shape(inputs).elements(), windows_.kernel[0], windows_.kernel[1]});
  }
  std::optional<Window> window(const Shape& input) const override { return windows_.window(input); }
  std::string_view activation() const override { return activation_.name(); }

 private:
  std::int64_t channels(const Shape& in) const {
    return in[2] == Shape::unknown ? Shape::unknown : product({in[2], multiplier_});
  }

  Windows windows_;
  std::int64_t multiplier_;
  bool use_bias_;
  Activation activation_;
  Tensor kernel_, bias_;
};

}  // namespace

std::unique_ptr<Layer> make_conv2d(Options& o) {
  o.ignore({"lora_rank", "lora_alpha"});
  return in_data_format(o, std::make_unique<Conv2D>(o));
}
std::unique_ptr<Layer> make_depthwise_conv2d(Options& o) {
  return in_data_format(o, std::make_unique<DepthwiseConv2D>(o));
}

}  // namespace nv
