// data_format "channels_first": the layer itself works on channels_last images, and this wrapper turns its
// input and output. So every image layer has one implementation, and tensors between layers stay in the
// model's own layout, which keeps the meaning of Flatten, Reshape, axes and the results that users see.
#include <array>

#include "nv/core/error.h"
#include "nv/kernels/transpose.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

Shape to_last(const Shape& s) {
  if (s.rank() != 3) throw_input("it takes an input of 3 axes, not {}", s.str());
  return {s[1], s[2], s[0]};
}
Shape to_first(const Shape& s) {
  return s.rank() == 3 ? Shape{s[2], s[0], s[1]} : s;
}

class ChannelsFirst final : public Layer {
 public:
  explicit ChannelsFirst(std::unique_ptr<Layer> inner) : inner_(std::move(inner)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const std::array in{to_last(single_input(inputs))};
    return to_first(inner_->shape(in));
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    const std::array in{to_last(single_input(inputs))};
    return inner_->weights(in);
  }
  void load(std::vector<Tensor> weights) override { inner_->load(std::move(weights)); }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const std::array in{transpose(inputs[0], std::array{0, 2, 3, 1})};
    const Tensor out = inner_->forward(in, context);
    return out.shape().rank() == 4 ? transpose(out, std::array{0, 3, 1, 2}) : out;
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    const std::array in{to_last(single_input(inputs))};
    return inner_->macs(in);
  }
  std::optional<Window> window(const Shape& input) const override { return inner_->window(to_last(input)); }
  std::string_view activation() const override { return inner_->activation(); }

 private:
  std::unique_ptr<Layer> inner_;
};

}  // namespace

std::unique_ptr<Layer> channels_first(std::unique_ptr<Layer> layer) {
  return std::make_unique<ChannelsFirst>(std::move(layer));
}

std::unique_ptr<Layer> in_data_format(Options& options, std::unique_ptr<Layer> layer) {
  const std::string format =
      options.choice("data_format", "channels_last", {"channels_last", "channels_first"});
  return format == "channels_first" ? channels_first(std::move(layer)) : std::move(layer);
}

}  // namespace nv
