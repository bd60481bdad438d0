// Dot: dot products of two inputs along one axis of each; with normalize, of unit vectors (cosines).
#include "nv/core/error.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/batch_product.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/normalization/row_normalization.h"

namespace nv {
namespace {

class Dot final : public Layer {
 public:
  explicit Dot(LayerOptions& o)
      : axes_(o.integers("axes")),
        normalize_(o.flag("normalize", false)),
        unit_(RowStatistic::unit, o.origin().keras_major >= 3 ? 1e-7 : 1e-6) {
    if (axes_.size() == 1) axes_.push_back(axes_[0]);
    if (axes_.size() != 2) throw_input("option axes is not one axis or two");
  }

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 2) throw_input("it takes two inputs, not {}", inputs.size());
    std::vector<std::int64_t> out, along;
    for (std::size_t k = 0; k < 2; ++k) {
      const int axis = item_axis(axes_[k], inputs[k]);
      for (int a = 0; a < inputs[k].rank(); ++a) (a == axis ? along : out).push_back(inputs[k][a]);
    }
    if (!sizes_fit(along[0], along[1]))
      throw_input("inputs of {} and {} do not fit together", inputs[0].str(), inputs[1].str());
    if (out.empty()) out.push_back(1);
    return Shape(std::span<const std::int64_t>(out));
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const AxisRows a = rows(inputs, 0), b = rows(inputs, 1);
    const Tensor y = batch_product(matrices(a, context), transposed_matrices(matrices(b, context)), context);
    const std::array shapes{inputs[0].shape().item(), inputs[1].shape().item()};
    return y.reshaped(shape(shapes).batched(inputs[0].shape()[0]));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const AxisRows a = rows(inputs, 0), b = rows(inputs, 1);
    const Tensor x = matrices(a, context), y = matrices(b, context);
    const Tensor d = d_output.reshaped({x.shape()[0], x.shape()[1], y.shape()[1]});
    return {gradient(a, batch_product(d, y, context), context),
            gradient(b, batch_product(transposed_matrices(d), x, context), context)};
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    const int axis = item_axis(axes_[1], inputs[1]);
    return product({inputs[0].elements(), inputs[1].elements() / std::max<std::int64_t>(1, inputs[1][axis])});
  }

 private:
  AxisRows rows(std::span<const Tensor> inputs, std::size_t k) const {
    return {inputs[k], {item_axis(axes_[k], inputs[k].shape().item())}};
  }
  static Shape matrix_shape(const AxisRows& r) {
    const std::int64_t batch = r.kept_shape()[0];
    return {batch, batch == 0 ? 0 : r.count() / batch, r.length()};
  }
  /// The vectors to multiply, as the rows of one matrix per item.
  Tensor matrices(const AxisRows& r, Context& context) const {
    return (normalize_ ? unit_.forward(r, context) : r.tensor()).reshaped(matrix_shape(r));
  }
  /// The gradient to the input from that to the vectors.
  Tensor gradient(const AxisRows& r, const Tensor& d, Context& context) const {
    const Tensor d_rows = d.reshaped(r.tensor().shape());
    return r.restored(normalize_ ? unit_.vjp(r, r.like(r.restored(d_rows)), context) : d_rows);
  }

  std::vector<std::int64_t> axes_;
  bool normalize_;
  RowNormalization unit_;
};

}  // namespace

std::vector<LayerKind> dot_kinds() {
  return {{"Dot", make<Dot>}};
}

}  // namespace nv
