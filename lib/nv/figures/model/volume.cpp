#include "nv/figures/model/volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/model/repeats.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double depth_share = 1.0 / 3;

using Volume = std::array<std::int64_t, 3>;

bool is_vector(const Volume& volume) {
  return volume[1] <= 1 && volume[2] <= 1;
}

/// Numbers for the key: powers of eight up to the first that is not below the largest, or a round number of a
/// linear scale.
std::vector<std::int64_t> key_numbers(bool linear, std::int64_t largest) {
  std::vector<std::int64_t> numbers;
  if (!linear) {
    for (std::int64_t n = 1; n <= 512 && (n == 1 || n / 8 < largest); n *= 8) numbers.push_back(n);
    return numbers;
  }
  std::int64_t round = 1;
  for (std::int64_t decade = 1; decade <= largest; decade *= 10)
    for (const std::int64_t m : {1, 2, 5})
      if (m * decade <= largest) round = m * decade;
  return {round};
}

struct Largest {
  std::int64_t edge = 1, channels = 1, vector = 1;
};

Largest largest_of(const NetworkGraph& graph) {
  Largest most;
  for (const GraphNode& node : graph.nodes) {
    if (is_vector(node.volume)) {
      most.vector = std::max(most.vector, node.volume[0]);
      continue;
    }
    most.edge = std::max({most.edge, node.volume[0], node.volume[1]});
    most.channels = std::max(most.channels, node.volume[2]);
  }
  return most;
}

}  // namespace

double VolumeScale::length(std::int64_t n, double unit) const {
  const auto size = static_cast<double>(std::max<std::int64_t>(n, 1));
  return unit * (linear ? size : std::log2(1 + size));
}

VolumeSize VolumeScale::size(const Volume& volume) const {
  const bool upright = is_vector(volume);
  return {std::max(3.0, std::round(length(volume[2], channel))),
          std::max(3.0, std::round(length(volume[0], upright ? vector : edge))),
          std::max(2.0, upright ? 2.0 : std::round(length(volume[1], edge) * depth_share))};
}

VolumeScale volume_scale(const NetworkGraph& graph, double tallest, double thickest) {
  const Largest most = largest_of(graph);
  VolumeScale scale;
  scale.linear = graph.linear;
  const double height = tallest / (1 + depth_share);
  if (graph.linear) {
    scale.edge = height / static_cast<double>(most.edge);
    scale.vector = tallest / static_cast<double>(most.vector);
  } else {
    scale.edge = scale.vector =
        std::min(height / scale.length(most.edge, 1), tallest / scale.length(most.vector, 1));
  }
  scale.channel = thickest / scale.length(most.channels, 1);
  return scale;
}

double add_scale_key(Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale, double y) {
  const Rgb colour = sheet.theme.muted;
  const double right = sheet.scene.width - sheet.margin;
  double x = sheet.margin;
  const auto bar = [&](const std::string& what, double unit, std::int64_t largest) {
    const std::vector<std::int64_t> numbers = key_numbers(scale.linear, largest);
    const double first = sheet.font.width(what, small_size) + 10 + scale.length(numbers[0], unit) + 40;
    if (x > sheet.margin && x + first > right) {
      x = sheet.margin;
      y += 18;
    }
    sheet.put(x, y + 10, what, small_size, colour);
    x += sheet.font.width(what, small_size) + 10;
    for (const std::int64_t n : numbers) {
      const double length = std::max(2.0, std::round(scale.length(n, unit)));
      const std::string label = thousands(n);
      const double after = x + length + 4 + sheet.font.width(label, small_size);
      if (after > right) break;
      sheet.scene.fill(x, y + 2, length, 6, mixed(sheet.theme.background, colour, 0.6));
      sheet.put(x + length + 4, y + 10, label, small_size, colour);
      x = after + 12;
    }
    x += 16;
  };
  const Largest most = largest_of(graph);
  const bool maps = most.edge > 1, vectors = most.vector > 1;
  const std::string name = scale.linear ? "linear scale: " : "log scale: ";
  if (maps) {
    bar(name + (vectors && !scale.linear ? "height, width, units" : "height, width"), scale.edge, most.edge);
    bar("channels", scale.channel, most.channels);
  }
  if (vectors && (scale.linear || !maps)) bar(maps ? "units" : name + "units", scale.vector, most.vector);
  return y + 14;
}

void check_columns(const NetworkGraph& graph, double width) {
  if (graph.columns > 0 && graph.page.exact && width > graph.page.width)
    throw_usage("{}: {} columns are wider than the page", graph.title, graph.columns);
}

void add_volume(Sheet& sheet, const VolumeSize& size, Rgb colour, double x, double y) {
  const double left = x, right = x + size.thick, top = y + size.deep, bottom = y + size.height(),
               d = size.deep;
  const Stroke edge{mixed(colour, sheet.theme.ink, 0.45), 1, 0};
  const Rgb white{255, 255, 255}, black{0, 0, 0};
  sheet.scene.add(Polygon{{{left, top}, {left + d, top - d}, {right + d, top - d}, {right, top}},
                          mixed(colour, white, 0.4),
                          edge,
                          1});
  sheet.scene.add(Polygon{{{right, top}, {right + d, top - d}, {right + d, bottom - d}, {right, bottom}},
                          mixed(colour, black, 0.22),
                          edge,
                          1});
  sheet.scene.add(Polygon{{{left, top}, {right, top}, {right, bottom}, {left, bottom}}, colour, edge, 1});
}

Rgb family_colour(const Theme& theme, int family) {
  constexpr Rgb colours[] = {{138, 147, 160}, {0, 114, 178}, {86, 180, 233}, {213, 94, 0},   {0, 158, 115},
                             {204, 121, 167}, {230, 159, 0}, {240, 228, 66}, {126, 87, 194}, {150, 120, 95}};
  const auto last = static_cast<int>(std::size(colours)) - 1;
  const Rgb colour = colours[std::clamp(family, 0, last)];
  return luminance(theme.background) > 0.5 ? colour : mixed(colour, Rgb{255, 255, 255}, 0.15);
}

namespace {

Legend family_legend(const NetworkGraph& graph) {
  std::set<int> used;
  for (const GraphNode& node : graph.nodes) used.insert(node.family);
  Legend legend;
  for (const int family : used)
    if (family >= 0 && static_cast<std::size_t>(family) < graph.families.size())
      legend.entries.push_back({Legend::Mark::swatch, graph.families[static_cast<std::size_t>(family)],
                                family_colour(graph.theme, family)});
  return legend;
}

template <typename Condition>
bool any_node(const NetworkGraph& graph, Condition condition) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), condition);
}

}  // namespace

Legend graph_legend(const NetworkGraph& graph) {
  Legend legend = family_legend(graph);
  if (any_node(graph, [](const GraphNode& node) { return !node.parameters.empty(); }))
    legend.add("par.: parameters, those of folded layers included");
  for (const std::string& remark : graph.remarks) legend.add(remark);
  return legend;
}

Legend compact_legend(const NetworkGraph& graph) {
  Legend legend = family_legend(graph);
  if (any_node(graph, [](const GraphNode& node) { return node.brief.starts_with("conv"); }))
    legend.add("conv3-64: kernels 3 × 3, 64 filters");
  if (const std::string usual = usual_note(graph); !usual.empty())
    legend.add(fmt::format("{}: + {}, unless noted", fmt::join(usual_kinds(graph), ", "), usual));
  if (std::any_of(graph.frames.begin(), graph.frames.end(),
                  [](const GraphFrame& frame) { return frame.repeats; }))
    legend.add("2 ×: equal parts in succession, drawn once");
  for (const std::string& remark : graph.remarks) legend.add(remark);
  return legend;
}

}  // namespace nv::figures
