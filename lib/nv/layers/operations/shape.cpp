// Operations that keep the values of one tensor and change its shape or order, repeat or pad it.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"
#include "nv/layers/operations/view_operation.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;
using Sizes = std::vector<std::int64_t>;

Shape to_shape(const Sizes& sizes) {
  return Shape(std::span<const std::int64_t>(sizes));
}

/// The item with its axes in another order: axis i of the result is axis order[i].
ItemView permuted(const Shape& item, const std::vector<int>& order) {
  const View from(item);
  ItemView result{item, {}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    result.shape[static_cast<int>(i)] = item[order[i]];
    result.view.axes.push_back(from.axes[static_cast<std::size_t>(order[i])]);
  }
  return result;
}

std::vector<int> in_order(const Shape& item) {
  std::vector<int> order(static_cast<std::size_t>(item.rank()));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

// ---------------------------------------------------------------- shapes

class ReshapeOperation final : public ViewOperation {
 public:
  explicit ReshapeOperation(LayerOptions& o) {
    const Json* json = o.json("newshape");
    if (json == nullptr) throw_input("option newshape is absent");
    for (const Json& axis : json->is_array() ? *json : Json::array({*json})) {
      if (!axis.is_null() && !axis.is_number_integer())
        throw_unsupported("a shape that is computed is not supported");
      target_.push_back(axis.is_null() ? -1 : axis.get<std::int64_t>());
    }
  }

 private:
  ItemView view(const Shape& item) const override { return ItemView::all(item, item_shape(item)); }

  /// The target without its batch axis. Throws Error(unsupported) if items would mix.
  Shape item_shape(const Shape& item) const {
    if (target_.empty()) throw_unsupported("a shape without the batch is not supported");
    Sizes sizes(target_.begin() + 1, target_.end());
    const auto open = std::ranges::find(sizes, -1);
    if (target_.front() != -1 || std::ranges::count(sizes, -1) > 1)
      throw_unsupported("a shape whose first axis is not the batch (-1) is not supported");
    if (!item.known()) return to_shape(sizes);
    if (open != sizes.end()) {
      *open = 1;
      const std::int64_t rest = to_shape(sizes).elements();
      *open = rest == 0 ? 0 : item.elements() / rest;
    }
    const Shape shape = to_shape(sizes);
    if (shape.elements() != item.elements())
      throw_unsupported("a reshape of {} to {} would mix items of the batch", item.str(), shape.str());
    return shape;
  }

  Sizes target_;  ///< with the batch; -1 for an axis to be inferred
};

class BatchFlatten final : public ViewOperation {
 public:
  explicit BatchFlatten(LayerOptions&) {}

 private:
  ItemView view(const Shape& item) const override {
    return ItemView::all(item, {item.known() ? item.elements() : Shape::unknown});
  }
};

class ExpandDims final : public ViewOperation {
 public:
  explicit ExpandDims(LayerOptions& o) : axes_(o.integers("axis")) {
    if (axes_.empty()) throw_input("option axis is absent");
  }

 private:
  ItemView view(const Shape& item) const override {
    const auto count = static_cast<int>(axes_.size());
    if (item.rank() + count >= Shape::max_rank) throw_input("it adds too many axes");
    // The option counts the axes of the result.
    Shape result = item;
    for (int i = 0; i < count; ++i) result = result.batched(1);
    std::vector<int> added;
    for (std::int64_t axis : axes_) {
      if (axis == 0 || axis == -(result.rank() + 1)) throw_unsupported("axis 0 is the batch");
      added.push_back(item_axis(axis, result));
    }
    std::ranges::sort(added);
    if (std::ranges::adjacent_find(added) != added.end()) throw_input("option axis names an axis twice");
    Sizes sizes(item.begin(), item.end());
    for (int a : added) sizes.insert(sizes.begin() + a, 1);
    return ItemView::all(item, to_shape(sizes));
  }

  Sizes axes_;
};

class Squeeze final : public ViewOperation {
 public:
  explicit Squeeze(LayerOptions& o) : axes_(o.integers("axis")) {}

 private:
  ItemView view(const Shape& item) const override {
    std::vector<int> dropped = item_axes(axes_, item);
    if (axes_.empty())
      for (int a = 0; a < item.rank(); ++a)
        if (item[a] == 1) dropped.push_back(a);
    Sizes sizes;
    for (int a = 0; a < item.rank(); ++a) {
      const bool drop = std::ranges::find(dropped, a) != dropped.end();
      if (drop && !sizes_fit(item[a], 1)) throw_input("axis {} of {} is not of size 1", a + 1, item.str());
      if (!drop) sizes.push_back(item[a]);
    }
    return ItemView::all(item, to_shape(sizes));
  }

  Sizes axes_;  ///< empty: all of size 1
};

// ---------------------------------------------------------------- orders

class Transpose final : public ViewOperation {
 public:
  explicit Transpose(LayerOptions& o) : axes_(o.integers("axes")) {
    o.ignore({"conjugate"});
    if (axes_.empty() || axes_[0] != 0) throw_unsupported("it moves the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    std::vector<int> order;
    for (std::size_t i = 1; i < axes_.size(); ++i) order.push_back(item_axis(axes_[i], item));
    std::vector<int> sorted = order;
    std::ranges::sort(sorted);
    if (sorted != in_order(item)) throw_input("option axes is not an order of the axes of {}", item.str());
    return permuted(item, order);
  }

  Sizes axes_;
};

class SwapAxes final : public ViewOperation {
 public:
  explicit SwapAxes(LayerOptions& o) : first_(o.integer("axis1")), second_(o.integer("axis2")) {
    if (first_ == 0 || second_ == 0) throw_unsupported("it moves the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    std::vector<int> order = in_order(item);
    std::swap(order[static_cast<std::size_t>(item_axis(first_, item))],
              order[static_cast<std::size_t>(item_axis(second_, item))]);
    return permuted(item, order);
  }

  std::int64_t first_, second_;
};

class MoveAxis final : public ViewOperation {
 public:
  explicit MoveAxis(LayerOptions& o)
      : source_(o.integers("source")), destination_(o.integers("destination")) {
    if (source_.size() != destination_.size())
      throw_input("options source and destination have different lengths");
  }

 private:
  ItemView view(const Shape& item) const override {
    std::vector<int> order(static_cast<std::size_t>(item.rank()), -1), others = in_order(item);
    for (std::size_t i = 0; i < source_.size(); ++i) {
      if (source_[i] == 0 || destination_[i] == 0) throw_unsupported("it moves the batch");
      const int from = item_axis(source_[i], item);
      order[static_cast<std::size_t>(item_axis(destination_[i], item))] = from;
      std::erase(others, from);
    }
    auto next = others.begin();
    for (int& axis : order)
      if (axis < 0 && next != others.end()) axis = *next++;
    if (next != others.end() || std::ranges::find(order, -1) != order.end())
      throw_input("option source names an axis twice");
    return permuted(item, order);
  }

  Sizes source_, destination_;
};

class Flip final : public ViewOperation {
 public:
  explicit Flip(LayerOptions& o) : axes_(o.integers("axis")) {
    if (axes_.empty() || std::ranges::find(axes_, 0) != axes_.end())
      throw_unsupported("it reverses the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    ItemView result = ItemView::all(item, item);
    for (int a : item_axes(axes_, item)) {
      View::Axis& axis = result.view.axes[static_cast<std::size_t>(a)];
      result.view.offset += std::max<std::int64_t>(axis.size - 1, 0) * axis.step;
      axis.step = -axis.step;
    }
    return result;
  }

  Sizes axes_;
};

// ---------------------------------------------------------------- repetitions

/// numpy.repeat: each element of an axis `times` in a row.
class Repeat final : public ViewOperation {
 public:
  explicit Repeat(LayerOptions& o) : times_(o.integer("repeats")), axis_(o.integer("axis")) {
    if (times_ < 1) throw_input("option repeats is {}", times_);
    if (axis_ == 0) throw_unsupported("it repeats the batch");
  }

 private:
  ItemView view(const Shape& item) const override {
    const int a = item_axis(axis_, item);
    ItemView result = ItemView::all(item, item);
    if (item[a] != Shape::unknown) result.shape[a] = product({item[a], times_});
    result.view.axes.insert(result.view.axes.begin() + a + 1, {times_, 0});
    return result;
  }

  std::int64_t times_, axis_;
};

/// numpy.tile: the whole item repeated along each axis. The option's last entry is for the last axis.
class Tile final : public ViewOperation {
 public:
  explicit Tile(LayerOptions& o) : times_(o.integers("repeats")) {
    if (times_.empty() || std::ranges::any_of(times_, [](std::int64_t n) { return n < 1; }))
      throw_input("option repeats is not a list of repetitions");
  }

 private:
  ItemView view(const Shape& item) const override {
    const auto rank = static_cast<std::size_t>(item.rank());
    if (times_.size() > rank + 1)
      throw_unsupported("{} repetitions, of an input of {}", times_.size(), item.str());
    if (times_.size() == rank + 1 && times_[0] != 1) throw_unsupported("it repeats the batch");
    ItemView result = ItemView::all(item, item);
    for (std::size_t i = 1; i <= std::min(times_.size(), rank); ++i) {
      const std::size_t a = rank - i;
      const std::int64_t n = times_[times_.size() - i], size = item[static_cast<int>(a)];
      if (size != Shape::unknown) result.shape[static_cast<int>(a)] = product({size, n});
      result.view.axes.insert(result.view.axes.begin() + static_cast<std::ptrdiff_t>(a), {n, 0});
    }
    return result;
  }

  Sizes times_;
};

// ---------------------------------------------------------------- padding

/// Adds margins of one value around an item.
class Pad final : public Layer {
 public:
  Pad(std::vector<std::array<std::int64_t, 2>> margins, float value)
      : margins_(std::move(margins)), value_(value) {}

  Shape shape(std::span<const Shape> inputs) const override {
    Shape out = single_input(inputs, static_cast<int>(margins_.size()));
    for (std::size_t a = 0; a < margins_.size(); ++a)
      if (std::int64_t& n = out[static_cast<int>(a)]; n != Shape::unknown)
        n += margins_[a][0] + margins_[a][1];
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const std::array item{inputs[0].shape().item()};
    const Shape out = shape(item).batched(inputs[0].shape()[0]);
    Tensor y = scatter(inputs[0], inside(inputs[0].shape(), out), out);
    if (value_ == 0) return y;
    const Tensor taken = scatter(Tensor(inputs[0].shape(), 1.0F), inside(inputs[0].shape(), out), out);
    for (std::int64_t i = 0; i < y.size(); ++i)
      if (taken[i] == 0) y[i] = value_;
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    return {gather(d_output, inside(inputs[0].shape(), output.shape()), inputs[0].shape())};
  }

 private:
  /// The region of the output that the input fills.
  View inside(const Shape& in, const Shape& out) const {
    View view(out);
    for (int a = 0; a < in.rank(); ++a) {
      View::Axis& axis = view.axes[static_cast<std::size_t>(a)];
      if (a > 0) view.offset += margins_[static_cast<std::size_t>(a) - 1][0] * axis.step;
      axis.size = in[a];
    }
    return view;
  }

  std::vector<std::array<std::int64_t, 2>> margins_;
  float value_;
};

std::unique_ptr<Layer> make_pad(LayerOptions& o) {
  if (ascii_lower(o.text("mode", "constant")) != "constant")
    throw_unsupported("padding other than with one value is not supported");
  const auto value = static_cast<float>(o.number("constant_values", 0.0));
  const Tensor widths = o.constant("pad_width");
  if (widths.shape().rank() != 2 || widths.shape()[1] != 2)
    throw_unsupported("option pad_width is not two numbers per axis");
  std::vector<std::array<std::int64_t, 2>> margins;
  for (std::int64_t a = 0; a < widths.shape()[0]; ++a) {
    for (std::int64_t i = 2 * a; i < 2 * a + 2; ++i)
      if (!(widths[i] >= 0 && widths[i] < 1e9F)) throw_input("option pad_width is {}", widths[i]);
    margins.push_back(
        {static_cast<std::int64_t>(widths[2 * a]), static_cast<std::int64_t>(widths[2 * a + 1])});
  }
  if (margins.empty() || margins[0][0] != 0 || margins[0][1] != 0) throw_unsupported("it pads the batch");
  margins.erase(margins.begin());
  return std::make_unique<Pad>(margins, value);
}

}  // namespace

std::vector<OperationKind> shape_operations() {
  return {{"BatchFlatten", "", {"x"}, make<BatchFlatten>},
          {"ExpandDims", "numpy", {"x", "axis"}, make<ExpandDims>},
          {"Flip", "numpy", {"x", "axis"}, make<Flip>},
          {"Moveaxis", "numpy", {"x", "source", "destination"}, make<MoveAxis>},
          {"Pad", "numpy", {"x", "pad_width"}, make_pad},
          {"Repeat", "numpy", {"x", "repeats", "axis"}, make<Repeat>},
          {"Reshape", "numpy", {"x", "newshape"}, make<ReshapeOperation>},
          {"Squeeze", "numpy", {"x", "axis"}, make<Squeeze>},
          {"Swapaxes", "numpy", {"x", "axis1", "axis2"}, make<SwapAxes>},
          {"Tile", "numpy", {"x", "repeats"}, make<Tile>},
          {"Transpose", "numpy", {"x", "axes"}, make<Transpose>}};
}

}  // namespace nv
