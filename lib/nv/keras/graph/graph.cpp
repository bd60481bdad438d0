#include "nv/keras/graph/graph.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

constexpr int most_nesting = 64;    // models in models; a deeper file is not meant to be read
constexpr int most_outputs = 1000;  // of a layer

/// "the output `tensor` of call `call` of layer `layer`", as Keras writes edges.
struct Reference {
  std::string layer;
  int call = 0;
  int tensor = 0;
};

struct ModelDefinition;

struct LayerDefinition {
  std::string name, kind, package;
  Json config;
  std::vector<std::vector<Reference>> calls;  // the inputs of each call
  std::vector<Config> arguments;              // of each call, as Node::arguments
  bool keras3 = false;                        // its calls are written as Keras 3 does it
  std::shared_ptr<ModelDefinition> model;     // set for a nested model
  int layer = -1;                             // index into Model::layers
  std::string shared;                         // as LayerTree::shared
};

struct ModelDefinition {
  std::string name, kind;
  std::vector<LayerDefinition> layers;
  std::vector<std::pair<std::string, Reference>> inputs, outputs;  // of a functional model, by port name
};

[[noreturn]] void bad_form(const std::string& what) {
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

// ---------------------------------------------------------------- edges

Reference reference_from_list(const Json& j) {
  if (j.size() < 3 || !j[0].is_string() || !j[1].is_number_integer() || !j[2].is_number_integer())
    bad_form("an edge");
  return {j[0].get<std::string>(), j[1].get<int>(), j[2].get<int>()};
}

/// Stands for input `k` of the call in Node::arguments.
Json placeholder(std::size_t k) {
  return Json{{"__input__", k}};
}

void check_nesting(int nesting) {
  if (nesting > most_nesting) bad_form("an argument nested too deeply");
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
/// of either), which are added to `inputs` in order.
Json read_argument(const Json& j, std::vector<Reference>& inputs, int nesting = 0) {
  check_nesting(nesting);
  if (j.is_object()) {
    if (j.value("class_name", "") == "__keras_tensor__") {
      inputs.push_back(reference_from_list(j.at("config").at("keras_history")));
      return placeholder(inputs.size() - 1);
    }
    Json result = Json::object();
    // Keras takes a dictionary of tensors in the order of its keys; the keyword arguments are none.
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

/// The first argument of a call as Keras 2 writes it: an edge [layer, call, tensor, kwargs], a constant
/// ["_CONSTANT_VALUE", -1, value, kwargs], or a list or dictionary of such. Every one of them repeats the
/// call's `kwargs`.
Json read_first_argument(const Json& j, std::vector<Reference>& inputs, Json& kwargs, int nesting = 0) {
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
    std::vector<Reference> inputs;
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

/// `input_layers` or `output_layers`: ["a", 0, 0], a list of such, or a dictionary of such (taken in sorted
/// order).
std::vector<std::pair<std::string, Reference>> read_ports(const Json& j) {
  std::vector<std::pair<std::string, Reference>> ports;
  if (j.is_object()) {
    std::map<std::string, Reference> sorted;
    for (const auto& [key, value] : j.items()) sorted[key] = reference_from_list(value);
    ports.assign(sorted.begin(), sorted.end());
    return ports;
  }
  std::vector<Reference> list;
  read_argument(j, list);
  for (Reference& r : list) {
    std::string name = r.layer;
    ports.emplace_back(std::move(name), std::move(r));
  }
  return ports;
}

// ---------------------------------------------------------------- definitions

ModelDefinition read_model(const Json& j, int nesting);

LayerDefinition read_layer(const Json& j, int nesting) {
  if (!j.is_object() || !j.contains("class_name") || !j["class_name"].is_string())
    bad_form("a layer without a class");
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
    if (!l.config.is_object()) bad_form("a layer's configuration");
    l.name = j.contains("name") && j["name"].is_string() ? j["name"].get<std::string>()
                                                         : l.config.value("name", "");
  }
  if (l.name.empty()) bad_form("a layer without a name");
  if (j.contains("inbound_nodes")) read_calls(j["inbound_nodes"], l);
  return l;
}

/// tf.keras numbers the calls of a nested functional model from 1: its own construction counts as call 0.
/// Keras 3 does so in the list of outputs alone. Brings all references to such models to numbers from 0.
void renumber_model_calls(ModelDefinition& m) {
  struct Nested {
    const LayerDefinition* layer;
    int last = 0;  // call that is referred to
    bool output_from_0 = false;
  };
  std::map<std::string_view, Nested> nested;
  for (const LayerDefinition& l : m.layers)
    if (l.model && !l.calls.empty()) nested.emplace(l.name, Nested{&l});
  if (nested.empty()) return;
  const auto for_references = [&](const auto& visit) {
    const auto look_up = [&](Reference& r, bool output) {
      if (const auto at = nested.find(r.layer); at != nested.end()) visit(r, at->second, output);
    };
    for (LayerDefinition& l : m.layers)
      for (auto& call : l.calls)
        for (Reference& r : call) look_up(r, false);
    for (auto& output : m.outputs) look_up(output.second, true);
  };
  for_references([](const Reference& r, Nested& n, bool output) {
    n.last = std::max(n.last, r.call);
    n.output_from_0 = n.output_from_0 || (output && r.call == 0);
  });
  for_references([](Reference& r, const Nested& n, bool output) {
    if (n.layer->keras3)
      r.call -= output && !n.output_from_0 && n.layer->model->kind != "Sequential" ? 1 : 0;
    else if (n.last == static_cast<int>(n.layer->calls.size()))
      r.call -= r.call > 0 ? 1 : 0;
  });
}

ModelDefinition read_model(const Json& j, int nesting) {
  if (nesting > most_nesting) bad_form("models nested too deeply");
  ModelDefinition m;
  const Json& config = j.at("config");
  const bool sequential = j["class_name"] == "Sequential";
  m.kind = sequential ? "Sequential" : "Functional";
  m.name = config.is_object() ? config.value("name", "") : "";
  if (m.name.empty()) m.name = sequential ? "sequential" : "model";
  const Json& layers = config.is_array() ? config : config.at("layers");  // a bare list up to Keras 2.2.2
  if (!layers.is_array()) bad_form("its list of layers");
  std::set<std::string> names;
  for (const Json& layer : layers) {
    check_interrupt();
    m.layers.push_back(read_layer(layer, nesting));
    if (!names.insert(m.layers.back().name).second)
      bad_form("two layers named " + shortened(one_line(m.layers.back().name), 60));
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

/// The batch shape that a model without an InputLayer gives to its first layer.
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

// ---------------------------------------------------------------- order of execution

struct Call {
  int layer = 0;  // index into ModelDefinition::layers
  int call = 0;
  friend auto operator<=>(const Call&, const Call&) = default;  // NOLINT(modernize-use-nullptr)
};

/// Calls of a functional model as Keras orders them (Functional's map_graph): by depth, which is the longest
/// way to an output, the deepest first; calls of equal depth in the order in which the walk from the outputs
/// met them. A shared layer's calls count as deep as its deepest one met so far.
class Order {
 public:
  explicit Order(const ModelDefinition& m) : model_(m) {
    for (std::size_t i = 0; i < m.layers.size(); ++i) index_[m.layers[i].name] = static_cast<int>(i);
  }

  std::vector<Call> run() {
    for (const auto& output : model_.outputs) walk(find(output.second));
    assign_depths();
    std::vector<Call> sorted = met_;
    std::ranges::stable_sort(sorted, std::greater<>(), [&](const Call& c) { return depth_[c]; });
    return sorted;
  }

  Call find(const Reference& r) const {
    const auto at = index_.find(r.layer);
    if (at == index_.end())
      throw_input("an edge refers to layer '{}', which is not there", shortened(one_line(r.layer), 60));
    const LayerDefinition& l = model_.layers[static_cast<std::size_t>(at->second)];
    const auto calls = std::max<std::size_t>(l.calls.size(), 1);
    if (r.call < 0 || static_cast<std::size_t>(r.call) >= calls)
      throw_input("an edge refers to call {} of layer '{}', which has {}", r.call,
                  shortened(one_line(r.layer), 60), calls);
    return {at->second, r.call};
  }

  /// The inputs of a call; an InputLayer has none.
  const std::vector<Reference>& inputs(const Call& c) const {
    static const std::vector<Reference> none;
    const auto& calls = model_.layers[static_cast<std::size_t>(c.layer)].calls;
    return calls.empty() ? none : calls[static_cast<std::size_t>(c.call)];
  }

 private:
  enum class Mark : char { open, done };

  /// Depth-first from an output, inputs before the calls that use them; without recursion, for models of any
  /// depth.
  void walk(const Call& from) {
    struct Step {
      Call call;
      std::size_t next = 0;
    };
    std::vector<Step> stack;
    const auto enter = [&](const Call& c) {
      const auto [at, fresh] = mark_.emplace(c, Mark::open);
      if (fresh) {
        stack.push_back({c});
      } else if (at->second == Mark::open) {
        throw_input("the model's graph has a cycle through layer '{}'",
                    shortened(one_line(model_.layers[static_cast<std::size_t>(c.layer)].name), 60));
      }
    };
    enter(from);
    while (!stack.empty()) {
      check_interrupt();
      Step& step = stack.back();
      const auto& in = inputs(step.call);
      if (step.next < in.size()) {
        enter(find(in[step.next++]));
      } else {
        mark_[step.call] = Mark::done;
        order_.push_back(step.call);
        stack.pop_back();
      }
    }
  }

  void assign_depths() {
    std::map<int, int> layer_depth;
    const auto meet = [&](const Call& c, int depth) {
      const auto [at, fresh] = depth_.emplace(c, depth);
      if (fresh) met_.push_back(c);
      at->second = std::max(at->second, depth);
    };
    for (auto c = order_.rbegin(); c != order_.rend(); ++c) {
      meet(*c, 0);
      int& shared = layer_depth[c->layer];
      const int depth = std::max(depth_[*c], shared);
      shared = depth_[*c] = depth;
      for (const Reference& r : inputs(*c)) meet(find(r), depth + 1);
    }
    // Inputs come first, whatever their depth: Keras puts them all at the deepest level that one of them has.
    int deepest = 0;
    for (const auto& [call, depth] : depth_) deepest = std::max(deepest, depth);
    for (auto& [call, depth] : depth_)
      if (inputs(call).empty()) depth = deepest;
  }

  const ModelDefinition& model_;
  std::map<std::string, int> index_;
  std::map<Call, Mark> mark_;
  std::vector<Call> order_;  // inputs before users
  std::vector<Call> met_;    // in the order in which depths were first given
  std::map<Call, int> depth_;
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

  /// One call of a model: nodes for all of its layers, fed with `inputs` (none for the outermost model, whose
  /// InputLayers take the user's). Returns its outputs.
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

  [[noreturn]] static void bad_output(const Reference& r) {
    throw_input("an edge refers to output {} of layer '{}'", r.tensor, shortened(one_line(r.layer), 60));
  }

  /// How many outputs of each call are there for others to take: edges name the last of them.
  static std::map<Call, int> outputs_taken(const ModelDefinition& m, const Order& order,
                                           const std::vector<Call>& calls) {
    std::map<Call, int> taken;
    const auto take = [&](const Reference& r) {
      if (r.tensor < 0 || r.tensor >= most_outputs) bad_output(r);
      int& n = taken[order.find(r)];
      n = std::max(n, r.tensor + 1);
    };
    for (const Call& c : calls) {
      taken.try_emplace(c, 1);
      for (const Reference& r : order.inputs(c)) take(r);
    }
    for (const auto& output : m.outputs) take(output.second);
    return taken;
  }

  std::vector<Value> call_functional(const ModelDefinition& m, std::span<const Value> inputs) {
    Order order(m);
    const std::vector<Call> calls = order.run();
    std::map<Call, std::vector<Value>> results;
    const auto values = [&](const Reference& r) {
      const auto& outputs = results.at(order.find(r));
      if (static_cast<std::size_t>(r.tensor) >= outputs.size()) bad_output(r);
      return outputs[static_cast<std::size_t>(r.tensor)];
    };
    const std::map<Call, int> taken = outputs_taken(m, order, calls);
    std::map<std::string_view, std::size_t> ports;
    for (std::size_t i = 0; i < m.inputs.size(); ++i) ports.emplace(m.inputs[i].second.layer, i);
    for (const Call& c : calls) {
      check_interrupt();
      std::vector<Value> in;
      for (const Reference& r : order.inputs(c)) in.push_back(values(r));
      const LayerDefinition& l = m.layers[static_cast<std::size_t>(c.layer)];
      if (in.empty() && !inputs.empty()) {  // an input of a nested model
        const auto port = ports.find(l.name);
        if (port == ports.end() || port->second >= inputs.size())
          throw_input("model '{}' is called with {} inputs, of {}", shortened(one_line(m.name), 60),
                      inputs.size(), m.inputs.size());
        in.push_back(inputs[port->second]);
      }
      const auto call = static_cast<std::size_t>(c.call);
      results[c] = call_layer(l, in, call < l.arguments.size() ? l.arguments[call] : Config(), taken.at(c));
    }
    std::vector<Value> outputs;
    for (const auto& output : m.outputs) outputs.push_back(values(output.second));
    return outputs;
  }

  /// `taken`: how many of its outputs are taken.
  std::vector<Value> call_layer(const LayerDefinition& l, const std::vector<Value>& inputs,
                                const Config& arguments, int taken) {
    if (l.model) {
      // As in Keras, a call of a model with training=True reaches all of its layers.
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

  /// Outputs that a call has whether or not they are taken, as far as its options say.
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
    if (indices.is_array()) ++n;  // each begins a further part
    return static_cast<int>(std::clamp<std::size_t>(n, 1, most_outputs));
  }

  /// Layer "b" of model "a" and a layer "a/b" beside it would have one path, as would "a#1" and the second
  /// call of "a": paths are keys, so the later ones are marked: "a/b_", "a/b_2".
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
  /// The arguments with training=True where they do not say.
  static Config training(const Config& arguments) {
    Json json = arguments.json();
    Json& kwargs = json["kwargs"];
    if (!kwargs.contains("training") || kwargs["training"].is_null()) kwargs["training"] = true;
    return Config(std::move(json));
  }

  Model& model_;
  std::map<int, int> calls_;                             // of each layer so far
  std::map<std::string, int> layer_paths_, node_paths_;  // how often each was marked
  bool training_ = false;                                // inside a model that is called with training=True
};

/// Gives a Sequential model whose first layer declares the input's shape the InputLayer that Keras would
/// make.
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

}  // namespace

LayerTree read_graph(const Json& json, Model& model) {
  if (!json.is_object() || !json.contains("class_name") || !json["class_name"].is_string() ||
      !json.contains("config"))
    bad_form("no class_name and config");
  if (!is_model(json))
    throw Error(ErrorKind::unsupported,
                fmt::format("the model is of class '{}', a subclass of Model: only Sequential and Functional "
                            "models hold their "
                            "structure in the file",
                            shortened(one_line(json["class_name"].get<std::string>()), 60)),
                "build it in Keras as a functional model, keras.Model(inputs, outputs), and save that");
  try {
    ModelDefinition m = read_model(json, 0);
    // Keras 3 keeps the shape of a Sequential model that was built without an InputLayer beside its layers.
    if (const Json& config = json["config"]; config.is_object() && config.contains("build_input_shape") &&
                                             config["build_input_shape"].is_array() &&
                                             !m.layers.front().model &&
                                             !m.layers.front().config.contains("batch_input_shape"))
      m.layers.front().config["batch_input_shape"] = config["build_input_shape"];
    add_implied_input(m);
    model.kind = m.kind;
    model.name = m.name;
    Flattener flat(model);
    const bool frozen = json["config"].is_object() && !json["config"].value("trainable", true);
    LayerTree tree = flat.define(m, "", !frozen);
    const std::vector<Value> outputs = flat.call(m, {});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::string name =
          m.kind == "Functional" ? m.outputs[i].first : model.layer_of(model.node(outputs[i])).name;
      model.outputs.push_back({name, outputs[i]});
    }
    // The order of inputs is that of the model's list, not that of execution.
    std::map<int, int> node_of;
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
    return tree;
  } catch (const Json::exception& e) {
    bad_form(one_line(e.what()));
  }
}

}  // namespace nv
