#include "nv/layers/common/axes.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/kernels/transpose.h"
#include "nv/layers/common/shapes.h"

namespace nv {

std::vector<int> item_axes(std::span<const std::int64_t> axes, const Shape& item) {
  std::vector<int> result;
  for (std::int64_t axis : axes) result.push_back(item_axis(axis, item));
  std::ranges::sort(result);
  if (std::ranges::adjacent_find(result) != result.end()) throw_input("option axis names an axis twice");
  return result;
}

AxisRows::AxisRows(const Tensor& x, std::vector<int> axes) : shape_(x.shape()), axes_(std::move(axes)) {
  const std::vector<int> o = order();
  tensor_ = std::ranges::is_sorted(o) ? x : transpose(x, o);
  for (int a : axes_) length_ *= shape_[a + 1];
}

std::vector<int> AxisRows::order() const {
  std::vector<int> order;
  for (int a = 0; a < shape_.rank(); ++a)
    if (std::ranges::find(axes_, a - 1) == axes_.end()) order.push_back(a);
  for (int a : axes_) order.push_back(a + 1);
  return order;
}

Tensor AxisRows::restored(const Tensor& rows) const {
  const std::vector<int> o = order();
  if (std::ranges::is_sorted(o)) return rows.reshaped(shape_);
  return transpose(rows.reshaped(tensor_.shape()), inverse(o));
}

Shape AxisRows::reduced_shape() const {
  std::vector<std::int64_t> sizes;
  for (int a = 0; a < shape_.rank(); ++a)
    if (std::ranges::find(axes_, a - 1) == axes_.end()) sizes.push_back(shape_[a]);
  return Shape(std::span<const std::int64_t>(sizes));
}

Shape AxisRows::kept_shape() const {
  Shape shape = shape_;
  for (int a : axes_) shape[a + 1] = 1;
  return shape;
}

RowChunks::RowChunks(std::int64_t n, std::int64_t length)
    : rows(n), chunk(std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(1, length))) {}

}  // namespace nv
