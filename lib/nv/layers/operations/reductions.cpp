// Reductions along chosen axes: sums, means, maxima, norms and others. Computed in double.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/core/error.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"

namespace nv {
namespace {

using Row = std::span<const float>;

/// A function of a row, and the gradient to the row's elements for the cotangent `d` of its value `y`.
struct RowFunction {
  double (*value)(Row x);
  void (*vjp)(Row x, double y, double d, std::span<float> dx);
};

double sum(Row x) {
  return std::accumulate(x.begin(), x.end(), 0.0);
}
double mean_of(Row x) {
  return sum(x) / static_cast<double>(x.size());
}
double squares_about(Row x, double centre) {
  return std::accumulate(x.begin(), x.end(), 0.0, [&](double s, float v) {
    const double from = static_cast<double>(v) - centre;
    return s + from * from;
  });
}
double variance(Row x) {
  return squares_about(x, mean_of(x)) / static_cast<double>(x.size());
}

/// dx = factor (x - centre).
void scaled_deviation(Row x, double centre, double factor, std::span<float> dx) {
  for (std::size_t i = 0; i < x.size(); ++i)
    dx[i] = static_cast<float>((static_cast<double>(x[i]) - centre) * factor);
}
/// Elements equal to the row's maximum or minimum share its gradient equally.
void extreme_vjp(Row x, double y, double d, std::span<float> dx) {
  const auto extreme = static_cast<float>(y);
  const auto count = static_cast<double>(std::ranges::count(x, extreme));
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] = x[i] == extreme ? static_cast<float>(d / count) : 0.0F;
}
double largest(Row x) {
  return static_cast<double>(*std::ranges::max_element(x));
}
double smallest(Row x) {
  return static_cast<double>(*std::ranges::min_element(x));
}

double product_of(Row x) {
  return std::accumulate(x.begin(), x.end(), 1.0,
                         [](double p, float v) { return p * static_cast<double>(v); });
}
void product_vjp(Row x, double, double d, std::span<float> dx) {
  // The product of all other elements, without a division, so that zeros are no special case.
  double before = 1, after = 1;
  std::vector<double> others(x.size());
  for (std::size_t i = 0; i < x.size(); before *= static_cast<double>(x[i++])) others[i] = before;
  for (std::size_t i = x.size(); i-- > 0; after *= static_cast<double>(x[i])) others[i] *= after;
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] = static_cast<float>(d * others[i]);
}

double log_sum_exp(Row x) {
  const double top = largest(x);
  if (!std::isfinite(top)) return top;
  return top + std::log(std::accumulate(x.begin(), x.end(), 0.0, [&](double s, float v) {
           return s + std::exp(static_cast<double>(v) - top);
         }));
}

void mean_vjp(Row x, double, double d, std::span<float> dx) {
  std::ranges::fill(dx, static_cast<float>(d / static_cast<double>(x.size())));
}
void log_sum_exp_vjp(Row x, double y, double d, std::span<float> dx) {
  for (std::size_t i = 0; i < x.size(); ++i)
    dx[i] = static_cast<float>(d * std::exp(static_cast<double>(x[i]) - y));
}
double norm(Row x) {
  return std::sqrt(squares_about(x, 0));
}
void norm_vjp(Row x, double y, double d, std::span<float> dx) {
  scaled_deviation(x, 0, d / y, dx);
}
double deviation(Row x) {
  return std::sqrt(variance(x));
}
void deviation_vjp(Row x, double y, double d, std::span<float> dx) {
  scaled_deviation(x, mean_of(x), d / y / static_cast<double>(x.size()), dx);
}
void sum_vjp(Row, double, double d, std::span<float> dx) {
  std::ranges::fill(dx, static_cast<float>(d));
}
void variance_vjp(Row x, double, double d, std::span<float> dx) {
  scaled_deviation(x, mean_of(x), 2 * d / static_cast<double>(x.size()), dx);
}

struct ReductionKind {
  std::string_view name, module;
  RowFunction function;
};
constexpr ReductionKind reduction_kinds[] = {
    {"Amax", "numpy", {largest, extreme_vjp}},
    {"Amin", "numpy", {smallest, extreme_vjp}},
    {"Average", "numpy", {mean_of, mean_vjp}},
    {"Logsumexp", "math", {log_sum_exp, log_sum_exp_vjp}},
    {"Max", "numpy", {largest, extreme_vjp}},
    {"Mean", "numpy", {mean_of, mean_vjp}},
    {"Min", "numpy", {smallest, extreme_vjp}},
    {"Norm", "linalg", {norm, norm_vjp}},
    {"Prod", "numpy", {product_of, product_vjp}},
    {"Std", "numpy", {deviation, deviation_vjp}},
    {"Sum", "numpy", {sum, sum_vjp}},
    {"Var", "numpy", {variance, variance_vjp}},
};

/// Refuses norms other than the Euclidean one.
void check_norm(LayerOptions& o) {
  if (o.json("ord") == nullptr) return;
  const std::string name = o.function_name("ord");
  if (name != "euclidean" && name != "fro" && !(name.empty() && o.number("ord") == 2))
    throw_unsupported("option ord is not supported");
}

class Reduction final : public Layer {
 public:
  explicit Reduction(LayerOptions& o)
      : function_(std::ranges::find(reduction_kinds, o.kind(), &ReductionKind::name)->function),
        axes_(o.integers("axis")),
        keep_(o.flag("keepdims", false)) {
    if (o.kind() == "Norm") check_norm(o);
    if (axes_.empty()) throw_unsupported("without an axis it reduces the whole batch to one number");
    if (std::ranges::find(axes_, 0) != axes_.end()) throw_unsupported("axis 0 is the batch");
    o.ignore({"initial"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    const std::vector<int> axes = item_axes(axes_, in);
    std::vector<std::int64_t> out;
    for (int a = 0; a < in.rank(); ++a) {
      const bool reduced = std::ranges::find(axes, a) != axes.end();
      if (reduced && in[a] == 0) throw_input("an axis of {} is empty", in.str());
      if (!reduced || keep_) out.push_back(reduced ? 1 : in[a]);
    }
    return Shape(std::span<const std::int64_t>(out));
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const AxisRows x(inputs[0], item_axes(axes_, inputs[0].shape().item()));
    Tensor y(keep_ ? x.kept_shape() : x.reduced_shape());
    const RowChunks chunks(x.count(), x.length());
    context.pool.for_each(chunks.count(), [&](std::int64_t chunk) {
      for (std::int64_t r = chunks.first(chunk); r < chunks.end(chunk); ++r)
        y[r] = static_cast<float>(function_.value(x.row(r)));
    });
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const AxisRows x(inputs[0], item_axes(axes_, inputs[0].shape().item()));
    Tensor dx(x.tensor().shape());
    const RowChunks chunks(x.count(), x.length());
    context.pool.for_each(chunks.count(), [&](std::int64_t chunk) {
      for (std::int64_t r = chunks.first(chunk); r < chunks.end(chunk); ++r)
        function_.vjp(x.row(r), function_.value(x.row(r)), static_cast<double>(d_output[r]),
                      dx.values().subspan(static_cast<std::size_t>(r * x.length()),
                                          static_cast<std::size_t>(x.length())));
    });
    return {x.restored(dx)};
  }

 private:
  RowFunction function_;
  std::vector<std::int64_t> axes_;
  bool keep_;
};

}  // namespace

std::vector<OperationKind> reductions_operations() {
  std::vector<OperationKind> kinds;
  for (const ReductionKind& k : reduction_kinds)
    kinds.push_back({k.name, k.module, {"x", "axis", "keepdims"}, make<Reduction>});
  return kinds;
}

}  // namespace nv
