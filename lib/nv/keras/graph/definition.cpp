#include "nv/keras/graph/definition.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

constexpr int most_nesting = 64;  // models in models; no real model is deeper

// ---------------------------------------------------------------- edges

TensorReference reference_from_list(const Json& j) {
  if (j.size() < 3 || !j[0].is_string() || !j[1].is_number_integer() || !j[2].is_number_integer())
    throw_bad_form("an edge");
  return {j[0].get<std::string>(), j[1].get<int>(), j[2].get<int>()};
}

/// Placeholder for input `k` of a call in Node::arguments.
Json placeholder(std::size_t k) {
  return Json{{"__input__", k}};
}

void check_nesting(int nesting) {
  if (nesting > most_nesting) throw_bad_form("an argument nested too deeply");
}

bool is_edge(const Json& j) {
  return j.is_array() && j.size() >= 3 && j[0].is_string() && j[1].is_number_integer() &&
         j[2].is_number_integer() && j[0] != "_CONSTANT_VALUE";
}

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& item : object.items()) keys.push_back(item.key());
  return keys;
}

std::vector<std::string> sorted(std::vector<std::string> keys) {
  std::ranges::sort(keys);
  return keys;
}

/// An argument of a call with placeholders for its tensors (Keras 3 objects, Keras 2 edges, or nested lists
/// of either), which are appended to `inputs` in order.
Json read_argument(const Json& j, std::vector<TensorReference>& inputs, int nesting = 0) {
  check_nesting(nesting);
  if (j.is_object()) {
    if (j.value("class_name", "") == "__keras_tensor__") {
      inputs.push_back(reference_from_list(j.at("config").at("keras_history")));
      return placeholder(inputs.size() - 1);
    }
    Json result = Json::object();
    // Keras takes a dictionary of tensors in sorted order; the outermost object holds the keyword arguments.
    for (const std::string& key : nesting == 0 ? keys_of(j) : sorted(keys_of(j)))
      result[key] = read_argument(j[key], inputs, nesting + 1);
    return result;
  }
  if (!j.is_array()) return j;
  if (is_edge(j)) {
    inputs.push_back(reference_from_list(j));
    return placeholder(inputs.size() - 1);
  }
  Json result = Json::array();
  for (const Json& item : j) result.push_back(read_argument(item, inputs, nesting + 1));
  return result;
}

/// The first argument of a call in the format of Keras 2: an edge [layer, call, tensor, kwargs], a constant
/// ["_CONSTANT_VALUE", -1, value, kwargs], or a list or dictionary of such. Each of them repeats the call's
/// `kwargs`.
Json read_first_argument(const Json& j, std::vector<TensorReference>& inputs, Json& kwargs, int nesting = 0) {
  check_nesting(nesting);
  const bool constant = j.is_array() && j.size() >= 3 && j[0] == "_CONSTANT_VALUE";
  if (constant || is_edge(j)) {
    if (j.size() > 3) kwargs = j[3];
    return constant ? j[2] : read_argument(j, inputs);
  }
  if (j.is_object()) {
    Json result = Json::object();
    for (const std::string& key : sorted(keys_of(j)))
      result[key] = read_first_argument(j[key], inputs, kwargs, nesting + 1);
    return result;
  }
  if (!j.is_array()) return j;
  Json list = Json::array();
  for (const Json& item : j) list.push_back(read_first_argument(item, inputs, kwargs, nesting + 1));
  return list;
}

void read_calls(const Json& inbound, LayerDefinition& layer) {
  if (!inbound.is_array()) return;
  for (const Json& call : inbound) {
    std::vector<TensorReference> inputs;
    Json args = Json::array(), kwargs = Json::object();
    const bool keras3 = call.is_object() && (call.contains("args") || call.contains("kwargs"));
    layer.keras3 = layer.keras3 || keras3;
    if (keras3) {
      args = read_argument(call.value("args", Json::array()), inputs);
      kwargs = read_argument(call.value("kwargs", Json::object()), inputs);
    } else {
      Json first = read_first_argument(call, inputs, kwargs);
      // A single tensor is written as a list of one.
      if (first.is_array() && first.size() == 1 && inputs.size() == 1)
        args.push_back(first[0]);
      else
        args.push_back(std::move(first));
      kwargs = read_argument(kwargs, inputs);
    }
    layer.calls.push_back(std::move(inputs));
    layer.arguments.emplace_back(Json{{"args", std::move(args)}, {"kwargs", std::move(kwargs)}});
  }
}

/// `input_layers` or `output_layers`: ["a", 0, 0], a list of such, or a dictionary of such, in sorted order.
std::vector<std::pair<std::string, TensorReference>> read_ports(const Json& j) {
  std::vector<std::pair<std::string, TensorReference>> ports;
  if (j.is_object()) {
    std::map<std::string, TensorReference> sorted;
    for (const auto& [key, value] : j.items()) sorted[key] = reference_from_list(value);
    ports.assign(sorted.begin(), sorted.end());
    return ports;
  }
  std::vector<TensorReference> list;
  read_argument(j, list);
  for (TensorReference& r : list) {
    std::string name = r.layer;
    ports.emplace_back(std::move(name), std::move(r));
  }
  return ports;
}

// ---------------------------------------------------------------- layers and models

ModelDefinition read_model(const Json& j, int nesting);

LayerDefinition read_layer(const Json& j, int nesting) {
  if (!j.is_object() || !j.contains("class_name") || !j["class_name"].is_string())
    throw_bad_form("a layer without a class");
  LayerDefinition l;
  l.kind = j["class_name"].get<std::string>();
  // "package>Class" is how custom classes are registered, and how tf.keras registers some of its own.
  if (const auto at = l.kind.rfind('>'); at != std::string::npos) {
    l.package = l.kind.substr(0, at);
    l.kind = l.kind.substr(at + 1);
  } else if (j.contains("module") && j["module"].is_string()) {
    const auto module = j["module"].get<std::string>();
    const bool own =
        module.starts_with("keras") || module.starts_with("tf_keras") || module.starts_with("tensorflow");
    if (!own) l.package = module;
  } else if (j.contains("registered_name") && j["registered_name"].is_string()) {
    const auto name = j["registered_name"].get<std::string>();
    if (const auto end = name.rfind('>'); end != std::string::npos) l.package = name.substr(0, end);
  }
  l.config = j.value("config", Json::object());
  if (const auto id = j.find("shared_object_id"); id != j.end() && id->is_number()) l.shared = id->dump();
  if (is_model(j)) {
    l.model = std::make_shared<ModelDefinition>(read_model(j, nesting + 1));
    l.name = j.value("name", l.model->name);
  } else {
    if (!l.config.is_object()) throw_bad_form("a layer's configuration");
    l.name = j.contains("name") && j["name"].is_string() ? j["name"].get<std::string>()
                                                         : l.config.value("name", "");
  }
  if (l.name.empty()) throw_bad_form("a layer without a name");
  if (j.contains("inbound_nodes")) read_calls(j["inbound_nodes"], l);
  return l;
}

/// tf.keras numbers the calls of a nested functional model from 1, since its construction counts as call 0;
/// Keras 3 does so only in the list of outputs. Renumbers all references to such models from 0.
void renumber_model_calls(ModelDefinition& m) {
  struct Nested {
    const LayerDefinition* layer;
    int last = 0;  // highest call that is referred to
    bool output_from_0 = false;
  };
  std::map<std::string_view, Nested> nested;
  for (const LayerDefinition& l : m.layers)
    if (l.model && !l.calls.empty()) nested.emplace(l.name, Nested{&l});
  if (nested.empty()) return;
  const auto for_references = [&](const auto& visit) {
    const auto look_up = [&](TensorReference& r, bool output) {
      if (const auto at = nested.find(r.layer); at != nested.end()) visit(r, at->second, output);
    };
    for (LayerDefinition& l : m.layers)
      for (auto& call : l.calls)
        for (TensorReference& r : call) look_up(r, false);
    for (auto& output : m.outputs) look_up(output.second, true);
  };
  for_references([](const TensorReference& r, Nested& n, bool output) {
    n.last = std::max(n.last, r.call);
    n.output_from_0 = n.output_from_0 || (output && r.call == 0);
  });
  for_references([](TensorReference& r, const Nested& n, bool output) {
    if (n.layer->keras3)
      r.call -= output && !n.output_from_0 && n.layer->model->kind != "Sequential" ? 1 : 0;
    else if (n.last == static_cast<int>(n.layer->calls.size()))
      r.call -= r.call > 0 ? 1 : 0;
  });
}

ModelDefinition read_model(const Json& j, int nesting) {
  if (nesting > most_nesting) throw_bad_form("models nested too deeply");
  ModelDefinition m;
  const Json& config = j.at("config");
  const bool sequential = j["class_name"] == "Sequential";
  m.kind = sequential ? "Sequential" : "Functional";
  m.name = config.is_object() ? config.value("name", "") : "";
  if (m.name.empty()) m.name = sequential ? "sequential" : "model";
  const Json& layers = config.is_array() ? config : config.at("layers");  // a bare list up to Keras 2.2.2
  if (!layers.is_array()) throw_bad_form("its list of layers");
  std::set<std::string> names;
  for (const Json& layer : layers) {
    check_interrupt();
    m.layers.push_back(read_layer(layer, nesting));
    if (!names.insert(m.layers.back().name).second)
      throw_bad_form("two layers named " + shortened(one_line(m.layers.back().name), 60));
  }
  if (m.layers.empty()) throw_input("the model has no layers");
  if (!sequential) {
    m.inputs = read_ports(config.at("input_layers"));
    m.outputs = read_ports(config.at("output_layers"));
    if (m.outputs.empty()) throw_input("the model has no outputs");
    renumber_model_calls(m);
  }
  return m;
}

/// The batch shape that the first layer of a model without an InputLayer declares; null if it declares none.
Json implied_input_shape(const LayerDefinition& first) {
  if (first.model) {
    if (first.model->kind == "Sequential" || first.model->inputs.empty())
      return implied_input_shape(first.model->layers.front());
    for (const LayerDefinition& l : first.model->layers)
      if (l.name == first.model->inputs.front().second.layer) return implied_input_shape(l);
    return nullptr;
  }
  for (const char* key : {"batch_shape", "batch_input_shape"})
    if (first.config.contains(key) && first.config[key].is_array()) return first.config[key];
  Json shape = Json::array({nullptr});
  if (const auto at = first.config.find("input_shape"); at != first.config.end() && at->is_array()) {
    for (const Json& axis : *at) shape.push_back(axis);
    return shape;
  }
  if (const auto at = first.config.find("input_dim");
      first.kind == "Dense" && at != first.config.end() && at->is_number_integer()) {
    shape.push_back(*at);
    return shape;
  }
  return nullptr;
}

}  // namespace

void throw_bad_form(const std::string& what) {
  throw_input("its model configuration has an unexpected form: {}", what);
}

bool is_model(const Json& layer) {
  const std::string kind = layer.value("class_name", "");
  if (kind == "Sequential" || kind == "Model" || kind == "Functional") return true;
  // A subclass that was saved as a functional model keeps its own name.
  const auto config = layer.find("config");
  return config != layer.end() && config->is_object() && config->contains("layers") &&
         config->contains("output_layers");
}

ModelDefinition read_definition(const Json& model) {
  return read_model(model, 0);
}

void add_implied_input(ModelDefinition& m) {
  if (m.kind != "Sequential" || m.layers.front().kind == "InputLayer") return;
  LayerDefinition input;
  input.name = m.layers.front().name + "_input";
  input.kind = "InputLayer";
  input.config = Json{{"name", input.name}};
  if (const Json shape = implied_input_shape(m.layers.front()); !shape.is_null())
    input.config["batch_shape"] = shape;
  m.layers.insert(m.layers.begin(), std::move(input));
}

}  // namespace nv
