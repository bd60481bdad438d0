// Add, Subtract, Multiply, Average, Maximum, Minimum (with broadcasting) and Concatenate.
#include <algorithm>
#include <array>
#include <functional>

#include "nv/core/error.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

/// The shape to which two broadcast. As Keras's merge layers do it, a shorter shape gets its missing axes in
/// front, behind the batch.
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

/// `x` (batch first) repeated along axes of size 1 to the item shape `to`.
Tensor expanded(const Tensor& x, const Shape& to) {
  const Shape item = x.shape().item();
  if (item == to) return x;
  const std::int64_t n = x.shape()[0], size = to.elements(), from_size = item.elements();
  Tensor y(to.batched(n));
  for (std::int64_t i = 0; i < size; ++i) {
    std::int64_t rest = i, from = 0, stride = 1;
    for (int a = 1; a <= to.rank(); ++a) {
      const std::int64_t at = rest % to[-a];
      rest /= to[-a];
      if (a > item.rank()) continue;
      if (item[-a] != 1) from += at * stride;
      stride *= item[-a];
    }
    for (std::int64_t b = 0; b < n; ++b) y[b * size + i] = x[b * from_size + from];
  }
  return y;
}

using Combine = float (*)(float, float);

class Merge final : public Layer {
 public:
  Merge(Combine combine, bool mean) : combine_(combine), mean_(mean) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.empty()) throw_input("it takes inputs");
    Shape out = inputs[0];
    for (const Shape& in : inputs.subspan(1)) out = broadcast(out, in);
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    std::vector<Shape> shapes;
    for (const Tensor& x : inputs) shapes.push_back(x.shape().item());
    const Shape out = shape(shapes);
    Tensor y = expanded(inputs[0], out).clone();
    for (const Tensor& x : inputs.subspan(1)) {
      const Tensor other = expanded(x, out);
      for (std::int64_t i = 0; i < y.size(); ++i) y[i] = combine_(y[i], other[i]);
    }
    if (mean_) {
      const auto count = static_cast<float>(inputs.size());
      for (float& v : y.values()) v /= count;
    }
    return y;
  }

  std::optional<Window> window(const Shape& input) const override {
    return input.rank() == 3 ? std::optional(Window{}) : std::nullopt;
  }

 private:
  Combine combine_;
  bool mean_;
};

float add(float a, float b) {
  return a + b;
}
float subtract(float a, float b) {
  return a - b;
}
float multiply(float a, float b) {
  return a * b;
}
// A NaN in either wins, as in Keras.
float larger(float a, float b) {
  return a > b || a != a ? a : b;
}
float smaller(float a, float b) {
  return a < b || a != a ? a : b;
}

class Concatenate final : public Layer {
 public:
  explicit Concatenate(Options& o) : axis_(o.integer("axis", -1)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.empty()) throw_input("it takes inputs");
    Shape out = inputs[0];
    const int a = item_axis(axis_, out);
    for (const Shape& in : inputs.subspan(1)) {
      bool fits = in.rank() == out.rank();
      for (int i = 0; fits && i < in.rank(); ++i)
        if (i != a) fits = in[i] == out[i] || in[i] == Shape::unknown || out[i] == Shape::unknown;
      if (!fits) throw_input("inputs of {} and {} do not fit together", inputs[0].str(), in.str());
      out[a] = out[a] == Shape::unknown || in[a] == Shape::unknown ? Shape::unknown : out[a] + in[a];
    }
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    std::vector<Shape> shapes;
    for (const Tensor& x : inputs) shapes.push_back(x.shape().item());
    const Shape out = shape(shapes);
    const int a = item_axis(axis_, out);
    std::int64_t outer = inputs[0].shape()[0], inner = 1;
    for (int i = 0; i < out.rank(); ++i) (i < a ? outer : inner) *= i == a ? 1 : out[i];
    Tensor y(out.batched(inputs[0].shape()[0]));
    float* to = y.data();
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::size_t k = 0; k < inputs.size(); ++k) {
        const std::int64_t run = shapes[k][a] * inner;
        to = std::copy_n(inputs[k].data() + o * run, run, to);
      }
    return y;
  }

  std::optional<Window> window(const Shape& input) const override {
    return input.rank() == 3 && item_axis(axis_, input) == 2 ? std::optional(Window{}) : std::nullopt;
  }

 private:
  std::int64_t axis_;
};

}  // namespace

std::unique_ptr<Layer> make_add(Options&) {
  return std::make_unique<Merge>(add, false);
}
std::unique_ptr<Layer> make_subtract(Options&) {
  return std::make_unique<Merge>(subtract, false);
}
std::unique_ptr<Layer> make_multiply(Options&) {
  return std::make_unique<Merge>(multiply, false);
}
std::unique_ptr<Layer> make_average(Options&) {
  return std::make_unique<Merge>(add, true);
}
std::unique_ptr<Layer> make_maximum(Options&) {
  return std::make_unique<Merge>(larger, false);
}
std::unique_ptr<Layer> make_minimum(Options&) {
  return std::make_unique<Merge>(smaller, false);
}
std::unique_ptr<Layer> make_concatenate(Options& o) {
  return std::make_unique<Concatenate>(o);
}

}  // namespace nv
