#include "nv/analysis/mutation/graph.h"

#include <functional>

namespace nv {

namespace {

void each_value(Model& model, const std::function<void(Value&)>& change) {
  for (Node& n : model.nodes)
    for (Value& v : n.inputs) change(v);
  for (Port& p : model.inputs) change(p.value);
  for (Port& p : model.outputs) change(p.value);
}

}  // namespace

void remove_node(Model& model, std::size_t node) {
  const int gone = static_cast<int>(node);
  const Value before = model.nodes[node].inputs.at(0);
  each_value(model, [&](Value& v) {
    if (v.node == gone) v = before;
  });
  model.nodes.erase(model.nodes.begin() + gone);
  each_value(model, [&](Value& v) {
    if (v.node > gone) --v.node;
  });
}

std::size_t insert_after(Model& model, std::size_t node, int layer, const std::string& path) {
  const int at = static_cast<int>(node), added = at + 1;
  each_value(model, [&](Value& v) {
    if (v.node > at) ++v.node;
  });
  // The model's inputs stay: a port names the node that is fed.
  for (Node& n : model.nodes)
    for (Value& v : n.inputs)
      if (v.node == at) v = {added};
  for (Port& p : model.outputs)
    if (p.value.node == at) p.value = {added};
  Node call;
  call.path = path;
  call.layer = layer;
  call.inputs = {{at}};
  model.nodes.insert(model.nodes.begin() + added, std::move(call));
  return static_cast<std::size_t>(added);
}

std::vector<std::size_t> users_of(const Model& model, std::size_t node) {
  std::vector<std::size_t> users;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs)
      if (static_cast<std::size_t>(v.node) == node) users.push_back(i);
  return users;
}

}  // namespace nv
