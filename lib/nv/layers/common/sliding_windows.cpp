#include "nv/layers/common/sliding_windows.h"

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

std::int64_t SlidingWindows::output_size(std::size_t axis, std::int64_t input) const {
  if (input == Shape::unknown) return input;
  const std::int64_t step = stride[axis];
  if (padding != Padding::valid) return (input + step - 1) / step;
  if (input < extent(axis))
    throw_input("its window of {} does not fit into an input of {}", extent(axis), input);
  return (input - extent(axis)) / step + 1;
}

std::int64_t SlidingWindows::before(std::size_t axis, std::int64_t input) const {
  if (padding == Padding::causal) return extent(axis) - 1;
  if (padding == Padding::valid || input == Shape::unknown) return 0;
  const std::int64_t reach = (output_size(axis, input) - 1) * stride[axis] + extent(axis);
  return std::max<std::int64_t>(reach - input, 0) / 2;
}

Shape SlidingWindows::output(const Shape& item, std::int64_t channels) const {
  Shape out = item;
  for (int a = 0; a < axes; ++a) out[a] = output_size(static_cast<std::size_t>(3 - axes + a), item[a]);
  out[-1] = channels;
  return out;
}

Shape SlidingWindows::weight_shape(std::int64_t inputs, std::int64_t outputs) const {
  std::vector<std::int64_t> sizes(kernel.end() - axes, kernel.end());
  sizes.insert(sizes.end(), {inputs, outputs});
  return Shape(std::span<const std::int64_t>(sizes));
}

std::optional<SpatialWindow> SlidingWindows::window(const Shape& item) const {
  if (axes != 2 || item.rank() != 3) return std::nullopt;
  return SpatialWindow{
      {extent(1), extent(2)}, {stride[1], stride[2]}, {before(1, item[0]), before(2, item[1])}};
}

Layer::Positions SlidingWindows::seen_along(const Shape& item, int axis, std::int64_t position) const {
  if (axes != 2 || item.rank() != 3 || axis > 1) return std::nullopt;
  return input_positions(taps_of_output(over(item), static_cast<std::size_t>(axis) + 1, position));
}

std::vector<std::int64_t> input_positions(const TapRange& taps) {
  std::vector<std::int64_t> positions;
  for (std::int64_t i = 0; i < taps.count; ++i) positions.push_back(taps.at + i * taps.at_step);
  std::ranges::sort(positions);
  return positions;
}

WindowSizes SlidingWindows::over(const Shape& item) const {
  WindowSizes w;
  w.in = positions_of(item);
  w.kernel = kernel;
  w.stride = stride;
  w.dilation = dilation;
  w.channels = item.back();
  for (std::size_t a = 0; a < 3; ++a) {
    w.out[a] = output_size(a, w.in[a]);
    w.before[a] = before(a, w.in[a]);
  }
  return w;
}

Triple as_triple(std::span<const std::int64_t> sizes, std::int64_t fill) {
  Triple t{fill, fill, fill};
  std::ranges::copy(sizes, t.end() - static_cast<std::ptrdiff_t>(sizes.size()));
  return t;
}

Triple positions_of(const Shape& item) {
  return as_triple(item.axes().first(item.axes().size() - 1));
}

Shape as_item(const Triple& size, int axes, std::int64_t channels) {
  std::vector<std::int64_t> sizes(size.end() - axes, size.end());
  sizes.push_back(channels);
  return Shape(std::span<const std::int64_t>(sizes));
}

SlidingWindows convolution_windows(LayerOptions& o, int axes) {
  const auto n = static_cast<std::size_t>(axes);
  SlidingWindows w;
  w.axes = axes;
  w.kernel = as_triple(o.sizes("kernel_size", n));
  w.stride = as_triple(o.sizes("strides", n, {1}));
  w.dilation = as_triple(o.sizes("dilation_rate", n, {1}));
  const std::string padding = axes == 1 ? o.choice("padding", "valid", {"valid", "same", "causal"})
                                        : o.choice("padding", "valid", {"valid", "same"});
  w.padding = padding == "same"     ? SlidingWindows::Padding::same
              : padding == "causal" ? SlidingWindows::Padding::causal
                                    : SlidingWindows::Padding::valid;
  return w;
}

SlidingWindows pooling_windows(LayerOptions& o, int axes) {
  const auto n = static_cast<std::size_t>(axes);
  SlidingWindows w;
  w.axes = axes;
  const auto pool = o.sizes("pool_size", n, {2});
  w.kernel = as_triple(pool);
  w.stride = as_triple(o.sizes("strides", n, pool));
  if (o.choice("padding", "valid", {"valid", "same"}) == "same") w.padding = SlidingWindows::Padding::same;
  return w;
}

}  // namespace nv
