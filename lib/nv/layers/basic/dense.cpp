// Dense: activation(x W + b) along the last axis.
#include "nv/core/error.h"
#include "nv/kernels/gemm.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Dense final : public ActivatedLayer {
 public:
  explicit Dense(LayerOptions& o)
      : ActivatedLayer(o.activation("activation")),
        units_(o.integer("units")),
        use_bias_(o.flag("use_bias", true)) {
    o.ignore({"lora_rank", "lora_alpha"});  // merged into the kernel when the file was saved
    if (units_ < 1) throw_input("option units is {}", units_);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    Shape out = single_input(inputs);
    if (out.rank() < 1) throw_input("it takes an input of at least one axis");
    out[-1] = units_;
    return out;
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    std::vector<WeightSpec> specs{{"kernel", {inputs[0].back(), units_}}};
    if (use_bias_) specs.push_back({"bias", {units_}});
    return specs;
  }

  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    return axis + 1 < inputs[k].rank() ? Positions(std::vector{position}) : std::nullopt;
  }

  void load(std::vector<Tensor> weights) override {
    kernel_ = weights[0];
    if (use_bias_) bias_ = weights[1];
    // A small kernel is packed once for all passes; copies of a large one would take too much memory.
    constexpr std::int64_t small = std::int64_t{1} << 18;
    if (kernel_.size() > small) return;
    ThreadPool one(1);
    packed_ = packed(kernel(), one);
    packed_transposed_ = packed_transposed(kernel(), one);
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    Tensor y = context.output(output_shape(inputs[0]));
    multiply_to(inputs[0], y, context);
    activation_.apply(y.values(), units_);
    context.finished(0, y.size());
    return y;
  }
  bool reports_rows(std::span<const Shape>) const override { return true; }

  Tensor linear(std::span<const Tensor> inputs, Context& context) const override {
    Tensor y(output_shape(inputs[0]));
    multiply_to(inputs[0], y, context);
    return y;
  }

  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    Tensor dx(inputs[0].shape());
    const std::int64_t depth = dx.shape().back(), rows = depth == 0 ? 0 : dx.size() / depth;
    const ConstMatrix from{d.data(), rows, units_, units_};
    const Matrix to{dx.data(), rows, depth, depth};
    if (!packed_transposed_.panels.empty())
      multiply(from, packed_transposed_, to, context.pool);
    else
      multiply_transposed(from, kernel(), to, context.pool);
    return {dx};
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product({inputs[0].elements(), units_});
  }

 private:
  Shape output_shape(const Tensor& x) const {
    Shape shape = x.shape();
    shape[-1] = units_;
    return shape;
  }

  /// y = x W + b.
  void multiply_to(const Tensor& x, Tensor& y, Context& context) const {
    const std::int64_t depth = x.shape().back(), rows = depth == 0 ? 0 : x.size() / depth;
    const ConstMatrix from{x.data(), rows, depth, depth};
    const Matrix to{y.data(), rows, units_, units_};
    if (rows > rows_to_pack && !packed_.panels.empty())
      multiply(from, packed_, to, context.pool);
    else
      multiply(from, kernel(), to, context.pool);
    if (use_bias_)
      for (std::int64_t at = 0; at < y.size(); at += units_)
        for (std::int64_t i = 0; i < units_; ++i) y[at + i] += bias_[i];
  }

  ConstMatrix kernel() const { return {kernel_.data(), kernel_.shape()[0], units_, units_}; }

  std::int64_t units_;
  bool use_bias_;
  Tensor kernel_, bias_;
  PackedMatrix packed_, packed_transposed_;
};

}  // namespace

std::vector<LayerKind> dense_kinds() {
  return {{"Dense", make<Dense>}};
}

}  // namespace nv
