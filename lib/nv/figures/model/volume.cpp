#include "nv/figures/model/volume.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace nv::figures {

using namespace render;

namespace {

constexpr double depth_share = 1.0 / 3;

}  // namespace

double volume_edge(std::int64_t n, double unit) {
  return unit * std::log2(1 + static_cast<double>(std::max<std::int64_t>(n, 1)));
}

VolumeSize volume_size(const std::array<std::int64_t, 3>& volume, double unit) {
  return {std::max(3.0, std::round(volume_edge(volume[2], unit) * channel_share)),
          std::max(3.0, std::round(volume_edge(volume[0], unit))),
          std::max(2.0, std::round(volume_edge(volume[1], unit) * depth_share))};
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

Legend graph_legend(const NetworkGraph& graph) {
  std::set<int> used;
  for (const GraphNode& node : graph.nodes) used.insert(node.family);
  Legend legend;
  for (const int family : used)
    if (family >= 0 && static_cast<std::size_t>(family) < graph.families.size())
      legend.entries.push_back({Legend::Mark::swatch, graph.families[static_cast<std::size_t>(family)],
                                family_colour(graph.theme, family)});
  for (const std::string& remark : graph.remarks) legend.add(remark);
  return legend;
}

}  // namespace nv::figures
