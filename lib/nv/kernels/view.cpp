#include "nv/kernels/view.h"

#include <algorithm>
#include <array>

#include "nv/core/error.h"

namespace nv {

namespace {

/// The same positions in as few loops as possible: without axes of size 1, and with contiguous ones joined.
std::vector<View::Axis> joined(const View& view) {
  std::vector<View::Axis> axes;
  for (const View::Axis& a : view.axes) {
    if (a.size == 1) continue;
    if (!axes.empty() && axes.back().step == a.step * a.size)
      axes.back() = {axes.back().size * a.size, a.step};
    else
      axes.push_back(a);
  }
  if (axes.empty()) axes.push_back({1, 0});
  return axes;
}

/// Calls run(first index of the source, step) for each run along the innermost axis, in order.
template <typename Run>
void for_each_run(const std::vector<View::Axis>& axes, std::int64_t offset, std::int64_t count,
                  const Run& run) {
  const View::Axis last = axes.back();
  if (last.size == 0) return;
  std::vector<std::int64_t> index(axes.size(), 0);
  for (std::int64_t at = 0; at < count; at += last.size) {
    run(offset, last.step);
    // Count up the outer axes like an odometer.
    for (std::size_t a = axes.size() - 1; a-- > 0;) {
      offset += axes[a].step;
      if (++index[a] < axes[a].size) break;
      offset -= axes[a].step * axes[a].size;
      index[a] = 0;
    }
  }
}

}  // namespace

View::View(const Shape& shape) {
  std::int64_t step = 1;
  axes.resize(static_cast<std::size_t>(shape.rank()));
  for (int a = shape.rank() - 1; a >= 0; --a) {
    axes[static_cast<std::size_t>(a)] = {shape[a], step};
    step *= shape[a];
  }
}

Tensor gather(const Tensor& x, const View& view, const Shape& shape) {
  Tensor y(shape);
  const auto axes = joined(view);
  float* to = y.data();
  for_each_run(axes, view.offset, y.size(), [&](std::int64_t from, std::int64_t step) {
    const float* in = x.data() + from;
    const std::int64_t size = axes.back().size;
    if (step == 1)
      std::copy_n(in, size, to);
    else if (step == 0)
      std::fill_n(to, size, *in);
    else
      for (std::int64_t i = 0; i < size; ++i) to[i] = in[i * step];
    to += size;
  });
  return y;
}

Tensor scatter(const Tensor& d, const View& view, const Shape& shape) {
  std::vector<double> sums(static_cast<std::size_t>(shape.elements()), 0.0);
  const auto axes = joined(view);
  const float* from = d.data();
  for_each_run(axes, view.offset, d.size(), [&](std::int64_t first, std::int64_t step) {
    double* to = sums.data() + first;
    const std::int64_t size = axes.back().size;
    for (std::int64_t i = 0; i < size; ++i) to[i * step] += static_cast<double>(from[i]);
    from += size;
  });
  Tensor y(shape);
  std::ranges::transform(sums, y.data(), [](double v) { return static_cast<float>(v); });
  return y;
}

Shape broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<std::int64_t, Shape::max_rank> axes{};
  for (int i = 1; i <= rank; ++i) {
    const std::int64_t x = i <= a.rank() ? a[-i] : 1, y = i <= b.rank() ? b[-i] : 1;
    if (x != y && x != 1 && y != 1 && x != Shape::unknown && y != Shape::unknown)
      throw_input("inputs of {} and {} do not fit together", a.str(), b.str());
    axes[static_cast<std::size_t>(rank - i)] = x == 1 ? y : y == 1 ? x : std::max(x, y);
  }
  return Shape(std::span<const std::int64_t>(axes.data(), static_cast<std::size_t>(rank)));
}

View broadcast_view(const Shape& from, const Shape& to) {
  const View own(from);
  View view(to);
  const auto missing = static_cast<std::size_t>(to.rank() - from.rank());
  for (std::size_t a = 0; a < view.axes.size(); ++a)
    view.axes[a].step = a < missing || own.axes[a - missing].size == 1 ? 0 : own.axes[a - missing].step;
  return view;
}

Tensor broadcast_to(const Tensor& x, const Shape& to) {
  return x.shape() == to ? x : gather(x, broadcast_view(x.shape(), to), to);
}

Tensor sum_to(const Tensor& d, const Shape& shape) {
  return d.shape() == shape ? d : scatter(d, broadcast_view(shape, d.shape()), shape);
}

}  // namespace nv
