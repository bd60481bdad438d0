// Flatten, Reshape, Permute and RepeatVector: the same values in another shape or order.
#include <algorithm>
#include <array>
#include <vector>

#include "nv/core/error.h"
#include "nv/kernels/transpose.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Reshape : public Layer {
 public:
  explicit Reshape(std::vector<std::int64_t> target) : target_(std::move(target)) {
    if (std::ranges::count_if(target_, [](std::int64_t n) { return n < 0; }) > 1)
      throw_input("option target_shape has more than one open axis");
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    Shape out{std::span<const std::int64_t>(target_)};
    const auto open = std::ranges::find_if(target_, [](std::int64_t n) { return n < 0; });
    if (!in.known()) return out;
    if (open != target_.end()) {
      const int axis = static_cast<int>(open - target_.begin());
      out[axis] = 1;
      const std::int64_t rest = out.elements();
      out[axis] = rest == 0 ? 0 : in.elements() / rest;
    }
    if (out.elements() != in.elements())
      throw_input("{} cannot become {}", in.str(), Shape{std::span<const std::int64_t>(target_)}.str());
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const std::array in{inputs[0].shape().item()};
    return inputs[0].reshaped(shape(in).batched(inputs[0].shape()[0]));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {d_output.reshaped(inputs[0].shape())};
  }

 private:
  std::vector<std::int64_t> target_;
};

/// With data_format channels_first, Keras transposes to channels_last before it flattens.
class FlattenChannelsFirst final : public Reshape {
 public:
  FlattenChannelsFirst() : Reshape({-1}) {}
  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const int rank = inputs[0].shape().rank();
    if (rank < 3) return Reshape::forward(inputs, context);
    const std::array in{transpose(inputs[0], channels_last(rank))};
    return Reshape::forward(in, context);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const Shape& from = inputs[0].shape();
    if (from.rank() < 3) return {d_output.reshaped(from)};
    const std::vector<int> order = channels_last(from.rank());
    Shape last = from;
    for (int a = 0; a < from.rank(); ++a) last[a] = from[order[static_cast<std::size_t>(a)]];
    return {transpose(d_output.reshaped(last), inverse(order))};
  }

 private:
  static std::vector<int> channels_last(int rank) {
    std::vector<int> order{0};
    for (int a = 2; a < rank; ++a) order.push_back(a);
    order.push_back(1);
    return order;
  }
};

class Permute final : public Layer {
 public:
  explicit Permute(LayerOptions& o) {
    for (std::int64_t axis : o.integers("dims")) order_.push_back(static_cast<int>(axis));
    std::vector<int> sorted = order_;
    std::ranges::sort(sorted);
    for (std::size_t i = 0; i < sorted.size(); ++i)
      if (sorted[i] != static_cast<int>(i) + 1 || i + 1 >= Shape::max_rank)
        throw_input("option dims is not an order of axes");
    order_.insert(order_.begin(), 0);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, static_cast<int>(order_.size()) - 1);
    Shape out = in;
    for (int a = 0; a < in.rank(); ++a) out[a] = in[order_[static_cast<std::size_t>(a) + 1] - 1];
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    return transpose(inputs[0], order_);
  }

  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {transpose(d_output, inverse(order_))};
  }

 private:
  std::vector<int> order_;  // with the batch axis, which stays
};

/// (channels) to (n, channels): the row repeated n times.
class RepeatVector final : public Layer {
 public:
  explicit RepeatVector(LayerOptions& o) : n_(o.integer("n")) {
    if (n_ < 1) throw_input("option n is {}", n_);
  }

  Shape shape(std::span<const Shape> inputs) const override { return {n_, single_input(inputs, 1)[0]}; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const std::int64_t batch = inputs[0].shape()[0], channels = inputs[0].shape()[1];
    return broadcast_to(inputs[0].reshaped({batch, 1, channels}), {batch, n_, channels});
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const std::int64_t batch = inputs[0].shape()[0], channels = inputs[0].shape()[1];
    return {sum_to(d_output, {batch, 1, channels}).reshaped(inputs[0].shape())};
  }

 private:
  std::int64_t n_;
};

std::unique_ptr<Layer> make_flatten(LayerOptions& o) {
  if (o.choice("data_format", "channels_last", {"channels_last", "channels_first"}) == "channels_first")
    return std::make_unique<FlattenChannelsFirst>();
  return std::make_unique<Reshape>(std::vector<std::int64_t>{-1});
}
std::unique_ptr<Layer> make_reshape(LayerOptions& o) {
  return std::make_unique<Reshape>(o.integers("target_shape"));
}

}  // namespace

std::vector<LayerKind> reshaping_kinds() {
  return {{"Flatten", make_flatten},
          {"Permute", make<Permute>},
          {"RepeatVector", make<RepeatVector>},
          {"Reshape", make_reshape}};
}

}  // namespace nv
