// What the page says of a model.
#include <algorithm>
#include <utility>

#include "nv/analysis/arithmetic.h"
#include "nv/analysis/computable.h"
#include "nv/analysis/normalisation.h"
#include "nv/analysis/statistics.h"
#include "nv/render/graph/layered.h"
#include "nv/view/maps.h"
#include "nv/view/session.h"

namespace nv::view {

namespace {

constexpr double box_height = 48, box_width = 160;  // units of the layout; the page scales them

Json shape_json(const Shape& shape) {
  return shape.axes();
}

Json weight_count(const LayerSpec& spec) {
  return spec.parameters();
}

Json field_json(const NodeStructure& s) {
  if (!s.field) return nullptr;
  return {{"size", s.field->size}, {"stride", s.field->stride}, {"start", s.field->start}};
}

/// A kernel's sizes along its axes, and its number of input channels.
Json kernel_json(const Engine& engine, std::size_t i) {
  if (!has_arithmetic(engine.model(), engine.structure(), i)) return nullptr;
  const std::vector<WeightSpec> expected = expected_weights(engine.structure().nodes[i]);
  const Shape& kernel = expected.at(0).shape;
  const bool depthwise = expected[0].name == "depthwise_kernel";
  const Json size = kernel.axes().first(static_cast<std::size_t>(kernel.rank() - 2));
  return {{"size", size}, {"inputs", depthwise ? 1 : kernel[-2]}};
}

Json layer_json(const Engine& engine, std::size_t i, const Obstacle& obstacle) {
  const Model& model = engine.model();
  const Node& node = model.nodes[i];
  const LayerSpec& spec = model.layer_of(node);
  const NodeStructure& s = engine.structure().nodes[i];
  const Shape output = s.output.value_or(Shape{Shape::unknown});  // after a layer that cannot be computed
  Json inputs = Json::array();
  for (const Value& v : node.inputs) inputs.push_back(v.node);
  const std::string activation = s.layer ? std::string(s.layer->activation()) : "";
  return {{"index", i},
          {"path", node.path},
          {"kind", spec.kind},
          {"inputs", inputs},
          {"shape", shape_json(output)},
          {"parameters", weight_count(spec)},
          {"macs", s.macs.value_or(0)},
          {"activation", activation.empty() ? Json(nullptr) : Json(activation)},
          {"receptiveField", field_json(s)},
          {"config", spec.config.json()},
          {"maps", to_json(map_sizes(output, s.channels_first))},
          {"channelsFirst", s.channels_first},
          {"freezable", s.output && output.rank() > 0},
          {"kernel", kernel_json(engine, i)},
          {"normalised", is_normalisation(model, engine.structure(), i)},
          {"problem", obstacle.problem}};
}

/// The output that the scores are of; null if none classifies.
Json classifier_json(const Structure& structure, const OutputKind* classifier) {
  if (classifier == nullptr) return nullptr;
  const auto layer = static_cast<std::size_t>(classifier->value.node);
  const std::int64_t units = structure.nodes[layer].output->back();
  const std::size_t of_one_unit = class_scores(std::vector<float>(1), classifier->activation).size();
  return {{"layer", layer},
          {"scores", units == 1 ? Json(of_one_unit) : Json(units)},
          {"probability", gives_probabilities(classifier->activation)}};
}

Json layout_json(const Model& model) {
  std::vector<render::LayoutNode> boxes;
  std::vector<render::LayoutEdge> edges;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    boxes.push_back({box_width, box_height});
    for (const Value& v : model.nodes[i].inputs) edges.push_back({v.node, static_cast<int>(i)});
  }
  const render::LayeredLayout layout = render::layered(boxes, edges, {});
  Json json{
      {"width", layout.width}, {"height", layout.height}, {"nodes", Json::array()}, {"edges", Json::array()}};
  for (std::size_t i = 0; i < boxes.size(); ++i)
    json["nodes"].push_back({{"layer", i},
                             {"x", layout.centres[i].x - box_width / 2},
                             {"y", layout.centres[i].y - box_height / 2},
                             {"width", box_width},
                             {"height", box_height}});
  for (std::size_t e = 0; e < edges.size(); ++e) {
    Json points = Json::array();
    for (const render::Point& p : layout.routes[e]) points.push_back({p.x, p.y});
    json["edges"].push_back({{"from", edges[e].from}, {"to", edges[e].to}, {"points", points}});
  }
  return json;
}

}  // namespace

Json model_info(const Engine& engine, const About& about, WeightPrecision precision,
                std::span<const InputSpec> specs, const OutputKind* classifier) {
  const Model& model = engine.model();
  const Structure& structure = engine.structure();
  Json inputs = Json::array(), outputs = Json::array(), layers = Json::array();
  for (std::size_t k = 0; k < specs.size(); ++k)
    inputs.push_back({{"layer", model.inputs[k].value.node},
                      {"name", specs[k].name},
                      {"shape", shape_json(specs[k].shape)},
                      {"channelsFirst", specs[k].channels_first},
                      {"preprocess", describe_scale(about.preprocess)}});
  for (const Port& output : model.outputs) outputs.push_back(output.value.node);
  const std::vector<Obstacle> in_the_way = obstacles(model, structure);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) layers.push_back(layer_json(engine, i, in_the_way[i]));
  return {{"file", model.file},
          {"name", model.name},
          {"kerasVersion", model.keras_version},
          {"parameters", model.parameters()},
          {"macs", structure.macs()},
          {"inputs", inputs},
          {"outputs", outputs},
          {"classifier", classifier_json(structure, classifier)},
          {"labels", about.labels},
          {"layers", layers},
          {"layout", layout_json(model)},
          {"half", precision == WeightPrecision::half},
          {"notes", model.notes}};
}

}  // namespace nv::view
