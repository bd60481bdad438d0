#include "nv/keras/write/portable.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/graph/execution_order.h"
#include "nv/keras/write/lowering.h"
#include "nv/layers/operations.h"
#include "nv/layers/registry.h"
#include "nv/layers/structure.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

[[noreturn]] void refuse(const Model& model, const LayerSpec& spec, const std::string& why) {
  throw_unsupported("{}: layer {} ({}): {}", model.file, spec.path, spec.kind, why);
}

/// Whether an option of the layer, or of a layer inside it, is the activation function `name`.
bool uses_activation(const Json& config, std::string_view name) {
  if (config.is_string()) return config.get<std::string>() == name;
  return config.is_structured() &&
         std::ranges::any_of(config, [&](const Json& value) { return uses_activation(value, name); });
}

void add_relevant_options(const LayerSpec& spec, const Origin& origin, const Config& arguments, Json& config);

/// The layer inside another (TimeDistributed), in a format that both Keras 2 and 3 take.
Json inner_layer(const Json& layer, const Origin& origin) {
  LayerSpec spec;
  spec.kind = layer.value("class_name", "");
  spec.config = Config(layer.value("config", Json::object()));
  Json config{{"name", spec.config.json().value("name", "layer")}};
  add_relevant_options(spec, origin, Config(), config);
  return Json{{"module", "keras.layers"},
              {"class_name", spec.kind},
              {"config", std::move(config)},
              {"registered_name", nullptr}};
}

/// Adds the options that are relevant, by names that both Keras 2 and 3 take.
void add_relevant_options(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                          Json& config) {
  const Json& old = spec.config.json();
  for (const std::string& key : relevant_options(spec, origin, arguments)) {
    const auto at = old.find(key);
    if (at == old.end() || at->is_null() || config.contains(key)) continue;
    // Keras 3 also takes the older name.
    const std::string name = spec.kind == "LeakyReLU" && key == "negative_slope" ? "alpha" : key;
    config[name] = spec.kind == "TimeDistributed" && key == "layer" ? inner_layer(*at, origin) : *at;
  }
  // Keras 3 takes a single axis only as a number.
  if (config.contains("axis") && config["axis"].is_array() && config["axis"].size() == 1 &&
      spec.kind == "BatchNormalization")
    config["axis"] = Json(config["axis"][0]);
}

/// A layer's configuration in a format that both Keras 2 and 3 take.
Json portable_config(const Model& model, const LayerSpec& spec, const Config& arguments,
                     const std::string& name, ModelFormat format) {
  // lowered() replaces it only if it is the layer's last step.
  if (model.origin.keras_major < 3 && uses_activation(spec.config.json(), "hard_sigmoid"))
    refuse(model, spec,
           "hard_sigmoid means another function in Keras 3 than in the version that wrote the file");
  Json config{{"name", name}};
  // In files without modules, its presence distinguishes these from operations of the same names.
  if (!spec.trainable || spec.kind == "Concatenate" || spec.kind == "Softmax")
    config["trainable"] = spec.trainable;
  if (spec.kind == "InputLayer") {
    Json shape = Json::array({nullptr});
    if (const auto declared = declared_shape(spec))
      for (std::int64_t n : *declared) shape.push_back(n == Shape::unknown ? Json(nullptr) : Json(n));
    config.erase("trainable");
    config[format == ModelFormat::h5 ? "batch_input_shape" : "batch_shape"] = shape;
    config["dtype"] = "float32";
    return config;
  }
  add_relevant_options(spec, model.origin, arguments, config);
  return config;
}

/// The nodes of a model as calls of its layers.
class NodeCalls final : public CallGraph {
 public:
  explicit NodeCalls(const Model& model) : model_(model) {}
  int calls() const override { return static_cast<int>(model_.nodes.size()); }
  int layer(int call) const override { return node(call).layer; }
  std::string layer_name(int call) const override { return model_.layer_of(node(call)).name; }
  std::size_t inputs(int call) const override { return node(call).inputs.size(); }
  int input(int call, std::size_t k) const override { return node(call).inputs[k].node; }
  std::size_t outputs() const override { return model_.outputs.size(); }
  int output(std::size_t i) const override { return model_.outputs[i].value.node; }

 private:
  const Node& node(int call) const { return model_.nodes[static_cast<std::size_t>(call)]; }

  const Model& model_;
};

/// Whether each node takes the one before it and nothing else.
bool is_chain(const Model& model) {
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const auto& inputs = model.nodes[i].inputs;
    if (i == 0 ? !inputs.empty() : inputs.size() != 1 || inputs[0].node != static_cast<int>(i) - 1)
      return false;
    if (i > 0 && model.layer_of(model.nodes[i]).kind == "InputLayer") return false;
  }
  return model.outputs.size() == 1 && model.outputs[0].value.node == static_cast<int>(model.nodes.size()) - 1;
}

class PortableWriter {
 public:
  PortableWriter(const Model& model, ModelFormat format)
      : model_(lowered(model, analyse(model))), format_(format), structure_(analyse(model_)) {}

  PortableModel run() {
    PortableModel p;
    p.sequential =
        model_.kind == "Sequential" && is_chain(model_) && model_.layers.size() == model_.nodes.size();
    // An InputLayer of a nested model passes its input on.
    bypass();
    for (int layer : execution_order(NodeCalls(flat_)).layers) p.layers.push_back(describe(layer));
    Json layers = Json::array();
    for (const PortableLayer& l : p.layers) layers.push_back(layer_json(l, p.sequential));
    Json config{{"name", safe_name(model_.name)}, {"layers", std::move(layers)}};
    if (!p.sequential) {
      config["input_layers"] = ports(flat_.inputs);
      config["output_layers"] = ports(flat_.outputs);
    }
    Json whole{{"class_name", p.sequential ? "Sequential" : "Functional"}, {"config", std::move(config)}};
    if (format_ == ModelFormat::keras) {  // Keras's reader of archives needs the module of the class
      whole["module"] = p.sequential ? "keras" : "keras.src.models.functional";
      whole["registered_name"] = whole["class_name"];
    }
    p.config = whole.dump(-1, ' ', false, Json::error_handler_t::replace);
    return p;
  }

 private:
  /// The graph without the InputLayers of nested models.
  void bypass() {
    flat_ = model_;
    const auto source = [&](Value v) {
      while (flat_.layer_of(flat_.node(v)).kind == "InputLayer" && !flat_.node(v).inputs.empty())
        v = flat_.node(v).inputs[0];
      return v;
    };
    for (Node& n : flat_.nodes)
      if (flat_.layer_of(n).kind != "InputLayer")
        for (Value& v : n.inputs) v = source(v);
    for (Port& p : flat_.outputs) p.value = source(p.value);
    std::map<int, int> calls;
    for (std::size_t i = 0; i < flat_.nodes.size(); ++i) {
      int& next = calls[flat_.nodes[i].layer];
      call_[static_cast<int>(i)] = flat_.nodes[i].output == 0 ? next++ : next - 1;
    }
  }

  std::string safe_name(const std::string& name) const {
    std::string safe = valid_utf8(name);
    std::ranges::replace(safe, '/', '_');
    if (safe == ".") safe = "_";  // in HDF5 the group itself
    return safe.empty() ? "model" : safe;
  }

  PortableLayer describe(int layer) {
    const LayerSpec& spec = flat_.layers[static_cast<std::size_t>(layer)];
    PortableLayer p;
    p.layer = layer;
    p.name = safe_name(spec.path);
    p.kind = spec.kind;
    while (!names_.insert(p.name).second) p.name += "_";
    name_of_[layer] = p.name;
    const auto node = std::ranges::find(flat_.nodes, layer, &Node::layer) - flat_.nodes.begin();
    const NodeStructure& s = structure_.nodes[static_cast<std::size_t>(node)];
    if (!s.problem.empty()) refuse(model_, spec, s.problem);
    if (!s.output) refuse(model_, spec, "a layer before it has no shape");
    if (spec.kind == "InputLayer") return p;
    p.operation = is_operation(spec, flat_.origin, flat_.nodes[static_cast<std::size_t>(node)].arguments);
    p.weights = spec.weights;
    const auto expected = expected_weights(s);
    if (const std::string problem = weight_problem(spec, expected); !problem.empty())
      throw_input("{}: layer {} ({}): {}", model_.file, spec.path, spec.kind, problem);
    for (const WeightSpec& w : expected) p.weight_names.push_back(w.name);
    return p;
  }

  Json reference(Value v) const {
    return Json::array({name_of_.at(flat_.node(v).layer), call_.at(v.node), flat_.node(v).output});
  }

  Json ports(const std::vector<Port>& ports) const {
    Json list = Json::array();
    for (const Port& p : ports) list.push_back(reference(p.value));
    return list;
  }

  Json layer_json(const PortableLayer& l, bool sequential) const {
    const LayerSpec& spec = flat_.layers[static_cast<std::size_t>(l.layer)];
    const auto first = std::ranges::find(flat_.nodes, l.layer, &Node::layer);
    if (l.operation) return operation_json(spec, *first, l);
    Json json{{"class_name", l.kind},
              {"config", portable_config(model_, spec, first->arguments, l.name, format_)}};
    if (const std::string module = module_of(l.kind); needs_module(json["config"], module)) {
      json["module"] = module;
      json["registered_name"] = nullptr;
    }
    if (sequential) return json;
    json["name"] = l.name;
    json["inbound_nodes"] = Json::array();
    for (const Node& n : flat_.nodes)
      if (n.layer == l.layer && n.output == 0 && !n.inputs.empty())
        json["inbound_nodes"].push_back(call_json(n));
    return json;
  }

  /// The module of a class in Keras 3.
  static std::string module_of(const std::string& kind) {
    if (kind == "LayerScale") return "keras.src.applications.convnext";
    if (kind == "CustomScaleLayer") return "keras.src.applications.inception_resnet_v2";
    return "keras.layers";
  }

  /// Without a module Keras 3 takes a layer's description for one of Keras 2, which tf_keras can read too.
  /// But then it drops lists of axes, and finds only classes in keras.layers.
  bool needs_module(const Json& config, const std::string& module) const {
    return format_ == ModelFormat::keras || module != "keras.layers" ||
           (config.contains("axis") && config["axis"].is_array());
  }

  Json operation_json(const LayerSpec& spec, const Node& node, const PortableLayer& l) const {
    const auto at = static_cast<std::size_t>(&node - flat_.nodes.data());
    const PortableOperation op = portable_operation(spec, node.arguments, structure_.nodes[at].inputs);
    if (op.module.empty()) refuse(model_, spec, "Keras 3 has no such operation");
    Json config = op.options.json();
    config["name"] = l.name;
    Node call = node;
    call.arguments = op.arguments;
    return Json{{"module", op.module},
                {"class_name", op.kind},
                {"config", std::move(config)},
                {"registered_name", op.kind},
                {"name", l.name},
                {"inbound_nodes", Json::array({keras3_call(call, op.arguments.json()["args"])})}};
  }

  /// A call in the format of Keras 2, which is a list of edges [layer, call, output, keyword arguments],
  /// unless only that of Keras 3 can express it.
  Json call_json(const Node& node) const {
    const Json& call = node.arguments.json();
    const Json args = call.is_object() ? call.value("args", Json::array()) : Json::array();
    Json kwargs = call.is_object() ? call.value("kwargs", Json::object()) : Json::object();
    kwargs.erase("training");  // has no meaning in a prediction
    std::size_t named = 0;
    kwargs = with_edges(node, kwargs, named);
    if (args.size() > 1 || named > 0) return keras3_call(node, args);
    Json edges = Json::array();
    for (std::size_t i = 0; i < node.inputs.size() - named; ++i) {
      edges.push_back(reference(node.inputs[i]));
      edges.back().push_back(kwargs);
    }
    return edges;
  }

  /// `value` with its placeholders of inputs replaced by edges; adds their number to `count`.
  Json with_edges(const Node& node, const Json& value, std::size_t& count) const {
    if (value.is_object() && value.contains("__input__")) {
      ++count;
      return reference(node.inputs.at(value["__input__"].get<std::size_t>()));
    }
    if (!value.is_structured()) return value;
    Json result = value;
    for (auto& item : result) item = with_edges(node, item, count);
    return result;
  }

  Json shape_json(const Value& v) const {
    Json shape = Json::array({nullptr});
    if (const auto& output = structure_.nodes[static_cast<std::size_t>(v.node)].output)
      for (std::int64_t n : *output) shape.push_back(n == Shape::unknown ? Json(nullptr) : Json(n));
    return shape;
  }

  /// A call in the format of Keras 3, which can have several arguments and tensors by name.
  Json keras3_call(const Node& node, const Json& args) const {
    const auto tensors = [&](const auto& self, const Json& value) -> Json {
      if (value.is_object() && value.contains("__input__")) {
        const Value v = node.inputs.at(value["__input__"].get<std::size_t>());
        return Json{
            {"class_name", "__keras_tensor__"},
            {"config", {{"shape", shape_json(v)}, {"dtype", "float32"}, {"keras_history", reference(v)}}}};
      }
      if (!value.is_structured()) return value;
      Json result = value;
      for (auto& item : result) item = self(self, item);
      return result;
    };
    Json kwargs = node.arguments.json().value("kwargs", Json::object());
    kwargs.erase("training");
    return Json{{"args", tensors(tensors, args)}, {"kwargs", tensors(tensors, kwargs)}};
  }

  Model model_;
  ModelFormat format_;
  Structure structure_;
  Model flat_;
  std::map<int, int> call_;             // index of each node among the calls of its layer
  std::map<int, std::string> name_of_;  // by layer
  std::set<std::string> names_;
};

}  // namespace

PortableModel make_portable(const Model& model, ModelFormat format) {
  return PortableWriter(model, format).run();
}

}  // namespace nv
