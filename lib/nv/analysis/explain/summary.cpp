#include "nv/analysis/explain/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "nv/core/text.h"

namespace nv::explain {

namespace {

/// Sums over the channels of (H, W, C), or (C, H, W) if channels are first.
PositionMap summed(const Tensor& map, bool channels_first) {
  const Shape& shape = map.shape();
  PositionMap sums{shape[channels_first ? 1 : 0], shape[channels_first ? 2 : 1], {}, false};
  const std::int64_t channels = shape[channels_first ? 0 : 2], positions = sums.height * sums.width;
  for (std::int64_t p = 0; p < positions; ++p) {
    double sum = 0;
    for (std::int64_t c = 0; c < channels; ++c)
      sum += static_cast<double>(map[channels_first ? c * positions + p : p * channels + c]);
    sums.values.push_back(static_cast<float>(sum));
  }
  return sums;
}

/// The ninth of an image with the largest share of the positive sum, and the share.
std::pair<std::string_view, double> top_region(const PositionMap& map, double total) {
  static constexpr std::string_view names[] = {
      "top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right"};
  std::array<double, 9> sums{};
  for (std::int64_t i = 0; i < map.height * map.width; ++i) {
    const std::int64_t row = 3 * (i / map.width) / map.height, column = 3 * (i % map.width) / map.width;
    sums[static_cast<std::size_t>(3 * row + column)] +=
        std::max(static_cast<double>(map.values[static_cast<std::size_t>(i)]), 0.0);
  }
  const auto top = std::ranges::max_element(sums);
  return {names[top - sums.begin()], *top / total};
}

/// "most by value 5 (0.21), 12 (-0.2) and 0 (0.1)": the numbers of the largest magnitude, by their index in
/// C order.
std::string largest(const Tensor& values) {
  std::vector<std::size_t> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), 0);
  const auto magnitude = [&](std::size_t i) { return std::abs(values[static_cast<std::int64_t>(i)]); };
  const std::size_t count = std::min<std::size_t>(order.size(), 3);
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count), std::greater<>(),
                            magnitude);
  std::string text;
  for (std::size_t k = 0; k < count; ++k)
    text += fmt::format("{}{} ({:.3g})", k == 0 ? "most by value " : ", ", order[k],
                        values[static_cast<std::int64_t>(order[k])]);
  return text;
}

}  // namespace

PositionMap position_map(const Explanation& explanation, std::size_t port, const Model& model,
                         const Structure& structure) {
  const auto rank = [&](std::size_t p) {
    const auto& shape = structure.nodes[static_cast<std::size_t>(model.inputs[p].value.node)].output;
    return shape ? shape->rank() : 0;
  };
  const auto own = [&](const Tensor& map) {
    return PositionMap{
        map.shape()[0], map.shape()[1], {map.values().begin(), map.values().end()}, explanation.relative};
  };
  if (!explanation.ports.empty()) {
    const auto at = std::ranges::find(explanation.ports, port);
    if (at == explanation.ports.end()) return {};
    return own(explanation.maps[static_cast<std::size_t>(at - explanation.ports.begin())]);
  }
  if (explanation.maps.size() == 1 && explanation.maps[0].shape().rank() == 2 && rank(port) == 3) {
    for (std::size_t p = 0; p < port; ++p)
      if (rank(p) == 3) return {};
    return own(explanation.maps[0]);
  }
  if (explanation.maps.size() != model.inputs.size() || explanation.maps[port].shape().rank() != 3) return {};
  const auto node = static_cast<std::size_t>(model.inputs[port].value.node);
  return summed(explanation.maps[port], structure.nodes[node].channels_first);
}

PositionMap position_map(const Explanation& explanation, const Model& model, const Structure& structure) {
  for (std::size_t p = 0; p < model.inputs.size(); ++p)
    if (PositionMap map = position_map(explanation, p, model, structure); !map.values.empty()) return map;
  return {};
}

std::optional<MapSummary> summary_of(PositionMap map) {
  if (map.relative) {
    const float least = *std::ranges::min_element(map.values);
    for (float& v : map.values) v -= least;
  }
  double total = 0;
  for (const float v : map.values) total += std::max(static_cast<double>(v), 0.0);
  if (!(total > 0) || !std::isfinite(total)) return std::nullopt;
  std::vector<float> sorted = map.values;
  std::ranges::sort(sorted, std::greater<>());
  double sum = 0;
  std::size_t count = 0;
  while (count < sorted.size() && sum < total / 2) sum += static_cast<double>(sorted[count++]);
  const auto [region, share] = top_region(map, total);
  return MapSummary{static_cast<double>(count) / static_cast<double>(map.values.size()), region, share,
                    map.relative};
}

std::string in_words(const PositionMap& map) {
  const std::optional<MapSummary> s = summary_of(map);
  if (!s) return "no value is positive";
  return fmt::format("half of {} on {:.2g} % of the pixels, most ({:.0f} %) at the {}",
                     s->relative ? "its excess" : "it", 100 * s->half_on, 100 * s->in_region, s->region);
}

std::vector<std::string> in_short_words(const PositionMap& map) {
  const std::optional<MapSummary> s = summary_of(map);
  if (!s) return {"no value is positive"};
  return {fmt::format("half on {:.2g} %", 100 * s->half_on),
          fmt::format("{} {:.0f} %", s->region, 100 * s->in_region)};
}

std::string layer_text(const Explanation& explanation, std::size_t port, const Model& model) {
  if (explanation.nodes.empty() || explanation.maps.empty()) return "";
  const auto at = std::ranges::find(explanation.ports, port);
  if (at == explanation.ports.end() && !explanation.ports.empty()) return "";
  return one_line(
      model.nodes[explanation.nodes[static_cast<std::size_t>(at - explanation.ports.begin())]].path);
}

/// Of each image input of the model.
std::string words_of_maps(const Explanation& explanation, const Model& model, const Structure& structure) {
  std::string text;
  for (std::size_t p = 0; p < model.inputs.size(); ++p) {
    const PositionMap map = position_map(explanation, p, model, structure);
    if (map.values.empty()) continue;
    if (!text.empty()) text += "; ";
    if (model.inputs.size() > 1) text += one_line(model.inputs[p].name) + ": ";
    text += in_words(map);
    if (const std::string layer = layer_text(explanation, p, model); !layer.empty())
      text += fmt::format(" (maps of {})", layer);
  }
  return text;
}

std::string words(const Explanation& explanation, const Model& model, const Structure& structure) {
  if (!explanation.channels.empty()) {
    std::string list = "most relevant channels " + model.nodes[explanation.nodes.at(0)].path;
    for (std::size_t i = 0; i < std::min<std::size_t>(explanation.channels.size(), 8); ++i)
      list += fmt::format("{}{}", i == 0 ? ":" : ",", explanation.channels[i].channel);
    return list;
  }
  std::string text = words_of_maps(explanation, model, structure);
  if (!text.empty()) return text;
  for (const Tensor& t : explanation.maps) text += (text.empty() ? "" : "; ") + largest(t);
  return text;
}

}  // namespace nv::explain
