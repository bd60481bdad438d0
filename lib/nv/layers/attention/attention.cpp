// Attention (Luong) and AdditiveAttention (Bahdanau): inputs [query, value] or [query, value, key], each
// (..., positions, channels). With return_attention_scores, output 1 is the attention weights (..., queries,
// keys).
#include <cmath>

#include "nv/core/error.h"
#include "nv/layers/attention/attend.h"
#include "nv/layers/common/batch_product.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

/// Gradients to queries and keys, as matrices.
struct ScoreGradient {
  Tensor queries, keys;
};

class AttentionLayer : public Layer {
 public:
  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 2 && inputs.size() != 3)
      throw_input("it takes two or three inputs, not {}", inputs.size());
    const Shape &query = inputs[0], &value = inputs[1], &key = inputs.back();
    for (const Shape& in : inputs)
      if (in.rank() < 2 || in.rank() != query.rank())
        throw_input("it takes inputs of positions and channels, not {}", in.str());
    bool fit = sizes_fit(query.back(), key.back()) && sizes_fit(value[-2], key[-2]);
    for (int a = 0; a < query.rank() - 2; ++a)
      fit = fit && sizes_fit(query[a], value[a]) && sizes_fit(query[a], key[a]);
    if (!fit) throw_input("inputs of {}, {} and {} do not fit together", query.str(), value.str(), key.str());
    Shape out = query;
    out[-1] = returns_weights_ ? value[-2] : value.back();
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    Shape out = inputs[0].shape();
    out[-1] = inputs[1].shape()[returns_weights_ ? -2 : -1];
    const AttentionResult a = attended(inputs, context);
    return (returns_weights_ ? a.weights : a.output).reshaped(out);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const Tensor weights = attended(inputs, context).weights;
    const Tensor mask = visible(weights.shape()), d_matrices = as_matrices(d_output);
    AttentionGradient d;
    if (returns_weights_)
      d = {attention_weights_vjp(weights, mask, d_matrices), Tensor(inputs[1].shape(), 0.0F)};
    else
      d = attend_vjp(weights, mask, as_matrices(inputs[1]), d_matrices, context);
    const ScoreGradient s = scores_vjp(as_matrices(inputs[0]), as_matrices(inputs.back()), d.scores, context);
    Tensor to_value = d.values.reshaped(inputs[1].shape());
    Tensor to_key = s.keys.reshaped(inputs.back().shape());
    if (inputs.size() == 3) return {s.queries.reshaped(inputs[0].shape()), to_value, to_key};
    for (std::int64_t i = 0; i < to_value.size(); ++i) to_value[i] += to_key[i];  // the value is also the key
    return {s.queries.reshaped(inputs[0].shape()), to_value};
  }

  std::int64_t macs(std::span<const Shape> inputs) const override {
    const Shape& query = inputs[0];
    return product({query.elements() / std::max<std::int64_t>(1, query.back()), inputs[1][-2],
                    query.back() + inputs[1].back()});
  }

 protected:
  explicit AttentionLayer(LayerOptions& o)
      : causal_(o.flag("use_causal_mask", false) || o.flag("causal", false)),
        returns_weights_(o.flag("return_attention_scores", false) && o.output() == 1) {
    o.ignore({"dropout"});
  }

  /// (count, queries, channels) and (count, keys, channels) to (count, queries, keys).
  virtual Tensor scores(const Tensor& queries, const Tensor& keys, Context& context) const = 0;
  virtual ScoreGradient scores_vjp(const Tensor& queries, const Tensor& keys, const Tensor& d,
                                   Context& context) const = 0;

 private:
  Tensor visible(const Shape& scores) const { return causal_ ? causal_mask(scores) : Tensor(); }

  AttentionResult attended(std::span<const Tensor> inputs, Context& context) const {
    Tensor s = scores(as_matrices(inputs[0]), as_matrices(inputs.back()), context);
    const Tensor mask = visible(s.shape());
    return attend(std::move(s), mask, as_matrices(inputs[1]), context);
  }

  bool causal_, returns_weights_;
};

/// score_mode "dot": scale times the dot product of query and key.
class DotAttention final : public AttentionLayer {
 public:
  explicit DotAttention(LayerOptions& o) : AttentionLayer(o), use_scale_(o.flag("use_scale", false)) {}

  std::vector<WeightSpec> weights(std::span<const Shape>) const override {
    return use_scale_ ? std::vector<WeightSpec>{{"scale", {}}} : std::vector<WeightSpec>{};
  }
  void load(std::vector<Tensor> weights) override {
    if (use_scale_) scale_ = weights[0][0];
  }

 protected:
  Tensor scores(const Tensor& queries, const Tensor& keys, Context& context) const override {
    Tensor s = batch_product(queries, transposed_matrices(keys), context);
    for (float& v : s.values()) v *= scale_;
    return s;
  }
  ScoreGradient scores_vjp(const Tensor& queries, const Tensor& keys, const Tensor& d_scores,
                           Context& context) const override {
    Tensor d = d_scores.clone();
    for (float& v : d.values()) v *= scale_;
    return {batch_product(d, keys, context), batch_product(transposed_matrices(d), queries, context)};
  }

 private:
  bool use_scale_;
  float scale_ = 1;
};

/// The sum over channels of outer[c] tanh(inner (query[c] + key[c])).
class TanhAttention : public AttentionLayer {
 protected:
  explicit TanhAttention(LayerOptions& o) : AttentionLayer(o) {}

  Tensor scores(const Tensor& queries, const Tensor& keys, Context& context) const override {
    const Sizes n(queries, keys);
    Tensor s(Shape{n.count, n.queries, n.keys});
    context.pool.for_each(n.count * n.queries, [&](std::int64_t q) {
      const float* query = queries.data() + q * n.channels;
      for (std::int64_t k = 0; k < n.keys; ++k) {
        const float* key = keys.data() + (q / n.queries * n.keys + k) * n.channels;
        double sum = 0;
        for (std::int64_t c = 0; c < n.channels; ++c)
          sum += static_cast<double>(outer(c) * std::tanh(inner_ * (query[c] + key[c])));
        s[q * n.keys + k] = static_cast<float>(sum);
      }
    });
    return s;
  }

  ScoreGradient scores_vjp(const Tensor& queries, const Tensor& keys, const Tensor& d,
                           Context& context) const override {
    const Sizes n(queries, keys);
    ScoreGradient g{Tensor(queries.shape(), 0.0F), Tensor(keys.shape(), 0.0F)};
    context.pool.for_each(n.count, [&](std::int64_t i) {
      for (std::int64_t q = i * n.queries; q < (i + 1) * n.queries; ++q)
        for (std::int64_t k = i * n.keys; k < (i + 1) * n.keys; ++k)
          for (std::int64_t c = 0; c < n.channels; ++c) {
            const float t = std::tanh(inner_ * (queries[q * n.channels + c] + keys[k * n.channels + c]));
            const float slope = d[q * n.keys + k - i * n.keys] * outer(c) * inner_ * (1 - t * t);
            g.queries[q * n.channels + c] += slope;
            g.keys[k * n.channels + c] += slope;
          }
    });
    return g;
  }

  std::vector<float> outer_{1};  // one, or one per channel
  float inner_ = 1;

 private:
  struct Sizes {
    std::int64_t count, queries, keys, channels;
    Sizes(const Tensor& q, const Tensor& k)
        : count(q.shape()[0]), queries(q.shape()[1]), keys(k.shape()[1]), channels(q.shape()[2]) {}
  };
  float outer(std::int64_t c) const { return outer_[outer_.size() == 1 ? 0 : static_cast<std::size_t>(c)]; }
};

/// score_mode "concat": one factor inside tanh, one outside.
class ConcatAttention final : public TanhAttention {
 public:
  explicit ConcatAttention(LayerOptions& o) : TanhAttention(o), use_scale_(o.flag("use_scale", false)) {}

  std::vector<WeightSpec> weights(std::span<const Shape>) const override {
    std::vector<WeightSpec> specs;
    if (use_scale_) specs.push_back({"scale", {}});
    specs.push_back({"concat_score_weight", {}});
    return specs;
  }
  void load(std::vector<Tensor> weights) override {
    if (use_scale_) inner_ = weights[0][0];
    outer_ = {weights.back()[0]};
  }

 private:
  bool use_scale_;
};

class AdditiveAttention final : public TanhAttention {
 public:
  explicit AdditiveAttention(LayerOptions& o) : TanhAttention(o), use_scale_(o.flag("use_scale", true)) {}

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return use_scale_ ? std::vector<WeightSpec>{{"scale", {inputs[0].back()}}} : std::vector<WeightSpec>{};
  }
  void load(std::vector<Tensor> weights) override {
    if (use_scale_) outer_.assign(weights[0].values().begin(), weights[0].values().end());
  }

 private:
  bool use_scale_;
};

std::unique_ptr<Layer> make_attention(LayerOptions& o) {
  if (o.choice("score_mode", "dot", {"dot", "concat"}) == "concat")
    return std::make_unique<ConcatAttention>(o);
  return std::make_unique<DotAttention>(o);
}

}  // namespace

std::vector<LayerKind> attention_kinds() {
  return {{"AdditiveAttention", make<AdditiveAttention>}, {"Attention", make_attention}};
}

}  // namespace nv
