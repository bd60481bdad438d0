// Operations that make one number of all along chosen axes: sums, means, largest values and their like.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "nv/core/error.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations.h"

namespace nv {
namespace {

using Row = std::span<const float>;

/// The value of a row, and the gradient `d` of that value passed on to the row's elements.
struct Function {
  double (*value)(Row x);
  void (*vjp)(Row x, double y, double d, std::span<float> dx);
};

double sum(Row x) {
  return std::accumulate(x.begin(), x.end(), 0.0);
}
double mean(Row x) {
  return sum(x) / static_cast<double>(x.size());
}
double squares_about(Row x, double centre) {
  return std::accumulate(x.begin(), x.end(), 0.0, [&](double s, float v) {
    const double from = static_cast<double>(v) - centre;
    return s + from * from;
  });
}
double variance(Row x) {
  return squares_about(x, mean(x)) / static_cast<double>(x.size());
}

void along_deviation(Row x, double centre, double factor, std::span<float> dx) {
  for (std::size_t i = 0; i < x.size(); ++i)
    dx[i] = static_cast<float>((static_cast<double>(x[i]) - centre) * factor);
}
/// All elements that have the row's value share its gradient.
void to_equals(Row x, double y, double d, std::span<float> dx) {
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
  // Products of what is before and behind each element, so that zeros do not matter.
  double before = 1, behind = 1;
  std::vector<double> others(x.size());
  for (std::size_t i = 0; i < x.size(); before *= static_cast<double>(x[i++])) others[i] = before;
  for (std::size_t i = x.size(); i-- > 0; behind *= static_cast<double>(x[i])) others[i] *= behind;
  for (std::size_t i = 0; i < x.size(); ++i) dx[i] = static_cast<float>(d * others[i]);
}

double log_sum_exp(Row x) {
  const double top = largest(x);
  if (!std::isfinite(top)) return top;
  return top + std::log(std::accumulate(x.begin(), x.end(), 0.0, [&](double s, float v) {
           return s + std::exp(static_cast<double>(v) - top);
         }));
}

const std::map<std::string_view, Function>& functions() {
  static const Function max{largest, to_equals}, min{smallest, to_equals};
  static const Function average{mean, [](Row x, double, double d, std::span<float> dx) {
                                  std::ranges::fill(dx,
                                                    static_cast<float>(d / static_cast<double>(x.size())));
                                }};
  static const std::map<std::string_view, Function> table = {
      {"Amax", max},
      {"Amin", min},
      {"Average", average},
      {"Logsumexp",
       {log_sum_exp,
        [](Row x, double y, double d, std::span<float> dx) {
          for (std::size_t i = 0; i < x.size(); ++i)
            dx[i] = static_cast<float>(d * std::exp(static_cast<double>(x[i]) - y));
        }}},
      {"Max", max},
      {"Mean", average},
      {"Min", min},
      {"Norm",
       {[](Row x) { return std::sqrt(squares_about(x, 0)); },
        [](Row x, double y, double d, std::span<float> dx) { along_deviation(x, 0, d / y, dx); }}},
      {"Prod", {product_of, product_vjp}},
      {"Std",
       {[](Row x) { return std::sqrt(variance(x)); },
        [](Row x, double y, double d, std::span<float> dx) {
          along_deviation(x, mean(x), d / y / static_cast<double>(x.size()), dx);
        }}},
      {"Sum",
       {sum,
        [](Row, double, double d, std::span<float> dx) { std::ranges::fill(dx, static_cast<float>(d)); }}},
      {"Var",
       {variance,
        [](Row x, double, double d, std::span<float> dx) {
          along_deviation(x, mean(x), 2 * d / static_cast<double>(x.size()), dx);
        }}},
  };
  return table;
}

class Reduction final : public Layer {
 public:
  Reduction(Options& o, const Function& function)
      : function_(function), axes_(o.integers("axis")), keep_(o.flag("keepdims", false)) {
    if (axes_.empty()) throw_unsupported("without an axis it makes one number of the whole batch");
    if (std::ranges::find(axes_, 0) != axes_.end()) throw_unsupported("axis 0 is the batch");
    o.ignore({"x", "initial"});
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
    const Rows x(inputs[0], item_axes(axes_, inputs[0].shape().item()));
    Tensor y(keep_ ? x.kept() : x.without());
    const RowPieces pieces(x.count(), x.length());
    context.pool.for_each(pieces.count(), [&](std::int64_t p) {
      for (std::int64_t r = pieces.first(p); r < pieces.end(p); ++r)
        y[r] = static_cast<float>(function_.value(x.row(r)));
    });
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const Rows x(inputs[0], item_axes(axes_, inputs[0].shape().item()));
    Tensor dx(x.tensor().shape());
    const RowPieces pieces(x.count(), x.length());
    context.pool.for_each(pieces.count(), [&](std::int64_t p) {
      for (std::int64_t r = pieces.first(p); r < pieces.end(p); ++r)
        function_.vjp(x.row(r), function_.value(x.row(r)), static_cast<double>(d_output[r]),
                      dx.values().subspan(static_cast<std::size_t>(r * x.length()),
                                          static_cast<std::size_t>(x.length())));
    });
    return {x.restored(dx)};
  }

 private:
  Function function_;
  std::vector<std::int64_t> axes_;
  bool keep_;
};

}  // namespace

std::unique_ptr<Layer> make_reduction(Options& o) {
  if (o.kind() == "Norm") {
    const auto* order = o.json("ord");
    if (order != nullptr && o.function_name("ord") != "euclidean" && o.function_name("ord") != "fro" &&
        !(o.function_name("ord").empty() && o.number("ord") == 2))
      throw_unsupported("option ord is not supported");
  }
  return std::make_unique<Reduction>(o, functions().at(o.kind()));
}

}  // namespace nv
