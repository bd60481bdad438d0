// Answers about values: maps of layers, how a value comes about, differences.
#include <algorithm>
#include <cmath>

#include "nv/analysis/arithmetic.h"
#include "nv/analysis/compare.h"
#include "nv/analysis/normalisation.h"
#include "nv/analysis/receptive_field.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/common/shapes.h"
#include "nv/view/maps.h"
#include "nv/view/session.h"

namespace nv::view {

namespace {

/// [y0, y1, x0, x1) of the first model input; null where that has no positions.
Json field_json(const Engine& engine, std::span<const Tensor> inputs, std::size_t node, std::int64_t y,
                std::int64_t x) {
  const std::vector<Shape> items = item_shapes(inputs);
  const std::vector<Shape> shapes = output_shapes(engine.model(), engine.structure(), items);
  const SeenPositions seen = receptive_field(engine.model(), engine.structure(), shapes, node, y, x).front();
  if (seen.height * seen.width == 1) return nullptr;
  const SeenPositions::Box box = seen.box();
  return {box.top, box.top + box.height, box.left, box.left + box.width};
}

/// Smallest and largest of the numbers that are finite; 0 if none is.
std::pair<float, float> finite_range(std::span<const float> values) {
  float low = INFINITY, high = -INFINITY;
  for (const float x : values)
    if (std::isfinite(x)) {
      low = std::min(low, x);
      high = std::max(high, x);
    }
  return low <= high ? std::pair(low, high) : std::pair(0.0F, 0.0F);
}

}  // namespace

Reply Session::activations(const Json& request) {
  Sample& s = sample(request.at("id"));
  const Trace& values = trace(s);
  Reply reply;
  reply.json = Json::array();
  for (const Json& index : request.at("layers")) {
    const std::size_t i = node(index);
    const bool channels_first = engine_->structure().nodes[i].channels_first;
    const Tensor item = values.outputs[i].item(0);
    const auto [low, high] = finite_range(item.values());
    reply.json.push_back({{"layer", i},
                          {"min", number(static_cast<double>(low))},
                          {"max", number(static_cast<double>(high))},
                          {"maps", to_json(map_sizes(item.shape(), channels_first))},
                          {"values", reply.array(map_values(item, channels_first))}});
  }
  return reply;
}

Reply Session::arithmetic(const Json& request) {
  Sample& s = sample(request.at("id"));
  const std::size_t i = node(request.at("layer"));
  if (!has_arithmetic(engine_->model(), engine_->structure(), i))
    throw_usage("layer {} has no kernel", one_line(engine_->model().nodes[i].path));
  if (!kernels_ || kernels_->first != i)
    kernels_ = std::pair(i, kernel_maps(engine_->model(), engine_->structure(), i));
  const auto channel = request.at("channel").get<std::int64_t>();
  const auto y = request.at("y").get<std::int64_t>(), x = request.at("x").get<std::int64_t>();
  // A vector is drawn as one map of 1 x units.
  const bool vector = trace(s).outputs[i].shape().rank() == 2;
  const Arithmetic a = vector ? nv::arithmetic(*engine_, trace(s), i, kernels_->second, x, 0, 0)
                              : nv::arithmetic(*engine_, trace(s), i, kernels_->second, channel, y, x);
  Reply reply;
  reply.json = {{"value", number(static_cast<double>(a.value))},
                {"sum", number(a.sum)},
                {"bias", number(static_cast<double>(a.bias))},
                {"activation", a.activation.empty() ? Json(nullptr) : Json(a.activation)},
                {"height", a.height},
                {"width", a.width},
                {"channels", a.channels},
                {"patch", reply.array(std::span<const float>(a.patch))},
                {"kernel", reply.array(std::span<const float>(a.kernel))},
                {"field", field_json(*engine_, s.inputs, i, vector ? 0 : y, vector ? 0 : x)}};
  return reply;
}

Reply Session::normalisation(const Json& request) {
  Sample& s = sample(request.at("id"));
  const std::size_t i = node(request.at("layer"));
  const Tensor item = trace(s).outputs[i].item(0);
  const bool channels_first = engine_->structure().nodes[i].channels_first;
  const MapSizes m = map_sizes(item.shape(), channels_first);
  const auto channel = request.at("channel").get<std::int64_t>();
  const auto y = request.at("y").get<std::int64_t>(), x = request.at("x").get<std::int64_t>();
  if (channel < 0 || channel >= m.count || y < 0 || y >= m.height || x < 0 || x >= m.width)
    throw_usage("there is no value at channel {}, ({}, {})", channel, y, x);
  const std::int64_t place = y * m.width + x;
  const bool by_map = channels_first || item.shape().rank() < 2;
  const Normalisation n = nv::normalisation(
      *engine_, trace(s), i, by_map ? channel * m.height * m.width + place : place * m.count + channel);
  Reply reply;
  reply.json = Json::object();
  const auto put = [&](const char* name, double value) { reply.json[name] = number(value); };
  for (const auto& [name, value] :
       {std::pair("value", n.value), std::pair("input", n.input), std::pair("gamma", n.gamma),
        std::pair("beta", n.beta), std::pair("mean", n.mean), std::pair("variance", n.variance)})
    put(name, static_cast<double>(value));
  put("epsilon", n.epsilon);
  return reply;
}

Reply Session::compare(const Json& request) {
  Sample &a = sample(request.at("a")), &b = sample(request.at("b"));
  const Trace trace_a = trace(a), trace_b = trace(b);  // copies share the numbers: one may drop the other
  const Model& model = engine_->model();
  const Structure& structure = engine_->structure();
  const Matching matching = match_layers(model, structure, model, structure);
  Reply reply;
  reply.json = Json::array();
  for (const LayerDifference& d :
       compare_passes({*engine_, trace_a}, {*engine_, trace_b}, matching, nodes(request.at("layers")))) {
    Json channels = Json::array();
    for (const ChannelDifference& c : d.values.channels)
      channels.push_back({{"channel", c.channel}, {"l2", number(c.l2)}});
    reply.json.push_back({{"layer", d.index},
                          {"l2", number(d.values.l2)},
                          {"relativeL2", number(d.values.relative_l2)},
                          {"cosine", number(d.values.cosine)},
                          {"max", number(d.values.linf)},
                          {"channels", channels}});
  }
  return reply;
}

}  // namespace nv::view
