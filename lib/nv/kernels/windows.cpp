#include "nv/kernels/windows.h"

#include <algorithm>
#include <numeric>

#include "nv/kernels/kernel_set.h"

namespace nv {

namespace {
std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return -floor_div(-a, b);
}
}  // namespace

void Epilogue::operator()(std::span<float> values) const {
  const auto add = relu ? kernel_set().loops.add_relu : kernel_set().loops.add;
  for (std::size_t at = 0; !biases.empty() && at < values.size(); at += biases.size())
    add(static_cast<std::int64_t>(std::min(biases.size(), values.size() - at)), biases.data(),
        values.data() + at);
  if (rest) rest(values);
}

TapRange taps_of_output(const WindowSizes& w, std::size_t axis, std::int64_t position) {
  const std::int64_t start = position * w.stride[axis] - w.before[axis], step = w.dilation[axis];
  const std::int64_t first = std::max<std::int64_t>(ceil_div(-start, step), 0);
  const std::int64_t last = std::min(floor_div(w.in[axis] - 1 - start, step), w.kernel[axis] - 1);
  return {std::max<std::int64_t>(last - first + 1, 0), first, 1, start + first * step, step};
}

TapRange taps_of_input(const WindowSizes& w, std::size_t axis, std::int64_t position) {
  // tap * dilation + output * stride = reach for all taps and outputs in range.
  const std::int64_t reach = position + w.before[axis], stride = w.stride[axis], dilation = w.dilation[axis];
  const std::int64_t common = std::gcd(stride, dilation);
  if (reach % common != 0) return {};
  const std::int64_t tap_step = stride / common, at_step = dilation / common;
  std::int64_t tap = 0;
  if (dilation == 1)
    tap = reach % stride;
  else
    while (tap < std::min(tap_step, w.kernel[axis]) && (reach - tap * dilation) % stride != 0) ++tap;
  // The smallest tap of that residue whose output exists.
  const std::int64_t lowest = ceil_div(reach - (w.out[axis] - 1) * stride, dilation);
  if (lowest > tap) tap += ceil_div(lowest - tap, tap_step) * tap_step;
  const std::int64_t highest = std::min(w.kernel[axis] - 1, reach / dilation);
  if (tap > highest) return {};
  return {(highest - tap) / tap_step + 1, tap, tap_step, (reach - tap * dilation) / stride, -at_step};
}

}  // namespace nv
