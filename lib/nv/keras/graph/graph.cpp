#include "nv/keras/graph/graph.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"
#include "nv/keras/graph/definition.h"
#include "nv/keras/graph/execution_order.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

constexpr int most_outputs = 1000;  // of a layer

/// The calls of a functional model, numbered layer by layer. A layer that is not called (an InputLayer)
/// counts as called once.
class ModelCalls final : public CallGraph {
 public:
  explicit ModelCalls(const ModelDefinition& m) : model_(m) {
    for (std::size_t i = 0; i < m.layers.size(); ++i) {
      index_[m.layers[i].name] = static_cast<int>(i);
      first_.push_back(static_cast<int>(layer_.size()));
      layer_.insert(layer_.end(), std::max<std::size_t>(m.layers[i].calls.size(), 1), static_cast<int>(i));
    }
  }

  int calls() const override { return static_cast<int>(layer_.size()); }
  int layer(int call) const override { return layer_[static_cast<std::size_t>(call)]; }
  std::string layer_name(int call) const override { return definition(call).name; }
  std::size_t inputs(int call) const override { return references(call).size(); }
  int input(int call, std::size_t k) const override { return find(references(call)[k]); }
  std::size_t outputs() const override { return model_.outputs.size(); }
  int output(std::size_t i) const override { return find(model_.outputs[i].second); }

  const LayerDefinition& definition(int call) const {
    return model_.layers[static_cast<std::size_t>(layer(call))];
  }
  /// The inputs of a call; none for an InputLayer.
  const std::vector<TensorReference>& references(int call) const {
    static const std::vector<TensorReference> none;
    const auto& all = definition(call).calls;
    return all.empty() ? none : all[number(call)];
  }
  /// Index of a call among those of its layer.
  std::size_t number(int call) const {
    return static_cast<std::size_t>(call - first_[static_cast<std::size_t>(layer(call))]);
  }

  /// Throws Error(input) if there is no such call.
  int find(const TensorReference& r) const {
    const auto at = index_.find(r.layer);
    if (at == index_.end())
      throw_input("an edge refers to layer '{}', which is not there", shortened(one_line(r.layer), 60));
    const int first = first_[static_cast<std::size_t>(at->second)];
    const std::size_t count = std::max<std::size_t>(definition(first).calls.size(), 1);
    if (r.call < 0 || static_cast<std::size_t>(r.call) >= count)
      throw_input("an edge refers to call {} of layer '{}', which has {}", r.call,
                  shortened(one_line(r.layer), 60), count);
    return first + r.call;
  }

 private:
  const ModelDefinition& model_;
  std::map<std::string, int> index_;  // of a layer, by name
  std::vector<int> first_;            // call of each layer
  std::vector<int> layer_;            // of each call
};

// ---------------------------------------------------------------- the flat graph

class Flattener {
 public:
  explicit Flattener(Model& model) : model_(model) {}

  LayerTree define(ModelDefinition& m, const std::string& prefix, bool trainable) {
    LayerTree tree{m.name, m.kind, -1, trainable, {}, ""};
    for (LayerDefinition& l : m.layers) {
      const std::string path = one_line(prefix.empty() ? l.name : prefix + "/" + l.name);
      const bool frozen =
          l.config.is_object() && l.config.contains("trainable") && l.config["trainable"] == false;
      if (l.model) {
        tree.children.push_back(define(*l.model, path, trainable && !frozen));
        tree.children.back().name = l.name;
        tree.children.back().kind = l.kind;
        tree.children.back().shared = l.shared;
        continue;
      }
      l.layer = add_layer(path, l, trainable && !frozen);
      tree.children.push_back({l.name, l.kind, l.layer, trainable && !frozen, {}, l.shared});
    }
    return tree;
  }

  int add_layer(const std::string& path, const LayerDefinition& l, bool trainable) {
    LayerSpec spec;
    spec.path = unique(path, layer_paths_);
    spec.name = l.name;
    spec.kind = one_line(l.kind);
    spec.package = one_line(l.package);
    spec.config = Config(l.config);
    spec.trainable = trainable;
    model_.layers.push_back(std::move(spec));
    return static_cast<int>(model_.layers.size()) - 1;
  }

  /// Adds nodes for a call of a model with `inputs`, which are empty for the outermost model: its InputLayers
  /// are the inputs. Returns the model's outputs.
  std::vector<Value> call(const ModelDefinition& m, std::span<const Value> inputs) {
    check_size();
    return m.kind == "Sequential" ? call_sequential(m, inputs) : call_functional(m, inputs);
  }

 private:
  void check_size() const {
    if (model_.nodes.size() > 1'000'000) throw_input("the model has too many layers");
  }

  std::vector<Value> call_sequential(const ModelDefinition& m, std::span<const Value> inputs) {
    std::vector<Value> current(inputs.begin(), inputs.end());
    for (const LayerDefinition& l : m.layers) current = call_layer(l, current, Config(), 1);
    return current;
  }

  [[noreturn]] static void throw_bad_output(const TensorReference& r) {
    throw_input("an edge refers to output {} of layer '{}'", r.tensor, shortened(one_line(r.layer), 60));
  }

  /// Number of outputs that each call must have so that all references to it can be followed.
  static std::vector<int> outputs_taken(const ModelDefinition& m, const ModelCalls& calls,
                                        const std::vector<int>& order) {
    std::vector<int> taken(static_cast<std::size_t>(calls.calls()), 1);
    const auto take = [&](const TensorReference& r) {
      if (r.tensor < 0 || r.tensor >= most_outputs) throw_bad_output(r);
      int& n = taken[static_cast<std::size_t>(calls.find(r))];
      n = std::max(n, r.tensor + 1);
    };
    for (const int c : order)
      for (const TensorReference& r : calls.references(c)) take(r);
    for (const auto& output : m.outputs) take(output.second);
    return taken;
  }

  std::vector<Value> call_functional(const ModelDefinition& m, std::span<const Value> inputs) {
    const ModelCalls calls(m);
    const std::vector<int> order = execution_order(calls).calls;
    const std::vector<int> taken = outputs_taken(m, calls, order);
    std::vector<std::vector<Value>> results(taken.size());
    const auto value = [&](const TensorReference& r) {
      const auto& outputs = results[static_cast<std::size_t>(calls.find(r))];
      if (static_cast<std::size_t>(r.tensor) >= outputs.size()) throw_bad_output(r);
      return outputs[static_cast<std::size_t>(r.tensor)];
    };
    std::map<std::string_view, std::size_t> ports;  // index of an input, by its layer
    for (std::size_t i = 0; i < m.inputs.size(); ++i) ports.emplace(m.inputs[i].second.layer, i);
    for (const int c : order) {
      check_interrupt();
      std::vector<Value> in;
      for (const TensorReference& r : calls.references(c)) in.push_back(value(r));
      const LayerDefinition& l = calls.definition(c);
      if (in.empty() && !inputs.empty()) {  // an input of a nested model
        const auto port = ports.find(l.name);
        if (port == ports.end() || port->second >= inputs.size())
          throw_input("model '{}' is called with {} inputs, of {}", shortened(one_line(m.name), 60),
                      inputs.size(), m.inputs.size());
        in.push_back(inputs[port->second]);
      }
      const std::size_t k = calls.number(c);
      results[static_cast<std::size_t>(c)] = call_layer(
          l, in, k < l.arguments.size() ? l.arguments[k] : Config(), taken[static_cast<std::size_t>(c)]);
    }
    std::vector<Value> outputs;
    for (const auto& output : m.outputs) outputs.push_back(value(output.second));
    return outputs;
  }

  /// Adds the nodes of a call of a layer, at least `taken`: one per output.
  std::vector<Value> call_layer(const LayerDefinition& l, const std::vector<Value>& inputs,
                                const Config& arguments, int taken) {
    if (l.model) {
      // In Keras a call of a model with training=True also calls its layers so.
      const bool outer = std::exchange(training_, training_ || trains(arguments));
      std::vector<Value> outputs = call(*l.model, inputs);
      training_ = outer;
      return outputs;
    }
    check_size();
    if (inputs.empty() && l.kind != "InputLayer")
      throw_input("layer '{}' has no input", shortened(one_line(l.name), 60));
    Node node;
    node.layer = l.layer;
    node.inputs = inputs;
    node.arguments = training_ ? training(arguments) : arguments;
    node.path = model_.layers[static_cast<std::size_t>(l.layer)].path;
    if (const int k = calls_[l.layer]++; k > 0) node.path += fmt::format("#{}", k);
    const int count = std::max(taken, known_outputs(l, arguments));
    const std::string path = node.path;
    std::vector<Value> outputs;
    for (node.output = 0; node.output < count; ++node.output) {
      node.path = unique(count > 1 ? fmt::format("{}@{}", path, node.output) : path, node_paths_);
      outputs.push_back({static_cast<int>(model_.nodes.size())});
      model_.nodes.push_back(node);
    }
    return outputs;
  }

  /// Number of outputs of a call, as far as its options determine it; else 1.
  static int known_outputs(const LayerDefinition& l, const Config& arguments) {
    const auto kwargs = arguments.json().find("kwargs");
    const auto argument = [&](const char* key) {
      if (l.config.contains(key)) return l.config[key];
      return kwargs == arguments.json().end() ? Json() : kwargs->value(key, Json());
    };
    if (argument("return_attention_scores") == true) return 2;
    const Json indices = argument("indices_or_sections"), sizes = argument("num_or_size_splits");
    std::size_t n = 1;
    for (const Json& parts : {indices, sizes}) {
      if (parts.is_number_unsigned()) n = parts.get<std::size_t>();
      if (parts.is_array()) n = parts.size();
    }
    if (indices.is_array()) ++n;  // n indices make n + 1 parts
    return static_cast<int>(std::clamp<std::size_t>(n, 1, most_outputs));
  }

  /// Makes a path unique, since paths are keys: layer "b" of model "a" and a layer "a/b" beside it would have
  /// one path, as would "a#1" and the second call of "a". Later ones become "a/b_", "a/b_2".
  static std::string unique(const std::string& path, std::map<std::string, int>& taken) {
    const auto [own, fresh] = taken.try_emplace(path, 0);
    if (fresh) return path;
    while (true) {
      const int k = ++own->second;
      std::string marked = path + (k > 1 ? fmt::format("_{}", k) : "_");
      if (taken.try_emplace(marked, 0).second) return marked;
    }
  }

  static bool trains(const Config& arguments) {
    const auto kwargs = arguments.json().find("kwargs");
    return kwargs != arguments.json().end() && kwargs->value("training", Json()) == true;
  }
  /// The arguments with training=True, unless they set it.
  static Config training(const Config& arguments) {
    Json json = arguments.json();
    Json& kwargs = json["kwargs"];
    if (!kwargs.contains("training") || kwargs["training"].is_null()) kwargs["training"] = true;
    return Config(std::move(json));
  }

  Model& model_;
  std::map<int, int> calls_;                             // number of calls of each layer so far
  std::map<std::string, int> layer_paths_, node_paths_;  // how often each was marked
  bool training_ = false;                                // in a model that is called with training=True
};

/// Throws unless `json` is the description of a model whose layers are in it.
void check_model(const Json& json) {
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string() ||
      !json.contains("config"))
    throw_bad_form("no class_name and config");
  if (is_model(json)) return;
  throw Error(ErrorKind::unsupported,
              fmt::format("the model is of class '{}', a subclass of Model: only Sequential and Functional "
                          "models hold their structure in the file",
                          shortened(one_line(json["class_name"].get<std::string>()), 60)),
              "build it in Keras as a functional model, keras.Model(inputs, outputs), and save that");
}

/// Keras 3 keeps the shape of a Sequential model that was built without an InputLayer beside its layers.
void add_built_shape(const Json& config, ModelDefinition& m) {
  if (!config.is_object() || !config.contains("build_input_shape") || !config["build_input_shape"].is_array())
    return;
  LayerDefinition& first = m.layers.front();
  if (first.model || first.config.contains("batch_input_shape")) return;
  first.config["batch_input_shape"] = config["build_input_shape"];
}

/// Lists the model's inputs in the order of the configuration, which need not be that of execution.
void add_inputs(const ModelDefinition& m, Model& model) {
  std::map<int, int> node_of;  // by layer
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    if (model.nodes[i].inputs.empty()) node_of[model.nodes[i].layer] = static_cast<int>(i);
  if (m.kind == "Sequential") {
    model.inputs.push_back({m.layers.front().name, {0}});
  } else {
    std::map<std::string_view, int> layers;
    for (const LayerDefinition& l : m.layers) layers.emplace(l.name, l.layer);
    for (const auto& [name, reference] : m.inputs) {
      const auto l = layers.find(reference.layer);
      if (l == layers.end() || !node_of.contains(l->second))
        throw_input("input '{}' of the model leads nowhere", shortened(one_line(name), 60));
      model.inputs.push_back({name, {node_of[l->second]}});
    }
  }
  if (model.inputs.size() != node_of.size()) throw_input("the model's list of inputs is not complete");
}

}  // namespace

LayerTree read_graph(const Json& json, Model& model) {
  check_model(json);
  try {
    const Json& config = json["config"];
    ModelDefinition m = read_definition(json);
    add_built_shape(config, m);
    add_implied_input(m);
    model.kind = m.kind;
    model.name = m.name;
    Flattener flat(model);
    const bool frozen = config.is_object() && !config.value("trainable", true);
    LayerTree tree = flat.define(m, "", !frozen);
    const std::vector<Value> outputs = flat.call(m, {});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::string name =
          m.kind == "Functional" ? m.outputs[i].first : model.layer_of(model.node(outputs[i])).name;
      model.outputs.push_back({name, outputs[i]});
    }
    add_inputs(m, model);
    return tree;
  } catch (const Json::exception& e) {
    throw_bad_form(one_line(e.what()));
  }
}

}  // namespace nv
