// TimeDistributed: applies a layer to each step of the first axis.
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/registry.h"

namespace nv {
namespace {

class TimeDistributed final : public Layer {
 public:
  explicit TimeDistributed(LayerOptions& o) : inner_(inner_layer(o)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    if (in.rank() < 1) throw_input("it takes an input of at least one axis");
    const std::array step{in.item()};
    return inner_->shape(step).batched(in[0]);
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    const std::array step{inputs[0].item()};
    std::vector<WeightSpec> specs = inner_->weights(step);
    for (WeightSpec& spec : specs) spec.name = "layer/" + spec.name;
    return specs;
  }
  void load(std::vector<Tensor> weights) override { inner_->load(std::move(weights)); }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const std::array steps{as_batch(inputs[0])};
    return as_steps(inner_->forward(steps, context), inputs[0].shape());
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    const std::array steps{as_batch(inputs[0])};
    const Tensor d = inner_->vjp(steps, as_batch(output), as_batch(d_output), context)[0];
    return {d.empty() ? d : as_steps(d, inputs[0].shape())};
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    const std::array step{inputs[0].item()};
    return product({inputs[0][0], inner_->macs(step)});
  }

 private:
  static std::unique_ptr<Layer> inner_layer(LayerOptions& o) {
    const nlohmann::ordered_json* json = o.json("layer");
    if (json == nullptr || !json->is_object() || !json->contains("class_name") ||
        !(*json)["class_name"].is_string())
      throw_input("option layer is not a layer");
    const auto kind = (*json)["class_name"].get<std::string>();
    if (kind == "Sequential" || kind == "Functional" || kind == "Model")
      throw_unsupported("a {} inside is not supported", kind);
    return make_layer(kind, Config(json->value("config", nlohmann::ordered_json::object())), o.origin());
  }

  /// (batch, steps, ...) as (batch * steps, ...), and back.
  static Tensor as_batch(const Tensor& x) {
    return x.reshaped(x.shape().item().item().batched(x.shape()[0] * x.shape()[1]));
  }
  static Tensor as_steps(const Tensor& y, const Shape& like) {
    return y.reshaped(y.shape().item().batched(like[1]).batched(like[0]));
  }

  std::unique_ptr<Layer> inner_;
};

}  // namespace

std::vector<LayerKind> time_distributed_kinds() {
  return {{"TimeDistributed", make<TimeDistributed>}};
}

}  // namespace nv
