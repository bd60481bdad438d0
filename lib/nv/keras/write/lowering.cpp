#include "nv/keras/write/lowering.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "nv/core/error.h"
#include "nv/layers/operations.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

struct PlainLayer {
  std::string kind;
  Json config = Json::object();
};

PlainLayer rescaling(double scale, double offset) {
  return {"Rescaling", {{"scale", scale}, {"offset", offset}}};
}

/// An operation that may become a layer, and what is known of the node that calls it.
struct Operation {
  PortableOperation op;
  const NodeStructure& node;

  const Json& args() const { return op.arguments.json()["args"]; }
  Json option(const char* key) const { return op.options.json().value(key, Json()); }
  bool is(std::initializer_list<std::string_view> kinds) const {
    return std::ranges::find(kinds, op.kind) != kinds.end();
  }
  /// Index of the input that the i-th argument is; nullopt if it is a constant.
  std::optional<std::size_t> input(std::size_t i) const {
    if (i >= args().size() || !args()[i].is_object() || !args()[i].contains("__input__")) return std::nullopt;
    return args()[i]["__input__"].get<std::size_t>();
  }
  std::optional<double> scalar(std::size_t i) const {
    return i < args().size() && args()[i].is_number() ? std::optional(args()[i].get<double>()) : std::nullopt;
  }
};

std::optional<PlainLayer> arithmetic(const Operation& o) {
  if (o.is({"Negative"})) return rescaling(-1, 0);
  if (o.input(0) == 0U && o.input(1) == 1U) {
    const bool merges = o.is({"Add", "Subtract", "Multiply", "Maximum", "Minimum"});
    if (merges && o.node.inputs[0].rank() == o.node.inputs[1].rank()) return PlainLayer{o.op.kind};
    return std::nullopt;
  }
  const bool reversed = !o.input(0);  // the constant comes first
  const auto c = o.scalar(reversed ? 0 : 1);
  if (!c) return std::nullopt;
  if (o.is({"Add"})) return rescaling(1, *c);
  if (o.is({"Multiply"})) return rescaling(*c, 0);
  if (o.is({"Subtract"})) return reversed ? rescaling(-1, *c) : rescaling(1, -*c);
  if (o.is({"Divide", "TrueDivide"}) && !reversed && *c != 0) return rescaling(1 / *c, 0);
  return std::nullopt;
}

std::optional<PlainLayer> activation(const Operation& o) {
  if (o.is({"Relu"})) return PlainLayer{"ReLU"};
  if (o.is({"Relu6"})) return PlainLayer{"ReLU", {{"max_value", 6.0}}};
  if (o.is({"LeakyRelu"}))
    return PlainLayer{"LeakyReLU", {{"alpha", o.op.options.json().value("negative_slope", 0.2)}}};
  if (o.is({"Elu"})) return PlainLayer{"ELU", {{"alpha", o.op.options.json().value("alpha", 1.0)}}};
  if (o.is({"Softmax"})) return PlainLayer{"Softmax", {{"axis", o.op.options.json().value("axis", -1)}}};
  if (o.is({"Gelu"}) && o.option("approximate") == false)
    return PlainLayer{"Activation", {{"activation", "gelu"}}};
  if (o.is({"Copy", "StopGradient"}) || (o.is({"Cast"}) && o.option("dtype") == "float32"))
    return PlainLayer{"Activation", {{"activation", "linear"}}};
  for (const auto& [kind, name] :
       std::initializer_list<std::pair<const char*, const char*>>{{"Sigmoid", "sigmoid"},
                                                                  {"Tanh", "tanh"},
                                                                  {"Softplus", "softplus"},
                                                                  {"Softsign", "softsign"},
                                                                  {"Selu", "selu"},
                                                                  {"Silu", "swish"},
                                                                  {"Exp", "exponential"}})
    if (o.op.kind == kind) return PlainLayer{"Activation", {{"activation", name}}};
  return std::nullopt;
}

/// Whether the operation works on the axes of height and width of a batch of images.
bool over_positions(const Operation& o) {
  const Json axis = o.option("axis");
  return o.node.inputs[0].rank() == 3 &&
         (axis == Json{1, 2} || axis == Json{2, 1} || axis == Json{-3, -2} || axis == Json{-2, -3});
}

std::optional<PlainLayer> shape_of_output(const Operation& o) {
  if (!o.node.output) return std::nullopt;
  Json target = Json::array();
  for (std::int64_t n : *o.node.output) target.push_back(n);
  const bool known = std::ranges::none_of(*o.node.output, [](std::int64_t n) { return n == Shape::unknown; });
  return known ? std::optional(PlainLayer{"Reshape", {{"target_shape", target}}}) : std::nullopt;
}

std::optional<PlainLayer> reshaping(const Operation& o) {
  if (o.is({"Reshape", "ExpandDims", "Squeeze"})) return shape_of_output(o);
  if (o.is({"BatchFlatten"})) return PlainLayer{"Flatten"};
  if (o.is({"AddN"})) return PlainLayer{"Add"};
  if (o.is({"Concatenate"}) && o.node.inputs.size() == 1)
    return PlainLayer{"Activation", {{"activation", "linear"}}};
  if (o.is({"Concatenate"}))
    return PlainLayer{"Concatenate", {{"axis", o.op.options.json().value("axis", 0)}}};
  const bool mean = o.is({"Mean"});
  if ((mean || o.is({"Max", "Amax"})) && over_positions(o))
    return PlainLayer{mean ? "GlobalAveragePooling2D" : "GlobalMaxPooling2D",
                      {{"keepdims", o.op.options.json().value("keepdims", false)}}};
  if (const Json axes = o.option("axes");
      o.is({"Transpose"}) && axes.is_array() && !axes.empty() && axes[0] == 0)
    return PlainLayer{"Permute", {{"dims", Json(axes.begin() + 1, axes.end())}}};
  return std::nullopt;
}

/// Pooling and resizing, if the layer has all options of the operation.
std::optional<PlainLayer> pooling_or_resizing(const Operation& o) {
  const Json& options = o.op.options.json();
  const int axes = o.node.inputs[0].rank() - 1;
  if (o.is({"MaxPool", "AveragePool"}) && axes >= 1 && axes <= 3)
    return PlainLayer{fmt::format("{}Pooling{}D", o.is({"MaxPool"}) ? "Max" : "Average", axes), options};
  const Json size = o.option("size");
  bool plain = true;
  for (const auto& [key, value] : options.items())
    plain = plain && (key == "size" || key == "interpolation" || key == "fill_value" || value.is_null() ||
                      value == false || (key == "fill_mode" && value == "constant"));
  if (o.is({"Resize"}) && plain && size.is_array() && size.size() == 2)
    return PlainLayer{"Resizing",
                      {{"height", size[0]},
                       {"width", size[1]},
                       {"interpolation", options.value("interpolation", Json("bilinear"))}}};
  return std::nullopt;
}

std::optional<PlainLayer> as_layer(const Operation& o) {
  for (auto rule : {arithmetic, activation, reshaping, pooling_or_resizing})
    if (auto layer = rule(o)) return layer;
  return std::nullopt;
}

/// The numbers of another weight in another shape.
class Flattened final : public WeightData {
 public:
  Flattened(std::shared_ptr<const WeightData> data, const Shape& shape)
      : data_(std::move(data)), shape_(shape) {}
  Tensor read() const override { return data_->read().reshaped(shape_); }
  void check_readable() const override { data_->check_readable(); }

 private:
  std::shared_ptr<const WeightData> data_;
  Shape shape_;
};

class Lowering {
 public:
  Lowering(const Model& model, const Structure& structure)
      : model_(model), structure_(structure), result_(model) {}

  Model run() {
    result_.nodes.clear();
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) lower(i);
    for (const auto& [layer, config] : linear_)
      result_.layers[static_cast<std::size_t>(layer)].config = config;
    for (Port& p : result_.inputs) p.value = moved(p.value);
    for (Port& p : result_.outputs) p.value = moved(p.value);
    return std::move(result_);
  }

 private:
  Value moved(const Value& v) const { return {last_[static_cast<std::size_t>(v.node)]}; }

  void lower(std::size_t i) {
    Node node = model_.nodes[i];
    for (Value& v : node.inputs) v = moved(v);
    const std::vector<Shape>& inputs = structure_.nodes[i].inputs;
    const bool operation = is_operation(model_.layer_of(node), model_.origin, node.arguments);
    const bool known =
        !inputs.empty() && inputs.size() == node.inputs.size();  // else refused later, with a reason
    if (operation && known) transpose_inputs(node, inputs);      // adds layers
    LayerSpec& spec = result_.layers[static_cast<std::size_t>(node.layer)];
    if (operation) {
      if (known)
        become(spec, node,
               as_layer(
                   {portable_operation(model_.layer_of(node), node.arguments, inputs), structure_.nodes[i]}));
    } else if (node.inputs.size() == 1 && merges(spec.kind)) {
      become(spec, node, PlainLayer{"Activation", {{"activation", "linear"}}});
    } else if (spec.kind == "BatchNormalization" || spec.kind == "SyncBatchNormalization") {
      plain_normalization(spec);
    } else if (spec.kind == "ThresholdedReLU") {
      become(spec, node, PlainLayer{"ReLU", {{"threshold", spec.config.json().value("theta", 1.0)}}});
    }
    const int layer = node.layer;
    result_.nodes.push_back(std::move(node));
    if (spec.config.json().value("activation", Json()) == "hard_sigmoid") split(layer);
    last_.push_back(static_cast<int>(result_.nodes.size()) - 1);
  }

  /// Keras 3 has neither batch renormalization nor virtual batches, which matter only in training, and
  /// synchronizes by an option.
  static void plain_normalization(LayerSpec& spec) {
    spec.kind = "BatchNormalization";
    Json config = spec.config.json();
    if (!config.contains("renorm") && !config.contains("virtual_batch_size")) return;
    const bool renorm = config.value("renorm", Json()) == true;
    for (const char* key : {"renorm", "renorm_clipping", "renorm_momentum", "virtual_batch_size"})
      config.erase(key);
    spec.config = Config(std::move(config));
    if (renorm && spec.weights.size() > 3) spec.weights.resize(spec.weights.size() - 3);
    for (Weight& w : spec.weights) {
      const Shape flat{w.shape.elements()};
      if (w.shape.rank() > 1) w.data = std::make_shared<Flattened>(std::exchange(w.data, nullptr), flat);
      w.shape = flat;
    }
  }

  /// Kinds that return a single input unchanged, but which Keras refuses to call with one.
  static bool merges(const std::string& kind) {
    for (const char* merging : {"Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"})
      if (kind == merging) return true;
    return false;
  }

  /// Replaces the options of tf.matmul that transpose its inputs by layers before it, since Keras 3 has no
  /// such options.
  void transpose_inputs(Node& node, const std::vector<Shape>& inputs) {
    Json call = node.arguments.json();
    if (!call.contains("kwargs") || !call.contains("args")) return;
    Json& kwargs = call["kwargs"];
    for (const auto& [option, name] : std::initializer_list<std::pair<const char*, const char*>>{
             {"transpose_a", "a"}, {"transpose_b", "b"}}) {
      if (kwargs.value(option, Json()) != true || (!kwargs.contains(name) && call["args"].empty())) continue;
      Json& operand = kwargs.contains(name) ? kwargs[name] : call["args"].at(0);
      if (operand.is_object() && operand.contains("__input__")) {
        const auto k = operand["__input__"].get<std::size_t>();
        Json dims = Json::array();
        for (int axis = 1; axis <= inputs.at(k).rank(); ++axis) dims.push_back(axis);
        if (dims.size() < 2) return;
        std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
        append(add(fmt::format("{}_{}", node.path, option), {"Permute", {{"dims", dims}}}), {node.inputs[k]});
        node.inputs[k] = Value{static_cast<int>(result_.nodes.size()) - 1};
      } else {
        operand = transposed(operand);
      }
      kwargs[option] = false;
    }
    node.arguments = Config(std::move(call));
  }

  /// A constant matrix with rows and columns exchanged.
  static Json transposed(const Json& matrix) {
    Json result = Json::array();
    for (std::size_t row = 0; row < matrix.size(); ++row)
      for (std::size_t column = 0; column < matrix[row].size(); ++column) {
        if (result.size() == column) result.push_back(Json::array());
        result[column].push_back(matrix[row][column]);
      }
    return result;
  }

  static void become(LayerSpec& spec, Node& node, const std::optional<PlainLayer>& layer) {
    if (!layer) return;
    spec.kind = layer->kind;
    spec.config = Config(layer->config);
    node.arguments = Config();
  }

  /// Replaces the activation function hard_sigmoid of the last node's layer by two layers after it.
  void split(int layer) {
    const auto at = static_cast<std::size_t>(layer);
    auto found = tails_.find(layer);
    if (found == tails_.end()) {
      Json config = result_.layers[at].config.json();
      config["activation"] = "linear";
      linear_[layer] = Config(config);
      const double scale = model_.origin.keras_major >= 3 ? 1.0 / 6 : 0.2;
      const int first = add(result_.layers[at].path + "_scaled", rescaling(scale, 0.5));
      add(result_.layers[at].path + "_clipped", {"ReLU", {{"max_value", 1.0}}});
      found = tails_.emplace(layer, first).first;
    }
    for (int tail : {found->second, found->second + 1})
      append(tail, {Value{static_cast<int>(result_.nodes.size()) - 1}});
  }

  /// Appends a call of a layer that was added.
  void append(int layer, std::vector<Value> inputs) {
    Node node;
    node.path = result_.layers[static_cast<std::size_t>(layer)].path;
    node.layer = layer;
    node.inputs = std::move(inputs);
    result_.nodes.push_back(std::move(node));
  }

  int add(const std::string& path, const PlainLayer& layer) {
    LayerSpec spec;
    spec.path = spec.name = path;
    spec.kind = layer.kind;
    spec.config = Config(layer.config);
    result_.layers.push_back(std::move(spec));
    return static_cast<int>(result_.layers.size()) - 1;
  }

  const Model& model_;
  const Structure& structure_;
  Model result_;
  std::vector<int> last_;         // by node of the old model: the node of the new one with its value
  std::map<int, Config> linear_;  // by layer that ended in hard_sigmoid: its configuration without it
  std::map<int, int> tails_;      // by layer that ended in hard_sigmoid: the first of the two after it
};

}  // namespace

Model lowered(const Model& model, const Structure& structure) {
  return Lowering(model, structure).run();
}

}  // namespace nv
