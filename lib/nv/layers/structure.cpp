#include "nv/layers/structure.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/masks.h"
#include "nv/layers/registry.h"

namespace nv {

namespace {

/// Whether the product of two numbers of an untrusted file exceeds 2^40, more than any size of an image.
bool too_large(std::int64_t a, std::int64_t b) {
  return a != 0 && std::abs(b) > (std::int64_t{1} << 40) / std::abs(a);
}

/// The union of two fields.
ReceptiveField united(const ReceptiveField& a, const ReceptiveField& b) {
  ReceptiveField u;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t end = std::max(a.start[axis] + a.size[axis], b.start[axis] + b.size[axis]);
    u.start[axis] = std::min(a.start[axis], b.start[axis]);
    u.size[axis] = end - u.start[axis];
    u.stride[axis] = std::max(a.stride[axis], b.stride[axis]);
  }
  return u;
}

/// The field of a node from its layer's window and the fields of its inputs: the union over the inputs.
/// nullopt if it is unknown.
std::optional<ReceptiveField> field_of(const Layer& layer, const std::vector<Shape>& shapes,
                                       const std::vector<std::optional<ReceptiveField>>& fields) {
  std::optional<ReceptiveField> all;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (shapes[i].rank() != 3) continue;  // an input without positions, such as one value per channel
    const auto window = layer.window(shapes[i]);
    if (!window || !fields[i]) return std::nullopt;
    ReceptiveField f;
    for (std::size_t a = 0; a < 2; ++a) {
      for (const std::int64_t n : {window->size[a], window->stride[a], window->before[a]})
        if (too_large(fields[i]->stride[a], n)) return std::nullopt;
      f.size[a] = fields[i]->size[a] + (window->size[a] - 1) * fields[i]->stride[a];
      f.stride[a] = fields[i]->stride[a] * window->stride[a];
      f.start[a] = fields[i]->start[a] - window->before[a] * fields[i]->stride[a];
    }
    all = all ? united(*all, f) : f;
  }
  return all;
}

/// Multiply-adds of a call. With unknown sizes: 0 for a layer that costs nothing at any size, else nullopt.
std::optional<std::int64_t> cost_of(const Layer& layer, const std::vector<Shape>& inputs) {
  if (std::ranges::all_of(inputs, &Shape::known)) return layer.macs(inputs);
  std::vector<Shape> some;
  for (const Shape& shape : inputs) {
    constexpr std::int64_t any = 64;  // larger than usual windows
    std::vector<std::int64_t> axes(shape.begin(), shape.end());
    std::ranges::replace(axes, Shape::unknown, any);
    some.emplace_back(std::span<const std::int64_t>(axes));
  }
  try {
    return layer.macs(some) == 0 ? std::optional<std::int64_t>(0) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

class Analysis {
 public:
  explicit Analysis(const Model& model) : model_(model) {
    made_.resize(model.layers.size());
    structure_.nodes.resize(model.nodes.size());
    masked_.resize(model.nodes.size());
  }

  Structure run() {
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      check_interrupt();
      visit(i);
    }
    find_layouts();
    return std::move(structure_);
  }

 private:
  /// A layer for the arguments of one call, or why there is none.
  struct MadeLayer {
    std::shared_ptr<Layer> layer;
    std::string problem, hint;
    bool unsupported = false;
  };

  const MadeLayer& make(const Node& node) {
    const auto i = static_cast<std::size_t>(node.layer);
    using Json = nlohmann::ordered_json;
    const auto [at, fresh] = made_[i].try_emplace(
        {node.output, node.arguments.json().dump(-1, ' ', false, Json::error_handler_t::replace)});
    MadeLayer& made = at->second;
    if (!fresh) return made;
    try {
      made.layer = make_layer(model_.layers[i], model_.origin, node.arguments, node.output);
    } catch (const Error& e) {
      made.problem = e.what();
      made.hint = e.hint();
      made.unsupported = e.kind() == ErrorKind::unsupported;
    }
    return made;
  }

  void visit(std::size_t i) {
    const Node& node = model_.nodes[i];
    const LayerSpec& spec = model_.layer_of(node);
    NodeStructure& s = structure_.nodes[i];
    std::vector<std::optional<ReceptiveField>> fields;
    bool complete = true, masked = false;
    for (const Value& v : node.inputs) {
      masked = masked || masked_[static_cast<std::size_t>(v.node)];
      const NodeStructure& from = structure_.nodes[static_cast<std::size_t>(v.node)];
      complete = complete && from.output.has_value();
      if (from.output) s.inputs.push_back(*from.output);
      fields.push_back(from.field);
    }
    masked_[i] = makes_mask(spec) || (masked && passes_mask(spec));
    set_layer(node, masked, s);
    if (!s.layer || !complete) return;
    try {
      if (node.inputs.empty())
        set_input(spec, s);
      else
        set_output(node, fields, s);
    } catch (const Error& e) {
      s.output.reset();
      s.macs.reset();
      s.problem = e.what();
      s.unsupported = e.kind() == ErrorKind::unsupported;
    }
  }

  /// Sets the node's layer, or the problem.
  void set_layer(const Node& node, bool masked, NodeStructure& s) {
    const MadeLayer& made = make(node);
    if (made.layer && masked && uses_mask(model_.layer_of(node), model_.origin)) {
      s.problem = "its input has a mask of padding (Masking, mask_zero), which is not supported";
      s.unsupported = true;
      return;
    }
    s.layer = made.layer;
    s.problem = made.problem;
    s.hint = made.hint;
    s.unsupported = made.unsupported;
  }

  static void set_input(const LayerSpec& spec, NodeStructure& s) {
    const auto shape = declared_shape(spec);
    if (!shape) throw_input("the file does not declare the input's shape");
    s.inputs = {*shape};
    s.output = *shape;
    s.macs = 0;
    if (shape->rank() == 3) s.field = ReceptiveField{};
  }

  void set_output(const Node& node, const std::vector<std::optional<ReceptiveField>>& fields,
                  NodeStructure& s) {
    s.output = s.layer->shape(s.inputs);
    s.macs = node.output == 0 ? cost_of(*s.layer, s.inputs) : 0;
    s.field = field_of(*s.layer, s.inputs, fields);
    note_weights(model_.layer_of(node), *s.layer, s.inputs);
  }

  /// A layer with the option data_format fixes the layout of its output; others keep that of their input. A
  /// model input has the layout of the layer that takes it.
  void find_layouts() {
    const auto format = [&](const Node& node) -> std::string {
      const nlohmann::ordered_json& config = model_.layer_of(node).config.json();
      const auto at = config.find("data_format");
      return at != config.end() && at->is_string() ? at->get<std::string>() : "";
    };
    for (std::size_t i = model_.nodes.size(); i-- > 0;)
      for (const Value& v : model_.nodes[i].inputs)
        if (auto& from = structure_.nodes[static_cast<std::size_t>(v.node)]; model_.node(v).inputs.empty())
          from.channels_first = format(model_.nodes[i]) == "channels_first";
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const Node& node = model_.nodes[i];
      if (node.inputs.empty()) continue;
      NodeStructure& s = structure_.nodes[i];
      const std::string own = format(node);
      const auto& from = structure_.nodes[static_cast<std::size_t>(node.inputs[0].node)];
      s.channels_first = own.empty() ? from.channels_first : own == "channels_first";
      if (!s.output || s.output->rank() < 2 || (from.output && from.output->rank() != s.output->rank()))
        s.channels_first = false;
    }
  }

  void note_weights(const LayerSpec& spec, const Layer& layer, const std::vector<Shape>& inputs) {
    const std::string problem = weight_problem(spec, layer.weights(inputs));
    std::string note = fmt::format("layer {} ({}): {}", spec.path, spec.kind, problem);
    if (!problem.empty() && noted_.insert(note).second) structure_.notes.push_back(std::move(note));
  }

  const Model& model_;
  Structure structure_;
  std::vector<std::map<std::pair<int, std::string>, MadeLayer>>
      made_;  // by Model::layers, output and arguments
  std::set<std::string> noted_;
  std::vector<bool> masked_;  // by Model::nodes: whether the output has a mask in Keras
};

}  // namespace

std::int64_t Structure::macs() const {
  std::int64_t sum = 0;
  for (const NodeStructure& n : nodes) sum = std::min(sum + n.macs.value_or(0), max_operations);
  return sum;
}

bool Structure::macs_known() const {
  return std::ranges::all_of(nodes, [](const NodeStructure& n) { return n.macs.has_value(); });
}

Structure analyse(const Model& model) {
  return Analysis(model).run();
}

std::optional<Shape> declared_shape(const LayerSpec& input_layer) {
  const nlohmann::ordered_json& config = input_layer.config.json();
  for (const char* key : {"batch_shape", "batch_input_shape"}) {
    const auto at = config.find(key);
    if (at == config.end() || !at->is_array() || at->empty()) continue;
    std::vector<std::int64_t> axes;
    for (auto axis = at->begin() + 1; axis != at->end(); ++axis) {
      if (!axis->is_null() && !axis->is_number_integer())
        throw_input("the input's shape is not a list of numbers");
      const std::int64_t n = axis->is_null() ? Shape::unknown : axis->get<std::int64_t>();
      if (n >= std::int64_t{1} << 31) throw_input("the input's shape has an axis of size {}", n);
      axes.push_back(n < 0 ? Shape::unknown : n);
    }
    return Shape(std::span<const std::int64_t>(axes));
  }
  return std::nullopt;
}

bool fits(const Shape& actual, const Shape& expected) {
  if (actual.rank() != expected.rank()) return false;
  for (int a = 0; a < actual.rank(); ++a)
    if (expected[a] != Shape::unknown && actual[a] != expected[a]) return false;
  return true;
}

std::vector<WeightSpec> expected_weights(const NodeStructure& node) {
  return node.layer && node.output ? node.layer->weights(node.inputs) : std::vector<WeightSpec>{};
}

std::int64_t trainable_parameters(const LayerSpec& spec, const std::vector<WeightSpec>& expected) {
  if (!spec.trainable) return 0;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < spec.weights.size(); ++i)
    if (i >= expected.size() || expected[i].trainable) sum += spec.weights[i].shape.elements();
  return sum;
}

std::string weight_problem(const LayerSpec& spec, const std::vector<WeightSpec>& expected) {
  if (spec.weights.size() < expected.size()) {
    if (spec.weights.empty()) return "its weights are missing in the file";
    return fmt::format("{} of its {} weights are in the file", spec.weights.size(), expected.size());
  }
  if (spec.weights.size() > expected.size())
    return fmt::format("{} weights are in the file, expected {}", spec.weights.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Weight& w = spec.weights[i];
    if (!fits(w.shape, expected[i].shape))
      return fmt::format("weight {} is {} in the file, expected {}", expected[i].name, w.shape.str(),
                         expected[i].shape.str());
  }
  return {};
}

std::string nan_note(const LayerSpec& spec, const Weight& weight, const Tensor& numbers) {
  std::int64_t count = 0;
  for (float x : numbers.values()) count += x != x ? 1 : 0;
  return count == 0 ? ""
                    : fmt::format("layer {} ({}): weight {} holds NaN ({} of {} numbers)", spec.path,
                                  spec.kind, one_line(weight.name), count, numbers.size());
}

}  // namespace nv
