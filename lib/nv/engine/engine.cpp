#include "nv/engine/engine.h"

#include <algorithm>
#include <utility>

#include "nv/core/error.h"

namespace nv {

Engine::Engine(Model model, const EngineOptions& options)
    : model_(std::move(model)),
      structure_(analyse(model_)),
      loaded_(model_.layers.size(), false),
      pool_(std::make_unique<ThreadPool>(options.threads)),
      exact_(options.exact) {}

std::vector<bool> Engine::needed(const std::vector<bool>& keep) const {
  if (keep.empty()) return std::vector<bool>(model_.nodes.size(), true);
  std::vector<bool> needed = keep;
  for (std::size_t i = model_.nodes.size(); i-- > 0;)
    if (needed[i])
      for (const Value& v : model_.nodes[i].inputs) needed[static_cast<std::size_t>(v.node)] = true;
  return needed;
}

/// Makes sure that the node can be computed and that its layer has its weights.
void Engine::prepare(std::size_t i) {
  const Node& node = model_.nodes[i];
  const auto at = static_cast<std::size_t>(node.layer);
  const LayerSpec& spec = model_.layers[at];
  const NodeStructure& s = structure_.nodes[i];
  const std::string where = fmt::format("{}: layer {} ({})", model_.file, node.path, spec.kind);
  if (!s.problem.empty())
    throw Error(s.unsupported ? ErrorKind::unsupported : ErrorKind::input, fmt::format("{}: {}", where, s.problem), s.hint);
  if (loaded_[at] || node.inputs.empty()) return;
  if (const std::string problem = weight_problem(spec, structure_.layers[at]->weights(s.inputs)); !problem.empty())
    throw_input("{}: {}", where, problem);
  std::vector<Tensor> weights;
  for (const Weight& w : spec.weights) weights.push_back(w.data->read());
  structure_.layers[at]->load(std::move(weights));
  loaded_[at] = true;
}

Tensor Engine::run_node(std::size_t i, const std::vector<Tensor>& outputs) {
  const Node& node = model_.nodes[i];
  std::vector<Tensor> inputs;
  for (const Value& v : node.inputs) {
    if (v.output != 0) throw_unsupported("{}: layer {} takes output {} of another", model_.file, node.path, v.output);
    inputs.push_back(outputs[static_cast<std::size_t>(v.node)]);
  }
  Context context{*pool_, exact_};
  try {
    return structure_.layers[static_cast<std::size_t>(node.layer)]->forward(inputs, context);
  } catch (const Error& e) {
    throw Error(e.kind(), fmt::format("{}: layer {} ({}): {}", model_.file, node.path, model_.layer_of(node).kind, e.what()), e.hint());
  }
}

Trace Engine::forward(std::span<const Tensor> inputs, const std::vector<bool>& keep) {
  const std::vector<bool> wanted = needed(keep);
  for (std::size_t i = 0; i < model_.nodes.size(); ++i)
    if (wanted[i]) prepare(i);

  std::vector<int> users(model_.nodes.size(), 0);
  for (std::size_t i = 0; i < model_.nodes.size(); ++i)
    if (wanted[i])
      for (const Value& v : model_.nodes[i].inputs) ++users[static_cast<std::size_t>(v.node)];

  Trace trace;
  trace.outputs.resize(model_.nodes.size());
  for (std::size_t p = 0; p < model_.inputs.size(); ++p)
    trace.outputs[static_cast<std::size_t>(model_.inputs[p].value.node)] = inputs[p];
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    if (!wanted[i]) continue;
    if (!model_.nodes[i].inputs.empty()) trace.outputs[i] = run_node(i, trace.outputs);
    for (const Value& v : model_.nodes[i].inputs) {
      const auto from = static_cast<std::size_t>(v.node);
      if (--users[from] == 0 && !keep.empty() && !keep[from]) trace.outputs[from] = {};
    }
  }
  if (!keep.empty())
    for (std::size_t i = 0; i < keep.size(); ++i)
      if (!keep[i]) trace.outputs[i] = {};
  return trace;
}

}  // namespace nv
