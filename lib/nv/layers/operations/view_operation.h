// Operations that leave numbers as they are, and only choose and order them.
#pragma once

#include <functional>
#include <memory>

#include "nv/kernels/view.h"
#include "nv/layers/layer.h"

namespace nv {

/// What an operation makes of one item: its shape, and where its elements lie in the input's item.
struct ItemView {
  Shape shape;
  View view;

  /// All elements in order, under another shape.
  static ItemView same(const Shape& item, const Shape& shape) { return {shape, View(item)}; }
};

/// The layer that makes `plan(item)` of each item. The plan must do with unknown axes, of whose steps nothing
/// is asked; it throws Error for items that it does not fit.
std::unique_ptr<Layer> view_operation(std::function<ItemView(const Shape& item)> plan);

}  // namespace nv
