// Embedding: one row of a table for each integer of the input.
#include <algorithm>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Embedding final : public Layer {
 public:
  explicit Embedding(LayerOptions& o) : rows_(o.integer("input_dim")), width_(o.integer("output_dim")) {
    if (rows_ < 1) throw_input("option input_dim is {}", rows_);
    if (width_ < 1) throw_input("option output_dim is {}", width_);
    if (o.has("lora_rank")) throw_unsupported("option lora_rank is not supported");
    o.ignore({"mask_zero", "lora_alpha", "weights", "dropout", "W_regularizer", "W_constraint"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    std::vector<std::int64_t> axes(in.begin(), in.end());
    axes.push_back(width_);
    return Shape(std::span<const std::int64_t>(axes));
  }

  std::vector<WeightSpec> weights(std::span<const Shape>) const override {
    return {{"embeddings", {rows_, width_}}};
  }
  void load(std::vector<Tensor> weights) override { table_ = weights[0]; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Tensor& x = inputs[0];
    const std::array in{x.shape().item()};
    Tensor y(shape(in).batched(x.shape()[0]));
    for (std::int64_t i = 0; i < x.size(); ++i) {
      if (!(x[i] > -1 && x[i] < static_cast<float>(rows_)))
        throw_input("{} is out of range for its table of {}", x[i], rows_);
      const auto row = static_cast<std::int64_t>(x[i]);
      std::copy_n(table_.data() + row * width_, width_, y.data() + i * width_);
    }
    return y;
  }

  /// An index has no gradient.
  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor&, Context&) const override {
    return {Tensor()};
  }

 private:
  std::int64_t rows_, width_;
  Tensor table_;
};

}  // namespace

std::vector<LayerKind> embedding_kinds() {
  return {{"Embedding", make<Embedding>}};
}

}  // namespace nv
