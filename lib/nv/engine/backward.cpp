// The backward pass of the engine.
#include <algorithm>
#include <cassert>

#include "nv/core/interrupt.h"
#include "nv/engine/at_layer.h"
#include "nv/engine/engine.h"

namespace nv {

namespace {

/// Sums of what arrives at the output of each node.
class Arrivals {
 public:
  explicit Arrivals(std::size_t nodes) : sums_(nodes) {}
  Tensor& operator[](std::size_t node) { return sums_[node]; }

  /// An empty tensor stands for zeros. The first of a node may share its storage with another node's, so sums
  /// are copies.
  void add(std::size_t node, const Tensor& d) {
    if (d.empty()) return;
    if (sums_[node].empty()) {
      sums_[node] = d;
      return;
    }
    Tensor sum = sums_[node].clone();
    for (std::int64_t k = 0; k < sum.size(); ++k) sum[k] += d[k];
    sums_[node] = sum;
  }
  void add(const Node& to_inputs_of, const std::vector<Tensor>& d_inputs) {
    for (std::size_t k = 0; k < d_inputs.size(); ++k)
      add(static_cast<std::size_t>(to_inputs_of.inputs[k].node), d_inputs[k]);
  }

 private:
  std::vector<Tensor> sums_;
};

/// Whether each node has one of `sources` among the nodes that it depends on.
std::vector<bool> dependents(const Model& model, std::span<const std::size_t> sources) {
  std::vector<bool> is_source(model.nodes.size(), false), depends(model.nodes.size(), false);
  for (const std::size_t i : sources) is_source[i] = true;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs) {
      const auto from = static_cast<std::size_t>(v.node);
      if (is_source[from] || depends[from]) depends[i] = true;
    }
  return depends;
}

}  // namespace

std::vector<Tensor> Engine::gradient(const Trace& trace, std::span<const Seed> seeds) {
  std::vector<std::size_t> inputs;
  for (const Port& port : model_.inputs) inputs.push_back(static_cast<std::size_t>(port.value.node));
  return backward(trace, seeds, inputs);
}

std::vector<Tensor> Engine::backward(const Trace& trace, std::span<const Seed> seeds,
                                     std::span<const std::size_t> nodes, const BackwardRule& rule) {
  const std::vector<bool> depends = dependents(model_, nodes);
  Arrivals arrived(model_.nodes.size());
  Context context{*pool_, accuracy_};
  for (std::size_t i = model_.nodes.size(); i-- > 0;) {
    check_interrupt();
    for (const Seed& seed : seeds)
      if (static_cast<std::size_t>(seed.node) == i && !seed.before_activation) arrived.add(i, seed.gradient);
    if (!arrived[i].empty()) arrived[i] = without_frozen(i, arrived[i]);
    if (!depends[i]) continue;
    const Node& node = model_.nodes[i];
    const std::vector<Tensor> inputs = inputs_of(i, trace.outputs);
    for (const Seed& seed : seeds)
      if (static_cast<std::size_t>(seed.node) == i && seed.before_activation)
        arrived.add(node, at_layer(model_, i,
                                   [&] { return activated(i).linear_vjp(inputs, seed.gradient, context); }));
    if (arrived[i].empty()) continue;
    arrived.add(node, at_layer(model_, i, [&] {
                  if (rule)
                    if (auto d = rule(i, inputs, trace.outputs[i], arrived[i], context)) return std::move(*d);
                  return structure_.nodes[i].layer->vjp(inputs, trace.outputs[i], arrived[i], context);
                }));
    if (std::ranges::find(nodes, i) == nodes.end()) arrived[i] = {};
  }
  std::vector<Tensor> result;
  for (const std::size_t node : nodes)
    result.push_back(arrived[node].empty() ? Tensor(trace.outputs[node].shape(), 0.0F) : arrived[node]);
  return result;
}

const ActivatedLayer& Engine::activated(std::size_t i) const {
  const auto* layer = dynamic_cast<const ActivatedLayer*>(structure_.nodes[i].layer.get());
  assert(layer != nullptr);
  return *layer;
}

Tensor Engine::before_activation(const Trace& trace, int node) {
  const auto i = static_cast<std::size_t>(node);
  Context context{*pool_, accuracy_};
  return at_layer(model_, i, [&] { return activated(i).linear(inputs_of(i, trace.outputs), context); });
}

}  // namespace nv
