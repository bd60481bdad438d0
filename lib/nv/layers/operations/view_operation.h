// Base of operations that only select, reorder or repeat elements.
#pragma once

#include "nv/kernels/view.h"
#include "nv/layers/layer.h"

namespace nv {

/// The output item of such an operation: its shape, and where its elements lie in the input item.
struct ItemView {
  Shape shape;
  View view;

  /// All elements in order, in another shape.
  static ItemView all(const Shape& item, const Shape& shape) { return {shape, View(item)}; }
};

class ViewOperation : public Layer {
 public:
  Shape shape(std::span<const Shape> inputs) const final;
  Tensor forward(std::span<const Tensor> inputs, Context& context) const final;
  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const final;

 private:
  /// The output for an input item. `item` may have unknown axes; then only the result's shape is used. Throws
  /// Error(input) or Error(unsupported) for items that do not fit.
  virtual ItemView view(const Shape& item) const = 0;
};

}  // namespace nv
