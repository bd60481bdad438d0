// Operations on several tensors: concatenate, stack, add_n and matrix products.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/batch_product.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"
#include "nv/layers/registry.h"

namespace nv {
namespace {

/// Checks that the list of tensors "xs" holds inputs of the call only, and no constants.
void require_inputs(LayerOptions& o) {
  const nlohmann::ordered_json* list = o.json("xs");
  const bool tensors = list != nullptr && list->is_array() && std::ranges::all_of(*list, [](const auto& x) {
                         return x.is_object() && x.contains("__input__");
                       });
  if (!tensors) throw_unsupported("constants among its tensors are not supported");
}

/// Inputs of one shape, joined along a new axis.
class Stack final : public Layer {
 public:
  explicit Stack(LayerOptions& o) {
    require_inputs(o);
    axis_ = o.integer("axis", 0);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.empty()) throw_input("it takes inputs");
    for (const Shape& in : inputs)
      if (!(in == inputs[0]))
        throw_input("inputs of {} and {} do not fit together", inputs[0].str(), in.str());
    std::vector<std::int64_t> out(inputs[0].begin(), inputs[0].end());
    out.insert(out.begin() + at(inputs[0]), static_cast<std::int64_t>(inputs.size()));
    return Shape(std::span<const std::int64_t>(out));
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const std::vector<Shape> items(inputs.size(), inputs[0].shape().item());
    Tensor y(shape(items).batched(inputs[0].shape()[0]));
    const std::int64_t run = run_of(items[0]);
    float* to = y.data();
    for (std::int64_t from = 0; from < inputs[0].size(); from += run)
      for (const Tensor& x : inputs) to = std::copy_n(x.data() + from, run, to);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    std::vector<Tensor> gradients;
    for (const Tensor& x : inputs) gradients.emplace_back(x.shape());
    const std::int64_t run = run_of(inputs[0].shape().item());
    const float* from = d_output.data();
    for (std::int64_t to = 0; to < inputs[0].size(); to += run)
      for (Tensor& d : gradients) {
        std::copy_n(from, run, d.data() + to);
        from += run;
      }
    return gradients;
  }

 private:
  int at(const Shape& item) const {
    if (axis_ == 0) throw_unsupported("axis 0 is the batch");
    return item_axis(axis_, item.batched(1));
  }
  std::int64_t run_of(const Shape& item) const {
    std::int64_t run = 1;
    for (int a = at(item); a < item.rank(); ++a) run *= item[a];
    return std::max<std::int64_t>(run, 1);
  }

  std::int64_t axis_ = 0;
};

/// A product of matrices along the last two axes; the axes before them are broadcast. One operand may be a
/// constant.
class Matmul final : public Layer {
 public:
  explicit Matmul(LayerOptions& o)
      : a_(o, "x1", o.flag("transpose_a", false)), b_(o, "x2", o.flag("transpose_b", false)) {
    for (const char* unused : {"adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse"})
      if (o.flag(unused, false)) throw_unsupported("option {} is not supported", unused);
    o.ignore({"output_type"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape a = a_.item(inputs), b = b_.item(inputs);
    // A batch of vectors times a constant matrix: items are the rows.
    const bool vectors = a.rank() == 1 && a_.input && !b_.input && !a_.transposed;
    if (!vectors && (a.rank() < 2 || b.rank() < 2))
      throw_unsupported("a product of {} and {} mixes items of the batch", a.str(), b.str());
    if (a_.input && b_.input && a.rank() != b.rank())
      throw_unsupported("inputs of {} and {} mix the batch with other axes", a.str(), b.str());
    if (b.rank() < 2) throw_input("inputs of {} and {} do not fit together", a.str(), b.str());
    if (!sizes_fit(a.back(), b[-2])) throw_input("inputs of {} and {} do not fit together", a.str(), b.str());
    if (vectors) {
      if (b.rank() != 2)
        throw_unsupported("a product of {} and {} mixes items of the batch", a.str(), b.str());
      return {b.back()};
    }
    const auto leading = [](const Shape& s) {
      return Shape(s.axes().first(static_cast<std::size_t>(s.rank()) - 2));
    };
    const Shape around = broadcast(leading(a), leading(b));
    std::vector<std::int64_t> out(around.begin(), around.end());
    out.insert(out.end(), {a[-2], b.back()});
    return Shape(std::span<const std::int64_t>(out));
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Shape out = output(inputs);
    return batch_product(a_.matrices(inputs, out), b_.matrices(inputs, out), context).reshaped(out);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const Shape out = output(inputs);
    const Tensor a = a_.matrices(inputs, out), b = b_.matrices(inputs, out);
    const Tensor d = d_output.reshaped({a.shape()[0], a.shape()[1], b.shape()[2]});
    std::vector<Tensor> gradients(inputs.size());
    const auto add_gradient = [&](const Operand& operand, const Tensor& matrices) {
      if (!operand.input) return;
      const Shape to = inputs[*operand.input].shape();
      Tensor own = sum_to(matrices.reshaped(operand.broadcast_shape(to, out)), operand.matrix_shape(to));
      if (operand.transposed) own = transposed_matrices(own);
      own = own.reshaped(to);
      Tensor& sum = gradients[*operand.input];
      if (sum.empty())
        sum = own;
      else
        for (std::int64_t i = 0; i < sum.size(); ++i) sum[i] += own[i];
    };
    add_gradient(a_, batch_product(d, transposed_matrices(b), context));
    add_gradient(b_, batch_product(transposed_matrices(a), d, context));
    return gradients;
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    return product({shape(inputs).elements(), a_.item(inputs).back()});
  }

 private:
  struct Operand {
    std::optional<std::size_t> input;
    Tensor constant;
    bool transposed;

    Operand(LayerOptions& o, std::string_view key, bool t) : input(o.input(key)), transposed(t) {
      if (!input) constant = o.constant(key);
    }

    /// The shape of its matrices, transposed if asked for, without the batch.
    Shape item(std::span<const Shape> inputs) const {
      if (input && *input >= inputs.size()) throw_input("it is called with {} inputs", inputs.size());
      Shape s = input ? inputs[*input] : constant.shape();
      if (transposed && s.rank() >= 2) std::swap(s[-1], s[-2]);
      return s;
    }
    /// The shape of a batch of shape `s`, transposed if asked for, with vectors as matrices of one row.
    Shape matrix_shape(const Shape& s) const {
      if (s.rank() == 2) return {s[0], 1, s[1]};
      Shape t = s;
      if (transposed) std::swap(t[-1], t[-2]);
      return t;
    }
    /// The same, with the leading axes of the result `out`.
    Shape broadcast_shape(const Shape& s, const Shape& out) const {
      return with_leading(matrix_shape(s), out);
    }
    static Shape with_leading(const Shape& matrix, const Shape& out) {
      Shape full = out.rank() == 2 ? Shape{out[0], 1, out[1]} : out;
      full[-1] = matrix[-1];
      full[-2] = matrix[-2];
      return full;
    }
    Tensor matrices(std::span<const Tensor> inputs, const Shape& out) const {
      Tensor t = input ? inputs[*input] : constant;
      if (transposed) t = transposed_matrices(t);
      if (!input) return as_matrices(broadcast_to(t, with_leading(t.shape(), out)));
      const Shape& s = inputs[*input].shape();
      return as_matrices(broadcast_to(t.reshaped(matrix_shape(s)), broadcast_shape(s, out)));
    }
  };

  Shape output(std::span<const Tensor> inputs) const {
    return shape(item_shapes(inputs)).batched(inputs[0].shape()[0]);
  }

  Operand a_, b_;
};

std::unique_ptr<Layer> make_concatenate(LayerOptions& o) {
  require_inputs(o);
  const std::int64_t axis = o.integer("axis", 0);
  if (axis == 0) throw_unsupported("axis 0 is the batch");
  return make_layer("Concatenate", Config(nlohmann::ordered_json{{"axis", axis}}), o.origin());
}

std::unique_ptr<Layer> make_add_n(LayerOptions& o) {
  require_inputs(o);
  return make_layer("Add", {}, o.origin());
}

/// numpy.dot pairs all items of two batches; with a constant matrix as second operand it is matmul.
std::unique_ptr<Layer> make_dot(LayerOptions& o) {
  if (o.input("x2") || o.constant("x2").shape().rank() != 2)
    throw_unsupported("a product other than with a constant matrix is not supported");
  return std::make_unique<Matmul>(o);
}

}  // namespace

std::vector<OperationKind> joining_operations() {
  return {{"AddN", "", {"xs"}, make_add_n},
          {"Concatenate", "numpy", {"xs", "axis"}, make_concatenate},
          {"Dot", "numpy", {"x1", "x2"}, make_dot},
          {"Matmul", "numpy", {"x1", "x2"}, make<Matmul>},
          {"Stack", "numpy", {"xs", "axis"}, make<Stack>}};
}

}  // namespace nv
