// Operations that leave numbers as they are: other shapes, orders, slices and repetitions of one tensor.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/axes.h"
#include "nv/layers/operations.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

using Json = nlohmann::ordered_json;
using Sizes = std::vector<std::int64_t>;

Shape to_shape(const Sizes& sizes) {
  return Shape(std::span<const std::int64_t>(sizes));
}

/// What an operation makes of one item: its shape, and where its elements lie in the input's item.
struct Picture {
  Shape shape;
  View view;

  /// All elements in order, under another shape.
  static Picture same(const Shape& item, const Shape& shape) { return {shape, View(item)}; }
};

/// `plan` must do with unknown axes, of whose steps nothing is asked.
class ViewOperation final : public Layer {
 public:
  explicit ViewOperation(std::function<Picture(const Shape&)> plan) : plan_(std::move(plan)) {}

  Shape shape(std::span<const Shape> inputs) const override { return plan_(single_input(inputs)).shape; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Picture p = plan_(inputs[0].shape().item());
    return gather(inputs[0], of_batch(p, inputs[0].shape()), p.shape.batched(inputs[0].shape()[0]));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const Shape& from = inputs[0].shape();
    return {scatter(d_output, of_batch(plan_(from.item()), from), from)};
  }

 private:
  static View of_batch(const Picture& p, const Shape& from) {
    View view = p.view;
    view.axes.insert(view.axes.begin(), {from[0], from.item().elements()});
    return view;
  }

  std::function<Picture(const Shape&)> plan_;
};

std::unique_ptr<Layer> operation(std::function<Picture(const Shape&)> plan) {
  return std::make_unique<ViewOperation>(std::move(plan));
}

/// Axes in another order; order[i] is the axis of the input that becomes axis i.
Picture permuted(const Shape& item, const std::vector<int>& order) {
  const View from(item);
  Picture p{item, {}};
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

/// Python's slice(start, stop, step), or one element.
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
  bool one = false, added = false, rest = false;  ///< an element; a new axis; "..."

  bool all() const { return !start && !stop && step == 1 && !one && !added; }

  /// The first element and how many, of an axis of `size`.
  std::pair<std::int64_t, std::int64_t> over(std::int64_t size) const {
    if (one) {
      const std::int64_t at = *start < 0 ? *start + size : *start;
      if (at < 0 || at >= size) throw_input("its element {} is not among {}", *start, size);
      return {at, 1};
    }
    const auto bound = [&](std::optional<std::int64_t> at, std::int64_t fallback) {
      if (!at) return fallback;
      return std::clamp<std::int64_t>(*at < 0 ? *at + size : *at, step > 0 ? 0 : -1,
                                      step > 0 ? size : size - 1);
    };
    const std::int64_t first = bound(start, step > 0 ? 0 : size - 1), end = bound(stop, step > 0 ? size : -1);
    const std::int64_t count = step > 0 ? (end - first + step - 1) / step : (first - end - step - 1) / -step;
    return {first, std::max<std::int64_t>(count, 0)};
  }
};

/// One entry of an index: a number, null (a new axis), a slice or "...".
Slice read_slice(const Json& j) {
  Slice s;
  const auto number = [](const Json& v) -> std::optional<std::int64_t> {
    if (v.is_null()) return std::nullopt;
    if (!v.is_number_integer()) throw_unsupported("an index that is computed is not supported");
    return std::clamp<std::int64_t>(v.get<std::int64_t>(), -(std::int64_t{1} << 31), std::int64_t{1} << 31);
  };
  if (j.is_null()) {
    s.added = true;
  } else if (j.is_number_integer()) {
    s.start = number(j);
    s.one = true;
  } else if (j.is_object() && j.value("class_name", "") == "__ellipsis__") {
    s.rest = true;
  } else if (j.is_object() && (j.contains("step") || j.contains("config"))) {
    const Json& fields = j.contains("config") ? j["config"] : j;
    s.start = number(fields.value("start", Json()));
    s.stop = number(fields.value("stop", Json()));
    s.step = number(fields.value("step", Json())).value_or(1);
    if (s.step == 0) throw_input("a slice has a step of 0");
  } else {
    throw_unsupported("an index that is computed is not supported");
  }
  return s;
}

/// The index with "..." written out, without its first entry, which must take the whole batch.
std::vector<Slice> over_items(std::vector<Slice> slices, const Shape& item) {
  const auto taking = std::ranges::count_if(slices, [](const Slice& s) { return !s.added && !s.rest; });
  if (taking > item.rank() + 1) throw_input("an index of {} axes, of an input of {}", taking - 1, item.str());
  const auto missing = static_cast<std::size_t>(item.rank() + 1 - taking);
  auto rest = std::ranges::find_if(slices, &Slice::rest);
  if (rest == slices.end()) rest = slices.insert(rest, Slice{});
  rest = slices.erase(rest);
  slices.insert(rest, missing, Slice{});
  if (slices.empty() || !slices.front().all())
    throw_unsupported("an index that picks items of the batch is not supported");
  slices.erase(slices.begin());
  return slices;
}

Picture sliced(const Shape& item, const std::vector<Slice>& index) {
  const View from(item);
  Picture p;
  Sizes sizes;
  int axis = 0;
  for (const Slice& s : over_items(index, item)) {
    if (s.added) {
      sizes.push_back(1);
      continue;
    }
    const View::Axis& a = from.axes[static_cast<std::size_t>(axis++)];
    const bool open = a.size == Shape::unknown;
    const auto [first, count] =
        open ? std::pair<std::int64_t, std::int64_t>{0, s.one ? 1 : Shape::unknown} : s.over(a.size);
    if (count > 0) p.view.offset += first * a.step;
    p.view.axes.push_back({count, a.step * s.step});
    if (!s.one) sizes.push_back(count);
  }
  p.shape = to_shape(sizes);
  return p;
}

/// Elements [first, first + count) of an axis of an item; the axis itself is dropped where `count` is 0,
/// which stands for the element `first` alone.
Picture part(const Shape& item, int axis, std::int64_t first, std::int64_t count) {
  Picture p = Picture::same(item, item);
  View::Axis& a = p.view.axes[static_cast<std::size_t>(axis)];
  a.size = std::max<std::int64_t>(count, 1);
  p.view.offset = first * a.step;
  p.shape[axis] = a.size;
  if (count > 0) return p;
  Sizes sizes(item.begin(), item.end());
  sizes.erase(sizes.begin() + axis);
  p.shape = to_shape(sizes);
  return p;
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
  return operation([target](const Shape& item) { return Picture::same(item, reshaped_item(item, target)); });
}

std::unique_ptr<Layer> make_batch_flatten(Options& o) {
  o.ignore({"x"});
  return operation([](const Shape& item) {
    return Picture::same(item, {item.known() ? item.elements() : Shape::unknown});
  });
}

std::unique_ptr<Layer> make_transpose(Options& o) {
  o.ignore({"x", "conjugate"});
  const Sizes axes = o.integers("axes");
  if (axes.empty() || axes[0] != 0) throw_unsupported("it moves the batch");
  return operation([axes](const Shape& item) {
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
  return operation([=](const Shape& item) {
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
  return operation([=](const Shape& item) {
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
  return operation([axes](const Shape& item) {
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
    return Picture::same(item, to_shape(sizes));
  });
}

std::unique_ptr<Layer> make_squeeze(Options& o) {
  o.ignore({"x"});
  const Sizes axes = o.integers("axis");
  return operation([axes](const Shape& item) {
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
    return Picture::same(item, to_shape(sizes));
  });
}

std::unique_ptr<Layer> make_flip(Options& o) {
  o.ignore({"x"});
  const Sizes axes = o.integers("axis");
  if (axes.empty() || std::ranges::find(axes, 0) != axes.end())
    throw_unsupported("it turns the batch around");
  return operation([axes](const Shape& item) {
    Picture p = Picture::same(item, item);
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
  return operation([=](const Shape& item) {
    const int a = item_axis(axis, item);
    Picture p = Picture::same(item, item);
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
  return operation([times](const Shape& item) {
    const auto rank = static_cast<std::size_t>(item.rank());
    if (times.size() > rank + 1)
      throw_unsupported("{} repetitions, of an input of {}", times.size(), item.str());
    if (times.size() == rank + 1 && times[0] != 1) throw_unsupported("it repeats the batch");
    Picture p = Picture::same(item, item);
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

std::unique_ptr<Layer> make_get_item(Options& o) {
  o.ignore({"x"});
  const Json* key = o.json("key");
  if (key == nullptr) throw_unsupported("an index that is computed is not supported");
  std::vector<Slice> index;
  if (key->is_array())
    for (const Json& entry : *key) index.push_back(read_slice(entry));
  else
    index.push_back(read_slice(*key));
  if (std::ranges::count_if(index, &Slice::rest) > 1) throw_input("an index has more than one ellipsis");
  return operation([index](const Shape& item) { return sliced(item, index); });
}

/// Parts of an axis: so many of one size, or at the indices given (Keras 3), or of the sizes given
/// (tf.split).
std::unique_ptr<Layer> make_split(Options& o) {
  o.ignore({"x"});
  const Sizes sections = o.integers("indices_or_sections"), sizes = o.integers("num_or_size_splits");
  const std::int64_t axis = o.integer("axis", 0), k = o.output();
  if (axis == 0) throw_unsupported("it splits the batch");
  for (const char* key : {"indices_or_sections", "num_or_size_splits"})
    if (const Json* parts = o.json(key); parts != nullptr && !parts->is_array())
      return operation([=, count = o.integer(key)](const Shape& item) {
        const int a = item_axis(axis, item);
        if (count < 1 || k >= count || item[a] == Shape::unknown || item[a] % count != 0)
          throw_input("an axis of {} does not make {} parts", item.str(), count);
        return part(item, a, k * (item[a] / count), item[a] / count);
      });
  return operation([=](const Shape& item) {
    const int a = item_axis(axis, item);
    Sizes ends = sections;
    std::int64_t sum = 0;
    for (std::int64_t size : sizes) ends.push_back(sum += size);
    if (sizes.empty()) ends.push_back(item[a]);
    const auto at = static_cast<std::size_t>(k);
    if (at >= ends.size() || item[a] == Shape::unknown || ends.back() != item[a])
      throw_input("an axis of {} does not make the parts", item.str());
    const std::int64_t first = at == 0 ? 0 : ends[at - 1];
    if (first < 0 || first >= ends[at] || ends[at] > item[a])
      throw_unsupported("part {} of an axis of {} is empty", k, item.str());
    return part(item, a, first, ends[at] - first);
  });
}

/// The elements of an axis, one by one.
std::unique_ptr<Layer> make_unstack(Options& o) {
  o.ignore({"x", "num"});
  const std::int64_t axis = o.integer("axis", 0), k = o.output();
  if (axis == 0) throw_unsupported("it splits the batch");
  return operation([=](const Shape& item) {
    const int a = item_axis(axis, item);
    if (item[a] != Shape::unknown && k >= item[a]) throw_input("element {} is not among {}", k, item[a]);
    return part(item, a, k, 0);
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
