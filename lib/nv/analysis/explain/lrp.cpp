// Layer-wise relevance propagation: the epsilon rule everywhere, and the composite of Kohlbrenner 2020. A
// rule is a function from the relevance of a layer's output to that of its inputs.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "nv/analysis/explain/list.h"
#include "nv/analysis/explain/versions.h"
#include "nv/layers/registry.h"

namespace nv::explain {

namespace {

constexpr float epsilon = 1e-6F;

float stabilised(float z) {
  return z >= 0 ? z + epsilon : z - epsilon;
}

/// R / (z + epsilon sign z), element by element.
Tensor quotient(const Tensor& relevance, const Tensor& z) {
  Tensor s(z.shape());
  for (std::int64_t k = 0; k < s.size(); ++k) s[k] = relevance[k] / stabilised(z[k]);
  return s;
}

/// Adds x * d to `sum`; d may be empty (zeros).
void add_product(Tensor& sum, const Tensor& x, const Tensor& d) {
  if (d.empty()) return;
  for (std::int64_t k = 0; k < sum.size(); ++k) sum[k] += x[k] * d[k];
}

Tensor part(const Tensor& x, float (*of)(float)) {
  Tensor result(x.shape());
  std::ranges::transform(x.values(), result.data(), of);
  return result;
}
float positive(float v) {
  return std::max(v, 0.0F);
}
float negative(float v) {
  return std::min(v, 0.0F);
}
float one(float) {
  return 1;
}

/// Copies of a linear layer without bias, whose kernels are replaced by parts of them.
class SignedLayers {
 public:
  SignedLayers(const Model& model, const NodeStructure& structure, const Node& node) {
    const std::vector<WeightSpec> specs = expected_weights(structure);
    std::vector<Tensor> weights;
    for (const Weight& w : model.layer_of(node).weights) weights.push_back(w.data->read());
    std::size_t kernels = 0;
    for (const WeightSpec& spec : specs) kernels += is_kernel(spec) ? 1U : 0U;
    // The product of the kernels is positive where an even number of them is negative.
    for (std::size_t signs = 0; signs < (std::size_t{1} << kernels); ++signs) {
      const bool even = __builtin_popcountll(signs) % 2 == 0;
      (even ? positive_ : negative_).push_back(copy(model, node, specs, weights, [&](std::size_t kernel) {
        return ((signs >> kernel) & 1U) == 0 ? positive : negative;
      }));
    }
    ones_ = copy(model, node, specs, weights, [](std::size_t) { return one; });
  }

  using Layers = std::vector<std::unique_ptr<Layer>>;
  const Layers& positive_part() const { return positive_; }
  const Layers& negative_part() const { return negative_; }
  const Layer& ones() const { return *ones_; }

 private:
  static bool is_kernel(const WeightSpec& spec) { return spec.name.find("bias") == std::string::npos; }

  template <typename PartOf>
  static std::unique_ptr<Layer> copy(const Model& model, const Node& node,
                                     const std::vector<WeightSpec>& specs, const std::vector<Tensor>& weights,
                                     const PartOf& part_of) {
    std::unique_ptr<Layer> layer =
        make_layer(model.layer_of(node), model.origin, node.arguments, node.output);
    std::vector<Tensor> parts;
    std::size_t kernel = 0;
    for (std::size_t w = 0; w < weights.size(); ++w)
      parts.push_back(is_kernel(specs[w]) ? part(weights[w], part_of(kernel++))
                                          : Tensor(weights[w].shape(), 0.0F));
    layer->load(std::move(parts));
    return layer;
  }

  Layers positive_, negative_;
  std::unique_ptr<Layer> ones_;
};

/// Cotangents of a linear layer whose output is scaled: those where the scale is positive, and the others.
struct Scaled {
  Tensor rising, falling;
};

/// A node that is a linear function of its input with weights, and what normalises its output.
struct LinearNode {
  std::optional<std::size_t> normalised_by;  ///< BatchNormalization that is merged into it
  bool convolution = false;
  bool first = false;  ///< no other linear node is between it and the model's inputs
};

/// Finds the linear nodes of a model.
std::map<std::size_t, LinearNode> linear_nodes(const Model& model, const Structure& structure) {
  std::map<std::size_t, LinearNode> linear;
  std::vector<bool> behind_linear(model.nodes.size(), false);
  std::vector<std::vector<std::size_t>> users(model.nodes.size());
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs) users[static_cast<std::size_t>(v.node)].push_back(i);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    for (const Value& v : model.nodes[i].inputs)
      if (behind_linear[static_cast<std::size_t>(v.node)]) behind_linear[i] = true;
    const auto* layer = dynamic_cast<const ActivatedLayer*>(structure.nodes[i].layer.get());
    if (layer == nullptr) continue;
    LinearNode& node = linear[i];
    node.convolution = model.layer_of(model.nodes[i]).kind.find("Conv") != std::string::npos;
    node.first = !behind_linear[i];
    behind_linear[i] = true;
    if (layer->activation() == "linear" && users[i].size() == 1 &&
        model.layer_of(model.nodes[users[i][0]]).kind == "BatchNormalization")
      node.normalised_by = users[i][0];
  }
  return linear;
}

/// Layers that only select, move or copy values: relevance goes to where a value came from.
bool moves_values(const std::string& kind) {
  static constexpr std::string_view kinds[] = {"Flatten",          "Reshape",        "Permute",
                                               "ZeroPadding",      "Cropping",       "MaxPooling",
                                               "GlobalMaxPooling", "Concatenate",    "Dropout",
                                               "RepeatVector",     "Maximum",        "Minimum",
                                               "GaussianNoise",    "SpatialDropout", "UpSampling",
                                               "GaussianDropout",  "AlphaDropout",   "ActivityRegularization",
                                               "MaxPool",          "GlobalMaxPool"};
  return std::ranges::any_of(kinds, [&](std::string_view k) { return kind.starts_with(k); });
}

/// Relevance propagation through one model.
class Propagation {
 public:
  Propagation(Engine& engine, bool composite)
      : engine_(engine), composite_(composite), linear_(linear_nodes(engine.model(), engine.structure())) {
    for (const auto& [node, l] : linear_)
      if (l.normalised_by) merged_[*l.normalised_by] = node;
  }

  std::optional<std::vector<Tensor>> pass(std::size_t node, std::span<const Tensor> inputs,
                                          const Tensor& output, const Tensor& relevance, Context& context) {
    const Layer& layer = *engine_.structure().nodes[node].layer;
    const std::string& kind = engine_.model().layer_of(engine_.model().nodes[node]).kind;
    // The linear layer before it uses the relevance as that of the normalised output.
    if (merged_.contains(node)) {
      normalised_[merged_[node]] = {inputs[0], output};
      return std::vector{relevance};
    }
    if (const auto found = linear_.find(node); found != linear_.end())
      return std::vector{linear(node, found->second, inputs[0], relevance, context)};
    if (moves_values(kind)) return std::nullopt;
    if (inputs.size() == 1 && (!layer.activation().empty() || is_elementwise(kind)))
      return std::vector{relevance.reshaped(inputs[0].shape())};
    return by_epsilon(inputs, layer.vjp(inputs, output, quotient(relevance, output), context));
  }

 private:
  static bool is_elementwise(const std::string& kind) {
    return kind == "BatchNormalization" || kind == "Rescaling" || kind == "Normalization";
  }

  static std::vector<Tensor> by_epsilon(std::span<const Tensor> inputs, const std::vector<Tensor>& d) {
    std::vector<Tensor> result;
    for (std::size_t k = 0; k < d.size(); ++k) {
      result.emplace_back(inputs[k].shape(), 0.0F);
      add_product(result.back(), inputs[k], d[k]);
    }
    return result;
  }

  Tensor linear(std::size_t node, const LinearNode& l, const Tensor& x, const Tensor& relevance,
                Context& context) {
    if (composite_ && l.first) return flat(node, x, relevance, context);
    if (composite_ && l.convolution) return z_plus(node, l, x, relevance, context);
    const auto& layer = dynamic_cast<const ActivatedLayer&>(*engine_.structure().nodes[node].layer);
    const Tensor* inputs = &x;
    Tensor d;
    if (l.normalised_by) {
      const auto& [before, after] = normalised_.at(node);
      d = quotient(relevance, after);
      d = engine_.structure().nodes[*l.normalised_by].layer->vjp({&before, 1}, after, d, context)[0];
    } else {
      d = quotient(relevance, layer.linear({inputs, 1}, context));
    }
    return by_epsilon({inputs, 1}, layer.linear_vjp({inputs, 1}, d, context))[0];
  }

  static const ActivatedLayer& activated(const Layer& layer) {
    return dynamic_cast<const ActivatedLayer&>(layer);
  }

  /// Every value that an output sees gets the same.
  Tensor flat(std::size_t node, const Tensor& x, const Tensor& relevance, Context& context) {
    const ActivatedLayer& layer = activated(parts(node).ones());
    const Tensor all(x.shape(), 1.0F);
    const Tensor s = quotient(relevance, layer.linear({&all, 1}, context));
    return layer.linear_vjp({&all, 1}, s, context)[0];
  }

  /// Only positive contributions, x+ w+ and x- w-, count.
  Tensor z_plus(std::size_t node, const LinearNode& l, const Tensor& x, const Tensor& relevance,
                Context& context) {
    const SignedLayers& layers = parts(node);
    const Tensor up = part(x, positive), down = part(x, negative);
    const Tensor scale = scale_of(node, l, context);
    Tensor rising = sum(layers.positive_part(), up, context);
    add(rising, sum(layers.negative_part(), down, context));
    if (scale.empty()) return contributions(layers, up, down, {quotient(relevance, rising), {}}, context);
    // Where BatchNormalization changes the sign, the other parts are the positive ones.
    Tensor falling = sum(layers.negative_part(), up, context);
    add(falling, sum(layers.positive_part(), down, context));
    Scaled d{Tensor(rising.shape(), 0.0F), Tensor(rising.shape(), 0.0F)};
    for (std::int64_t k = 0; k < rising.size(); ++k) {
      const float factor = scale[k % scale.size()];
      const float z = factor * (factor > 0 ? rising[k] : falling[k]);
      (factor > 0 ? d.rising : d.falling)[k] = factor * relevance[k] / stabilised(z);
    }
    return contributions(layers, up, down, d, context);
  }

  Tensor contributions(const SignedLayers& layers, const Tensor& up, const Tensor& down, const Scaled& d,
                       Context& context) const {
    Tensor result(up.shape(), 0.0F);
    const auto spread = [&](const SignedLayers::Layers& some, const Tensor& x, const Tensor& cotangent) {
      if (cotangent.empty()) return;
      for (const auto& layer : some)
        add_product(result, x, activated(*layer).linear_vjp({&x, 1}, cotangent, context)[0]);
    };
    spread(layers.positive_part(), up, d.rising);
    spread(layers.negative_part(), down, d.rising);
    spread(layers.negative_part(), up, d.falling);
    spread(layers.positive_part(), down, d.falling);
    return result;
  }

  /// What BatchNormalization multiplies each channel with; empty if there is none.
  Tensor scale_of(std::size_t node, const LinearNode& l, Context& context) const {
    if (!l.normalised_by) return {};
    const Tensor& before = normalised_.at(node).first;
    const std::vector<std::int64_t> one_position = [&] {
      std::vector<std::int64_t> axes(static_cast<std::size_t>(before.shape().rank()), 1);
      axes.back() = before.shape().back();
      return axes;
    }();
    const Tensor zeros(Shape(one_position), 0.0F), ones(Shape(one_position), 1.0F);
    const Layer& layer = *engine_.structure().nodes[*l.normalised_by].layer;
    Tensor scale = layer.vjp({&zeros, 1}, zeros, ones, context)[0];
    return scale.reshaped(Shape{scale.size()});
  }

  static Tensor sum(const SignedLayers::Layers& layers, const Tensor& x, Context& context) {
    Tensor total;
    for (const auto& layer : layers) {
      Tensor y = activated(*layer).linear({&x, 1}, context);
      if (total.empty())
        total = y;
      else
        add(total, y);
    }
    return total;
  }
  static void add(Tensor& sum, const Tensor& more) {
    for (std::int64_t k = 0; k < sum.size(); ++k) sum[k] += more[k];
  }

  const SignedLayers& parts(std::size_t node) {
    const Model& model = engine_.model();
    const auto found =
        parts_.try_emplace(node, model, engine_.structure().nodes[node], model.nodes[node]).first;
    return found->second;
  }

  Engine& engine_;
  bool composite_;
  std::map<std::size_t, LinearNode> linear_;
  std::map<std::size_t, std::size_t> merged_;                    ///< BatchNormalization -> its linear node
  std::map<std::size_t, std::pair<Tensor, Tensor>> normalised_;  ///< by linear node: its output, normalised
  std::map<std::size_t, SignedLayers> parts_;
};

/// The relevance at the logits: the scalar itself, at the numbers that it is made of.
std::vector<Seed> relevance_seeds(const Task& task, const Trace& trace) {
  std::vector<Seed> seeds = task.scalar.seeds(task.engine, trace, task.rows);
  for (Seed& seed : seeds) {
    const Tensor values = seed.before_activation ? task.engine.before_activation(trace, seed.node)
                                                 : trace.outputs[static_cast<std::size_t>(seed.node)];
    for (std::int64_t k = 0; k < seed.gradient.size(); ++k) seed.gradient[k] *= values[k];
    seed.before_activation = false;  // the rules of linear layers begin before their activation function
  }
  return seeds;
}

std::vector<Explanation> run(const Task& task, bool composite) {
  Engine& engine = task.engine;
  const Trace trace = engine.forward(task.inputs);
  Propagation propagation(engine, composite);
  std::vector<std::size_t> nodes;
  for (const Port& port : engine.model().inputs) nodes.push_back(static_cast<std::size_t>(port.value.node));
  const BackwardRule rule = [&](std::size_t node, std::span<const Tensor> inputs, const Tensor& output,
                                const Tensor& d, Context& context) {
    return propagation.pass(node, inputs, output, d, context);
  };
  std::vector<Explanation> explanations =
      split_items(engine.backward(trace, relevance_seeds(task, trace), nodes, rule), task.size());
  const std::vector<double> values = task.scalar.values(engine, trace, task.rows);
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    double sum = 0;
    for (const Tensor& map : explanations[i].maps)
      for (const float v : map.values()) sum += static_cast<double>(v);
    explanations[i].conservation = sum / values[i];
  }
  return explanations;
}

std::vector<Explanation> run_epsilon(const Task& task) {
  return run(task, false);
}
std::vector<Explanation> run_composite(const Task& task) {
  return run(task, true);
}

}  // namespace

Method lrp_epsilon() {
  return make_method("lrp-epsilon",
                     "relevance of the class passed back layer by layer, in proportion to contributions",
                     "Bach 2015, PLoS ONE 10(7)", run_epsilon);
}

Method lrp() {
  return make_method(
      "lrp", "relevance by a rule per kind of layer: first flat, convolutions z+, dense layers epsilon",
      "Kohlbrenner 2020, arXiv:1910.09840", run_composite);
}

}  // namespace nv::explain
