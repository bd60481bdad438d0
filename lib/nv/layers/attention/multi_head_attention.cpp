// MultiHeadAttention: projects queries, keys and values to several heads, attends along the attention axes by
// scaled dot products, and projects all heads together. With return_attention_scores, output 1 is the
// attention weights
// (..., heads, queries..., keys...).
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/gemm.h"
#include "nv/kernels/view.h"
#include "nv/layers/attention/attend.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/batch_product.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

/// x W + b along the last axis; W is flattened to (in, out), b to (out).
struct Projection {
  Tensor kernel, bias;

  std::int64_t in() const { return kernel.shape()[0]; }
  std::int64_t out() const { return kernel.shape()[1]; }

  Tensor forward(const Tensor& x, Context& context) const { return apply(x, kernel, bias, context); }
  Tensor vjp(const Tensor& d, Context& context) const {
    return apply(d, transposed_matrices(kernel), {}, context);
  }

  static Tensor apply(const Tensor& x, const Tensor& w, const Tensor& bias, Context& context) {
    const std::int64_t depth = w.shape()[0], width = w.shape()[1];
    Shape shape = x.shape();
    shape[-1] = width;
    Tensor y(shape);
    const std::int64_t rows = width == 0 ? 0 : y.size() / width;
    multiply({x.data(), rows, depth, depth}, {w.data(), depth, width, width}, {y.data(), rows, width, width},
             context.pool);
    if (!bias.empty())
      for (std::int64_t k = 0; k < y.size(); ++k) y[k] += bias[k % width];
    return y;
  }
};

class MultiHeadAttention final : public Layer {
 public:
  explicit MultiHeadAttention(LayerOptions& o)
      : heads_(o.integer("num_heads")),
        key_dim_(o.integer("key_dim")),
        value_dim_(o.integer("value_dim", key_dim_)),
        use_bias_(o.flag("use_bias", true)),
        axes_(o.integers("attention_axes")),
        output_(o.integers("output_shape")) {
    for (std::int64_t n : {heads_, key_dim_, value_dim_})
      if (n < 1 || n > 1'000'000)
        throw_input("options num_heads, key_dim and value_dim are {}, {} and {}", heads_, key_dim_,
                    value_dim_);
    if (std::ranges::any_of(output_, [](std::int64_t n) { return n < 1; }))
      throw_input("option output_shape has an axis below 1");
    if (o.flag("use_gate", false)) throw_unsupported("option use_gate is not supported");
    o.name_arguments({"query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask",
                      "return_attention_scores", "training", "use_causal_mask"});
    causal_ = o.flag("use_causal_mask", false);
    query_ = o.input("query").value_or(0);
    value_ = o.input("value").value_or(1);
    key_ = o.input("key");
    mask_ = o.input("attention_mask");
    masked_scores_have_no_gradient_ = o.origin().keras_major >= 3;
    returns_weights_ = o.flag("return_attention_scores", false) && o.output() == 1;
    // Keras 2 counts them with the axis of heads, which is the last but one.
    if (o.origin().keras_major < 3 && std::ranges::any_of(axes_, [](std::int64_t a) { return a < 0; }))
      throw_unsupported("option attention_axes: negative axes mean other axes in Keras 2");
    o.ignore({"dropout", "softmax_robust_masking", "query_shape", "key_shape", "value_shape"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const std::size_t last = std::max({query_, value_, key(inputs.size()), mask_.value_or(0)});
    if (last >= inputs.size()) throw_input("it takes a query and a value, not {} input", inputs.size());
    const Shape &query = inputs[query_], &value = inputs[value_], &k = inputs[key(inputs.size())];
    if (query.rank() < 2 || query.rank() > Shape::max_rank - 3 || value.rank() != query.rank() ||
        k.rank() != query.rank())
      throw_input("inputs of {}, {} and {} do not fit together", query.str(), value.str(), k.str());
    const std::vector<int> axes = attention_axes(query);
    for (int a = 0; a < query.rank() - 1; ++a) {
      const bool attends = std::ranges::find(axes, a) != axes.end();
      if (value[a] != k[a] || (!attends && query[a] != value[a]))
        throw_input("inputs of {}, {} and {} do not fit together", query.str(), value.str(), k.str());
    }
    if (returns_weights_) return weights_shape(query, k);
    std::vector<std::int64_t> out(query.begin(), query.end() - 1);
    for (std::int64_t n : output_shape(query)) out.push_back(n);
    return Shape(std::span<const std::int64_t>(out));
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    std::vector<WeightSpec> specs;
    const auto add = [&](const std::string& name, const std::vector<std::int64_t>& in,
                         const std::vector<std::int64_t>& out) {
      std::vector<std::int64_t> kernel = in;
      kernel.insert(kernel.end(), out.begin(), out.end());
      specs.push_back({name + "/kernel", Shape(std::span<const std::int64_t>(kernel))});
      if (use_bias_) specs.push_back({name + "/bias", Shape(std::span<const std::int64_t>(out))});
    };
    add("query_dense", {inputs[query_].back()}, {heads_, key_dim_});
    add("key_dense", {inputs[key(inputs.size())].back()}, {heads_, key_dim_});
    add("value_dense", {inputs[value_].back()}, {heads_, value_dim_});
    add("output_dense", {heads_, value_dim_}, output_shape(inputs[query_]));
    return specs;
  }

  void load(std::vector<Tensor> weights) override {
    std::size_t next = 0;
    for (Projection* p : {&to_queries_, &to_keys_, &to_values_, &to_output_}) {
      const Tensor& kernel = weights[next++];
      const std::int64_t in = p == &to_output_ ? heads_ * value_dim_ : kernel.shape()[0];
      p->kernel = kernel.reshaped({in, kernel.size() / std::max<std::int64_t>(1, in)});
      if (use_bias_) {
        const Tensor& bias = weights[next++];
        p->bias = bias.reshaped({bias.size()});
      }
    }
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Heads h = heads(inputs, context);
    const AttentionResult a = attended(h, context);
    if (returns_weights_) {
      const Shape &query = inputs[query_].shape(), &k = inputs[key(inputs.size())].shape();
      return a.weights.reshaped(weights_shape(query.item(), k.item()).batched(query[0]));
    }
    std::vector<std::int64_t> out(inputs[query_].shape().begin(), inputs[query_].shape().end() - 1);
    for (std::int64_t n : output_shape(inputs[query_].shape().item())) out.push_back(n);
    return to_output_.forward(joined(a.output, inputs[query_].shape(), value_dim_), context)
        .reshaped(Shape(std::span<const std::int64_t>(out)));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const Heads h = heads(inputs, context);
    AttentionGradient d = attended_vjp(h, inputs[query_].shape(), d_output, context);
    for (float& v : d.scores.values()) v *= factor();
    std::vector<Tensor> gradients(inputs.size());
    const auto pass = [&](std::size_t to, const Projection& p, const Tensor& d_heads, std::int64_t width) {
      const Tensor dx = p.vjp(joined(d_heads, inputs[to].shape(), width), context);
      if (gradients[to].empty())
        gradients[to] = dx;
      else
        for (std::int64_t i = 0; i < dx.size(); ++i) gradients[to][i] += dx[i];
    };
    pass(query_, to_queries_, batch_product(d.scores, h.keys, context), key_dim_);
    pass(value_, to_values_, d.values, value_dim_);
    pass(key(inputs.size()), to_keys_, batch_product(transposed_matrices(d.scores), h.queries, context),
         key_dim_);
    return gradients;
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    const auto positions = [](const Shape& s) { return s.elements() / std::max<std::int64_t>(1, s.back()); };
    const Shape &query = inputs[query_], &value = inputs[value_], &k = inputs[key(inputs.size())];
    std::int64_t keys = 1, out = 1;
    for (int a : attention_axes(query)) keys *= value[a];
    for (std::int64_t n : output_shape(query)) out *= n;
    const auto project = [&](const Shape& s, std::int64_t width) {
      return product({s.elements(), heads_, width});
    };
    return project(query, key_dim_) + project(k, key_dim_) + project(value, value_dim_) +
           product({positions(query), heads_, keys, key_dim_ + value_dim_}) +
           product({positions(query), heads_, value_dim_, out});
  }

 private:
  /// All heads of all items as matrices (count, positions, channels); `visible` is empty if all keys are
  /// seen.
  struct Heads {
    Tensor queries, keys, values, visible;
  };

  std::size_t key(std::size_t inputs) const {
    return key_ ? *key_ : inputs > 2 && !mask_ && value_ == 1 ? 2 : value_;
  }
  float factor() const { return static_cast<float>(1.0 / std::sqrt(static_cast<double>(key_dim_))); }

  std::vector<std::int64_t> output_shape(const Shape& query) const {
    return output_.empty() ? std::vector<std::int64_t>{query.back()} : output_;
  }

  /// Axes of an item, from 0; without the option all but the channels.
  std::vector<int> attention_axes(const Shape& query) const {
    std::vector<int> axes;
    if (axes_.empty())
      for (int a = 0; a < query.rank() - 1; ++a) axes.push_back(a);
    for (std::int64_t axis : axes_) {
      const std::int64_t a = axis < 0 ? axis + query.rank() : axis - 1;
      if (a < 0 || a >= query.rank() - 1)
        throw_input("option attention_axes is {}, of an input of {}", axis, query.str());
      axes.push_back(static_cast<int>(a));
    }
    std::ranges::sort(axes);
    if (std::ranges::adjacent_find(axes) != axes.end())
      throw_input("option attention_axes names an axis twice");
    return axes;
  }

  /// (batch, positions..., heads * width) as one row per head and position that is not attended; a row holds
  /// the attended positions and the channels.
  AxisRows by_heads(const Tensor& x, std::int64_t width) const {
    std::vector<std::int64_t> cut(x.shape().begin(), x.shape().end());
    cut.back() = heads_;
    cut.push_back(width);
    std::vector<int> axes = attention_axes(x.shape().item());
    axes.push_back(x.shape().rank() - 1);
    return {x.reshaped(Shape(std::span<const std::int64_t>(cut))), axes};
  }
  Tensor matrices(const Tensor& x, std::int64_t width) const {
    const AxisRows rows = by_heads(x, width);
    const std::int64_t positions = rows.length() / width;
    return rows.tensor().reshaped(
        {positions == 0 ? 0 : rows.tensor().size() / positions / width, positions, width});
  }
  /// The inverse of matrices() for an input of shape `like`.
  Tensor joined(const Tensor& m, const Shape& like, std::int64_t width) const {
    Shape shape = like;
    shape[-1] = heads_ * width;
    return by_heads(Tensor(shape), width).restored(m).reshaped(shape);
  }

  Heads heads(std::span<const Tensor> inputs, Context& context) const {
    Heads h;
    h.queries = matrices(to_queries_.forward(inputs[query_], context), key_dim_);
    h.keys = matrices(to_keys_.forward(inputs[key(inputs.size())], context), key_dim_);
    h.values = matrices(to_values_.forward(inputs[value_], context), value_dim_);
    const Shape scores{h.queries.shape()[0], h.queries.shape()[1], h.keys.shape()[1]};
    if (causal_) h.visible = causal_mask(scores);
    if (mask_) {
      const Tensor given = mask(inputs[*mask_], inputs[query_].shape(), scores);
      if (h.visible.empty())
        h.visible = given;
      else
        for (std::int64_t i = 0; i < given.size(); ++i) h.visible[i] *= given[i];
    }
    return h;
  }

  /// attention_mask (batch, ..., queries, keys), broadcast to all heads.
  Tensor mask(const Tensor& m, const Shape& query, const Shape& scores) const {
    const int pairs = 2 * static_cast<int>(attention_axes(query.item()).size());
    std::vector<std::int64_t> around(query.begin(),
                                     query.end() - 1);  // the batch, axes that are not attended, heads
    for (int a : attention_axes(query.item())) around[static_cast<std::size_t>(a) + 1] = -1;
    std::erase(around, -1);
    around.push_back(heads_);
    std::vector<std::int64_t> from(m.shape().begin(), m.shape().end() - std::min(pairs, m.shape().rank()));
    if (m.shape().rank() < pairs + 1 || from.size() > around.size())
      throw_input("its attention_mask is {}", m.shape().str());
    from.resize(around.size(), 1);
    for (auto* shape : {&from, &around}) shape->insert(shape->end(), {scores[1], scores[2]});
    return broadcast_to(m.reshaped(Shape(std::span<const std::int64_t>(from))),
                        Shape(std::span<const std::int64_t>(around)))
        .reshaped(scores);
  }

  AttentionResult attended(const Heads& h, Context& context) const {
    Tensor scores = batch_product(h.queries, transposed_matrices(h.keys), context);
    for (float& v : scores.values()) v *= factor();
    return attend(std::move(scores), h.visible, h.values, context);
  }

  /// The gradients to scores and values for the cotangent of the layer's output.
  AttentionGradient attended_vjp(const Heads& h, const Shape& query, const Tensor& d_output,
                                 Context& context) const {
    const Tensor weights = attended(h, context).weights;
    const Tensor visible = masked_scores_have_no_gradient_ ? h.visible : Tensor();
    if (returns_weights_)
      return {attention_weights_vjp(weights, visible, d_output.reshaped(weights.shape())),
              Tensor(h.values.shape(), 0.0F)};
    Shape flat = query;
    flat[-1] = to_output_.out();
    const Tensor d_joined = to_output_.vjp(d_output.reshaped(flat), context);
    return attend_vjp(weights, visible, h.values, matrices(d_joined, value_dim_), context);
  }

  /// Of an item: axes that are not attended, heads, and the attended axes of queries and of keys.
  Shape weights_shape(const Shape& query, const Shape& k) const {
    const std::vector<int> axes = attention_axes(query);
    std::vector<std::int64_t> out;
    for (int a = 0; a < query.rank() - 1; ++a)
      if (std::ranges::find(axes, a) == axes.end()) out.push_back(query[a]);
    out.push_back(heads_);
    for (const Shape* s : {&query, &k})
      for (int a : axes) out.push_back((*s)[a]);
    if (out.size() >= Shape::max_rank) throw_input("its attention scores have too many axes");
    return Shape(std::span<const std::int64_t>(out));
  }

  std::int64_t heads_, key_dim_, value_dim_;
  bool use_bias_, causal_ = false, returns_weights_ = false;
  std::vector<std::int64_t> axes_, output_;
  std::size_t query_ = 0, value_ = 1;
  std::optional<std::size_t> key_, mask_;
  /// Keras 3 replaces masked scores; earlier versions subtract a large number, which makes a difference if a
  /// query sees no key.
  bool masked_scores_have_no_gradient_ = true;
  Projection to_queries_, to_keys_, to_values_, to_output_;
};

}  // namespace

std::vector<LayerKind> multi_head_attention_kinds() {
  return {{"MultiHeadAttention", make<MultiHeadAttention>}};
}

}  // namespace nv
