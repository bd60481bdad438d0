#include "nv/figures/attack/transfer_map.h"

#include <fmt/format.h>

#include <cmath>

#include "nv/core/text.h"
#include "nv/render/charts/heat_map.h"

namespace nv::figures {

render::Scene transfer_map(const TransferCounts& counts, const Style& style, const render::Page& page) {
  render::HeatMap map;
  map.title = "transfer";
  map.kind = "share that fools, of the samples whose original the model classifies right";
  map.source = counts.model;
  map.row_noun = "made by";
  map.column_noun = "tried on";
  map.meaning = "fooled";
  map.rows = counts.methods;
  map.columns = counts.models;
  for (const TransferCounts::Cell& cell : counts.cells) {
    map.values.push_back(cell.of == 0 ? NAN
                                      : static_cast<double>(cell.fooled) / static_cast<double>(cell.of));
    map.details.push_back(fmt::format("{}/{}", thousands(cell.fooled), thousands(cell.of)));
  }
  map.theme = style.theme;
  map.page = page;
  return draw(map);
}

}  // namespace nv::figures
