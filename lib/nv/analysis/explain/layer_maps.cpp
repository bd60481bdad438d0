#include "nv/analysis/explain/layer_maps.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/kernels/resize.h"

namespace nv::explain {

namespace {

std::size_t at(const Value& v) {
  return static_cast<std::size_t>(v.node);
}

bool is_convolution(const std::string& kind) {
  return kind.find("Conv") != std::string::npos;
}

/// Whether the node only normalises or activates what it gets.
bool belongs_to_convolution(const Model& model, const Structure& structure, std::size_t node) {
  const NodeStructure& s = structure.nodes[node];
  return model.layer_of(model.nodes[node]).kind == "BatchNormalization" ||
         (s.layer && !s.layer->activation().empty() && expected_weights(s).empty() && s.inputs.size() == 1 &&
          s.output == s.inputs[0]);
}

/// The only user of a node; nullopt for none or several.
std::optional<std::size_t> only_user(const Model& model, std::size_t node) {
  std::optional<std::size_t> user;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)
    for (const Value& v : model.nodes[i].inputs)
      if (at(v) == node) {
        if (user) return std::nullopt;
        user = i;
      }
  return user;
}

bool is_image(const std::optional<Shape>& shape) {
  return shape && shape->rank() == 3;
}

bool is_output(const Model& model, std::size_t node) {
  return std::ranges::any_of(model.outputs, [&](const Port& p) { return at(p.value) == node; });
}

/// Whether its numbers are the model's output, but for their order, size or activation: scores by position,
/// of segmentation. A pooling or a layer with weights makes something else of them.
bool gives_output(const Model& model, const Structure& structure, std::size_t node) {
  const std::int64_t numbers = structure.nodes[node].output->elements();
  for (std::optional<std::size_t> next = node; next; next = only_user(model, *next)) {
    const NodeStructure& s = structure.nodes[*next];
    if (*next != node && (!expected_weights(s).empty() || !s.output || s.output->elements() < numbers))
      return false;
    if (is_output(model, *next)) return true;
  }
  return false;
}

bool has_positions(const NodeStructure& s) {
  if (!is_image(s.output) || !s.output->known()) return false;
  const int axis = s.channels_first ? 1 : 0;
  return (*s.output)[axis] != 1 || (*s.output)[axis + 1] != 1;
}

/// Whether what a node gives depends on an input of the model.
std::vector<bool> sees(const Model& model, std::size_t input) {
  std::vector<bool> seen(model.nodes.size(), false);
  seen[at(model.inputs[input].value)] = true;
  for (std::size_t i = 0; i < model.nodes.size(); ++i)  // in the order of execution
    for (const Value& v : model.nodes[i].inputs) seen[i] = seen[i] || seen[at(v)];
  return seen;
}

/// The last convolution of the nodes that are `allowed`.
std::optional<std::size_t> find_convolution(const Model& model, const Structure& structure,
                                            const std::vector<bool>& allowed) {
  for (std::size_t i = model.nodes.size(); i-- > 0;) {
    const NodeStructure& s = structure.nodes[i];
    if (!allowed[i] || !is_convolution(model.layer_of(model.nodes[i]).kind) || !has_positions(s) ||
        gives_output(model, structure, i))
      continue;
    std::size_t node = i;
    for (auto user = only_user(model, node); user && belongs_to_convolution(model, structure, *user);
         user = only_user(model, node))
      node = *user;
    return node;
  }
  return std::nullopt;
}

}  // namespace

std::size_t last_convolution(const Model& model, const Structure& structure) {
  if (const auto found = find_convolution(model, structure, std::vector<bool>(model.nodes.size(), true)))
    return *found;
  throw Error(ErrorKind::usage, fmt::format("{}: the model has no convolution of images", model.file),
              "--layer L chooses another layer");
}

std::size_t layer_of_maps(const Settings& settings, const Model& model, const Structure& structure,
                          std::optional<std::size_t> image) {
  if (settings.node) return *settings.node;
  if (image)
    if (const auto found = find_convolution(model, structure, sees(model, *image))) return *found;
  return last_convolution(model, structure);
}

std::vector<std::size_t> explained_images(const Task& task, bool needs_layer) {
  const Model& model = task.engine.model();
  std::vector<std::size_t> images;
  for (std::size_t p = 0; p < task.inputs.size(); ++p) {
    if (task.inputs[p].shape().rank() != 4) continue;
    const std::vector<bool> seen = needs_layer ? sees(model, p) : std::vector<bool>();
    if (!needs_layer ||
        (task.settings.node ? seen[*task.settings.node]
                            : find_convolution(model, task.engine.structure(), seen).has_value()))
      images.push_back(p);
  }
  return images;
}

std::size_t image_input(const Task& task) {
  if (task.image) return *task.image;
  for (std::size_t p = 0; p < task.inputs.size(); ++p)
    if (task.inputs[p].shape().rank() == 4) return p;
  throw_usage("{}: the model has no image as its input", task.engine.model().file);
}

std::array<std::int64_t, 2> input_size(const Task& task) {
  const std::size_t p = image_input(task);
  const auto node = static_cast<std::size_t>(task.engine.model().inputs[p].value.node);
  const Shape& shape = task.inputs[p].shape();
  const int axis = task.engine.structure().nodes[node].channels_first ? 2 : 1;
  return {shape[axis], shape[axis + 1]};
}

LayerMaps layer_maps(const Task& task) {
  Engine& engine = task.engine;
  LayerMaps maps;
  maps.node = layer_of_maps(task.settings, engine.model(), engine.structure(), task.image);
  maps.trace = engine.forward(task.inputs);
  maps.activations = maps.trace.outputs[maps.node];
  const Shape& shape = maps.activations.shape();
  if (shape.rank() != 4)
    throw_usage("{}: layer {} has no maps, its output is {}", engine.model().file,
                engine.model().nodes[maps.node].path, shape.item().str());
  maps.channels_first = engine.structure().nodes[maps.node].channels_first;
  maps.height = shape[maps.channels_first ? 2 : 1];
  maps.width = shape[maps.channels_first ? 3 : 2];
  maps.channels = shape[maps.channels_first ? 1 : 3];
  const std::size_t nodes[] = {maps.node};
  maps.gradients =
      engine.backward(maps.trace, task.scalar.seeds(engine, maps.trace, task.rows), nodes).front();
  return maps;
}

Tensor to_input_size(const Task& task, const LayerMaps& maps, const std::vector<float>& map) {
  const auto [height, width] = input_size(task);
  Tensor result(Shape{height, width});
  resize(bilinear_resampling(maps.height, height), bilinear_resampling(maps.width, width), 1, 1, map.data(),
         result.data(), task.engine.pool());
  return result;
}

}  // namespace nv::explain
