// Add, Subtract, Multiply, Average, Maximum, Minimum (with broadcasting) and Concatenate.
#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/kernels/kernel_set.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/pieces.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

/// The shape of a batch of `item`s, with axes of size 1 inserted after the batch until an item has `rank`
/// axes, as Keras's merge layers do.
Shape with_rank(const Shape& item, int rank, std::int64_t batch) {
  std::vector<std::int64_t> axes(static_cast<std::size_t>(rank - item.rank() + 1), 1);
  axes[0] = batch;
  axes.insert(axes.end(), item.begin(), item.end());
  return Shape(std::span<const std::int64_t>(axes));
}

/// A batch broadcast to the item shape `to`.
Tensor expanded(const Tensor& x, const Shape& to) {
  if (x.shape().item() == to) return x;
  const std::int64_t batch = x.shape()[0];
  return broadcast_to(x.reshaped(with_rank(x.shape().item(), to.rank(), batch)), to.batched(batch));
}

/// vjp of expanded: `d` summed to the shape of an input.
Tensor contracted(const Tensor& d, const Shape& to) {
  return sum_to(d, with_rank(to.item(), d.shape().rank() - 1, to[0])).reshaped(to);
}

/// One merge layer: a function of two values, applied from the first input to the last, and its gradients.
struct Merging {
  /// a = f(a, b), element by element.
  void (*combine)(std::span<float> a, std::span<const float> b);
  /// Turns `d`, the cotangent of f(a, b), into the gradient to a. Returns the gradient to b.
  float (*split)(float a, float b, float& d);
  bool mean = false;
  bool two = false;  ///< takes exactly two inputs
};

template <float (*F)(float a, float b)>
void each(std::span<float> a, std::span<const float> b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = F(a[i], b[i]);
}

float add(float a, float b) {
  return a + b;
}
float split_sum(float, float, float& d) {
  return d;
}
float subtract(float a, float b) {
  return a - b;
}
float split_difference(float, float, float& d) {
  return -d;
}
float multiply(float a, float b) {
  return a * b;
}
float split_product(float a, float b, float& d) {
  const float to_b = d * a;
  d *= b;
  return to_b;
}
// NaN if either value is NaN, as in Keras. Of equal values the first gets the gradient, as in TensorFlow.
float larger(float a, float b) {
  return a > b || a != a ? a : b;
}
float split_larger(float a, float b, float& d) {
  return a >= b ? 0.0F : std::exchange(d, 0.0F);
}
float smaller(float a, float b) {
  return a < b || a != a ? a : b;
}
float split_smaller(float a, float b, float& d) {
  return a <= b ? 0.0F : std::exchange(d, 0.0F);
}

class Merge final : public PositionwiseLayer {
 public:
  explicit Merge(const Merging& merging) : merging_(merging) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.empty()) throw_input("it takes inputs");
    if (merging_.two && inputs.size() != 2) throw_input("it takes two inputs, not {}", inputs.size());
    Shape out = inputs[0];
    for (const Shape& in : inputs.subspan(1)) out = broadcast(out, in);
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Shape out = shape(item_shapes(inputs));
    std::vector<Tensor> expansions;
    for (const Tensor& x : inputs) expansions.push_back(expanded(x, out));
    return forward_by_rows(*this, expansions, context);
  }
  bool reports_rows(std::span<const Shape>) const override { return true; }
  bool computes_rows(std::span<const Shape> inputs) const override {
    return std::ranges::all_of(inputs, [&](const Shape& in) { return in == inputs[0]; });
  }
  void compute_rows(std::span<const float* const> inputs, std::int64_t count, std::int64_t,
                    float* output) const override {
    if (merging_.combine == each<add> && inputs.size() == 2 &&
        !merging_.mean)  // by far the most frequent one
      return kernel_set().loops.sum(count, inputs[0], inputs[1], output);
    // The output may be any of the inputs.
    std::array<float, 1024> part;
    for (std::int64_t at = 0; at < count; at += std::ssize(part)) {
      const auto size = static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(part), count - at));
      const std::span<float> to(part.data(), size);
      std::copy_n(inputs[0] + at, size, to.begin());
      for (const float* const more : inputs.subspan(1)) merging_.combine(to, {more + at, size});
      if (merging_.mean)
        for (float& v : to) v /= static_cast<float>(inputs.size());
      std::ranges::copy(to, output + at);
    }
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    const Shape out = output.shape().item();
    std::vector<Tensor> expansions, sums;  // sums[k]: of inputs 0 to k
    for (const Tensor& x : inputs) {
      expansions.push_back(expanded(x, out));
      sums.push_back(sums.empty() ? expansions[0] : sums.back().clone());
      if (expansions.size() > 1) merging_.combine(sums.back().values(), expansions.back().values());
    }
    Tensor d = d_output.clone();
    if (merging_.mean)
      for (float& v : d.values()) v /= static_cast<float>(inputs.size());
    std::vector<Tensor> gradients(inputs.size());
    for (std::size_t k = inputs.size() - 1; k > 0; --k) {
      Tensor to_last(d.shape());
      for (std::int64_t i = 0; i < d.size(); ++i)
        to_last[i] = merging_.split(sums[k - 1][i], expansions[k][i], d[i]);
      gradients[k] = contracted(to_last, inputs[k].shape());
    }
    gradients[0] = contracted(d, inputs[0].shape());
    return gradients;
  }

 private:
  Merging merging_;
};

class Concatenate final : public Layer {
 public:
  explicit Concatenate(LayerOptions& o) : axis_(o.integer("axis", -1)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.empty()) throw_input("it takes inputs");
    Shape out = inputs[0];
    const int a = item_axis(axis_, out);
    for (const Shape& in : inputs.subspan(1)) {
      bool fits = in.rank() == out.rank();
      for (int i = 0; fits && i < in.rank(); ++i)
        if (i != a) fits = sizes_fit(in[i], out[i]);
      if (!fits) throw_input("inputs of {} and {} do not fit together", inputs[0].str(), in.str());
      out[a] = out[a] == Shape::unknown || in[a] == Shape::unknown ? Shape::unknown : out[a] + in[a];
    }
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Shape out = shape(item_shapes(inputs));
    Tensor y(out.batched(inputs[0].shape()[0]));
    for_each_run(inputs, out, context.pool,
                 [&](std::size_t k, std::int64_t at, std::int64_t size, std::int64_t to) {
                   std::copy_n(inputs[k].data() + at, size, y.data() + to);
                 });
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    std::vector<Tensor> gradients;
    for (const Tensor& x : inputs) gradients.emplace_back(x.shape());
    for_each_run(inputs, output.shape().item(), context.pool,
                 [&](std::size_t k, std::int64_t at, std::int64_t size, std::int64_t from) {
                   std::copy_n(d_output.data() + from, size, gradients[k].data() + at);
                 });
    return gradients;
  }

  std::optional<SpatialWindow> window(const Shape& input) const override {
    return input.rank() == 3 && item_axis(axis_, input) == 2 ? std::optional(SpatialWindow{}) : std::nullopt;
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    if (axis != item_axis(axis_, inputs[k])) return std::vector{position};
    for (std::size_t i = 0; i < k; ++i) position -= inputs[i][axis];
    return position >= 0 && position < inputs[k][axis] ? std::vector{position} : std::vector<std::int64_t>{};
  }

 private:
  /// Calls run(input, first element, size, first element of the output) for the contiguous runs of the
  /// inputs, in parallel.
  template <typename Run>
  void for_each_run(std::span<const Tensor> inputs, const Shape& out, ThreadPool& pool,
                    const Run& run) const {
    const int a = item_axis(axis_, out);
    std::int64_t outer = inputs[0].shape()[0], inner = 1;
    for (int i = 0; i < out.rank(); ++i) (i < a ? outer : inner) *= i == a ? 1 : out[i];
    const std::int64_t row = out[a] * inner;
    for_pieces(outer * row, std::max<std::int64_t>(row, 1), pool,
               [&](std::int64_t first, std::int64_t count) {
                 std::int64_t to = first;
                 for (std::int64_t o = first / row; to < first + count; ++o)
                   for (std::size_t k = 0; k < inputs.size(); ++k) {
                     const std::int64_t size = inputs[k].shape()[a + 1] * inner;
                     run(k, o * size, size, to);
                     to += size;
                   }
               });
  }

  std::int64_t axis_;
};

const Merging addition{each<add>, split_sum}, subtraction{each<subtract>, split_difference, false, true},
    multiplication{each<multiply>, split_product}, mean{each<add>, split_sum, true},
    maximum{each<larger>, split_larger}, minimum{each<smaller>, split_smaller};

template <const Merging& merging>
std::unique_ptr<Layer> make_merge(LayerOptions&) {
  return std::make_unique<Merge>(merging);
}

}  // namespace

std::vector<LayerKind> merging_kinds() {
  return {{"Add", make_merge<addition>},        {"Average", make_merge<mean>},
          {"Concatenate", make<Concatenate>},   {"Maximum", make_merge<maximum>},
          {"Minimum", make_merge<minimum>},     {"Multiply", make_merge<multiplication>},
          {"Subtract", make_merge<subtraction>}};
}

}  // namespace nv
