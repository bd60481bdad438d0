// Operations that leave numbers as they are: other shapes, orders and repetitions of one tensor, and padding.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations.h"
#include "nv/layers/operations/view_operation.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;
using Sizes = std::vector<std::int64_t>;

Shape to_shape(const Sizes& sizes) {
  return Shape(std::span<const std::int64_t>(sizes));
}

/// Axes in another order; order[i] is the axis of the input that becomes axis i.
ItemView permuted(const Shape& item, const std::vector<int>& order) {
  const View from(item);
  ItemView p{item, {}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    p.shape[static_cast<int>(i)] = item[order[i]];
    p.view.axes.push_back(from.axes[static_cast<std::size_t>(order[i])]);
  }
  return p;
}

std::vector<int> in_order(const Shape& item) {
  std::vector<int> order(static_cast<std::size_t>(item.rank()));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// An axis of the result of one more axis than `item`.
int new_axis(std::int64_t axis, const Shape& item) {
  if (axis == 0 || axis == -(item.rank() + 2)) throw_unsupported("axis 0 is the batch");
  return item_axis(axis, item.batched(1));
}

/// Shape of an item from a target that has the batch in front: Error(unsupported) where items would mix.
Shape reshaped_item(const Shape& item, Sizes target) {
  if (target.empty()) throw_unsupported("a shape without the batch is not supported");
  const std::int64_t batch = target.front();
  target.erase(target.begin());
  const auto open = std::ranges::find(target, -1);
  if (batch != -1 || std::ranges::count(target, -1) > 1)
    throw_unsupported("a shape whose first axis is not the batch (-1) is not supported");
  if (!item.known()) return to_shape(target);
  if (open != target.end()) {
    *open = 1;
    const std::int64_t rest = to_shape(target).elements();
    *open = rest == 0 ? 0 : item.elements() / rest;
  }
  const Shape shape = to_shape(target);
  if (shape.elements() != item.elements())
    throw_unsupported("{} becomes {} only across items of the batch", item.str(), shape.str());
  return shape;
}

}  // namespace

std::unique_ptr<Layer> make_reshape_operation(Options& o) {
  o.ignore({"x"});
  Sizes target;
  const Json* json = o.json("newshape");
  if (json == nullptr) throw_input("option newshape is absent");
  for (const Json& axis : json->is_array() ? *json : Json::array({*json})) {
    if (!axis.is_null() && !axis.is_number_integer())
      throw_unsupported("a shape that is computed is not supported");
    target.push_back(axis.is_null() ? -1 : axis.get<std::int64_t>());
  }
  return view_operation(
      [target](const Shape& item) { return ItemView::same(item, reshaped_item(item, target)); });
}

std::unique_ptr<Layer> make_batch_flatten(Options& o) {
  o.ignore({"x"});
  return view_operation([](const Shape& item) {
    return ItemView::same(item, {item.known() ? item.elements() : Shape::unknown});
  });
}

std::unique_ptr<Layer> make_transpose(Options& o) {
  o.ignore({"x", "conjugate"});
  const Sizes axes = o.integers("axes");
  if (axes.empty() || axes[0] != 0) throw_unsupported("it moves the batch");
  return view_operation([axes](const Shape& item) {
    std::vector<int> order;
    for (std::size_t i = 1; i < axes.size(); ++i) order.push_back(item_axis(axes[i], item));
    std::vector<int> sorted = order;
    std::ranges::sort(sorted);
    if (sorted != in_order(item)) throw_input("option axes is not an order of the axes of {}", item.str());
    return permuted(item, order);
  });
}

std::unique_ptr<Layer> make_swapaxes(Options& o) {
  o.ignore({"x"});
  const std::int64_t first = o.integer("axis1"), second = o.integer("axis2");
  if (first == 0 || second == 0) throw_unsupported("it moves the batch");
  return view_operation([=](const Shape& item) {
    std::vector<int> order = in_order(item);
    std::swap(order[static_cast<std::size_t>(item_axis(first, item))],
              order[static_cast<std::size_t>(item_axis(second, item))]);
    return permuted(item, order);
  });
}

std::unique_ptr<Layer> make_moveaxis(Options& o) {
  o.ignore({"x"});
  const Sizes source = o.integers("source"), destination = o.integers("destination");
  if (source.size() != destination.size())
    throw_input("options source and destination have different lengths");
  return view_operation([=](const Shape& item) {
    std::vector<int> order(static_cast<std::size_t>(item.rank()), -1), others = in_order(item);
    for (std::size_t i = 0; i < source.size(); ++i) {
      if (source[i] == 0 || destination[i] == 0) throw_unsupported("it moves the batch");
      const int from = item_axis(source[i], item);
      order[static_cast<std::size_t>(item_axis(destination[i], item))] = from;
      std::erase(others, from);
    }
    auto next = others.begin();
    for (int& axis : order)
      if (axis < 0 && next != others.end()) axis = *next++;
    if (next != others.end() || std::ranges::find(order, -1) != order.end())
      throw_input("option source names an axis twice");
    return permuted(item, order);
  });
}

std::unique_ptr<Layer> make_expand_dims(Options& o) {
  o.ignore({"x"});
  const Sizes axes = o.integers("axis");
  if (axes.empty()) throw_input("option axis is absent");
  return view_operation([axes](const Shape& item) {
    // Axes are those of the result: one fewer is new for new_axis than there are.
    if (item.rank() + static_cast<int>(axes.size()) >= Shape::max_rank) throw_input("it adds too many axes");
    Shape most = item;
    for (std::size_t i = 1; i < axes.size(); ++i) most = most.batched(1);
    std::vector<int> added;
    for (std::int64_t axis : axes) added.push_back(new_axis(axis, most));
    std::ranges::sort(added);
    if (std::ranges::adjacent_find(added) != added.end()) throw_input("option axis names an axis twice");
    Sizes sizes(item.begin(), item.end());
    for (int a : added) sizes.insert(sizes.begin() + a, 1);
    return ItemView::same(item, to_shape(sizes));
  });
}

std::unique_ptr<Layer> make_squeeze(Options& o) {
  o.ignore({"x"});
  const Sizes axes = o.integers("axis");
  return view_operation([axes](const Shape& item) {
    std::vector<int> dropped = item_axes(axes, item);
    if (axes.empty())
      for (int a = 0; a < item.rank(); ++a)
        if (item[a] == 1) dropped.push_back(a);
    Sizes sizes;
    for (int a = 0; a < item.rank(); ++a) {
      const bool drop = std::ranges::find(dropped, a) != dropped.end();
      if (drop && item[a] != 1 && item[a] != Shape::unknown)
        throw_input("axis {} of {} is not of size 1", a + 1, item.str());
      if (!drop) sizes.push_back(item[a]);
    }
    return ItemView::same(item, to_shape(sizes));
  });
}

std::unique_ptr<Layer> make_flip(Options& o) {
  o.ignore({"x"});
  const Sizes axes = o.integers("axis");
  if (axes.empty() || std::ranges::find(axes, 0) != axes.end())
    throw_unsupported("it turns the batch around");
  return view_operation([axes](const Shape& item) {
    ItemView p = ItemView::same(item, item);
    for (int a : item_axes(axes, item)) {
      View::Axis& axis = p.view.axes[static_cast<std::size_t>(a)];
      p.view.offset += std::max<std::int64_t>(axis.size - 1, 0) * axis.step;
      axis.step = -axis.step;
    }
    return p;
  });
}

std::unique_ptr<Layer> make_repeat(Options& o) {
  o.ignore({"x"});
  const std::int64_t times = o.integer("repeats"), axis = o.integer("axis");
  if (times < 1) throw_input("option repeats is {}", times);
  if (axis == 0) throw_unsupported("it repeats the batch");
  return view_operation([=](const Shape& item) {
    const int a = item_axis(axis, item);
    ItemView p = ItemView::same(item, item);
    if (item[a] != Shape::unknown) p.shape[a] = product({item[a], times});
    p.view.axes.insert(p.view.axes.begin() + a + 1, {times, 0});
    return p;
  });
}

std::unique_ptr<Layer> make_tile(Options& o) {
  o.ignore({"x"});
  const Sizes times = o.integers("repeats");
  if (times.empty() || std::ranges::any_of(times, [](std::int64_t n) { return n < 1; }))
    throw_input("option repeats is not a list of repetitions");
  return view_operation([times](const Shape& item) {
    const auto rank = static_cast<std::size_t>(item.rank());
    if (times.size() > rank + 1)
      throw_unsupported("{} repetitions, of an input of {}", times.size(), item.str());
    if (times.size() == rank + 1 && times[0] != 1) throw_unsupported("it repeats the batch");
    ItemView p = ItemView::same(item, item);
    for (std::size_t i = 1; i <= std::min(times.size(), rank); ++i) {
      const std::size_t a = rank - i;
      const std::int64_t n = times[times.size() - i];
      if (item[static_cast<int>(a)] != Shape::unknown)
        p.shape[static_cast<int>(a)] = product({item[static_cast<int>(a)], n});
      p.view.axes.insert(p.view.axes.begin() + static_cast<std::ptrdiff_t>(a), {n, 0});
    }
    return p;
  });
}

namespace {

/// One value around an item.
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
  /// Where the input lies in the output.
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

}  // namespace

std::unique_ptr<Layer> make_pad(Options& o) {
  o.ignore({"x"});
  std::string mode = o.text("mode", "constant");
  std::ranges::transform(mode, mode.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (mode != "constant") throw_unsupported("padding by other than one value is not supported");
  const auto value = static_cast<float>(o.number("constant_values", 0.0));
  const Tensor widths = o.constant("pad_width");
  if (widths.shape().rank() != 2 || widths.shape()[1] != 2)
    throw_unsupported("option pad_width is not two numbers an axis");
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

}  // namespace nv
