#include "nv/analysis/explain/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

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

/// The ninth of an image with the largest share of the positive sum: "at the top left", and the share.
std::pair<std::string, double> top_region(const PositionMap& map, double total) {
  static constexpr const char* names[] = {"at the top left",    "at the top",    "at the top right",
                                          "at the left",        "at the centre", "at the right",
                                          "at the bottom left", "at the bottom", "at the bottom right"};
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
  if (explanation.maps.size() == 1 && explanation.maps[0].shape().rank() == 2 && rank(port) == 3) {
    for (std::size_t p = 0; p < port; ++p)
      if (rank(p) == 3) return {};
    const Tensor& map = explanation.maps[0];
    return {map.shape()[0], map.shape()[1], {map.values().begin(), map.values().end()}, explanation.relative};
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

std::string in_words(PositionMap map) {
  if (map.relative) {
    const float least = *std::ranges::min_element(map.values);
    for (float& v : map.values) v -= least;
  }
  double total = 0;
  for (const float v : map.values) total += std::max(static_cast<double>(v), 0.0);
  if (!(total > 0) || !std::isfinite(total)) return "no value is positive";
  std::vector<float> sorted = map.values;
  std::ranges::sort(sorted, std::greater<>());
  double sum = 0;
  std::size_t count = 0;
  while (count < sorted.size() && sum < total / 2) sum += static_cast<double>(sorted[count++]);
  const auto [region, share] = top_region(map, total);
  return fmt::format(
      "half of {} on {:.2g} % of the pixels, most ({:.0f} %) {}", map.relative ? "its excess" : "it",
      100 * static_cast<double>(count) / static_cast<double>(map.values.size()), 100 * share, region);
}

std::string words(const Explanation& explanation, const Model& model, const Structure& structure) {
  if (!explanation.channels.empty()) {
    std::string list = "most relevant channels " + model.nodes[explanation.node.value()].path;
    for (std::size_t i = 0; i < std::min<std::size_t>(explanation.channels.size(), 8); ++i)
      list += fmt::format("{}{}", i == 0 ? ":" : ",", explanation.channels[i].channel);
    return list;
  }
  const PositionMap map = position_map(explanation, model, structure);
  if (!map.values.empty()) return in_words(map);
  std::string text;
  for (const Tensor& t : explanation.maps) text += (text.empty() ? "" : "; ") + largest(t);
  return text;
}

}  // namespace nv::explain
