#include "nv/figures/attack/transfer_map.h"

#include "nv/render/charts/heat_map.h"

namespace nv::figures {

render::Scene transfer_map(const TransferRates& rates, const Style& style, const render::Page& page) {
  render::HeatMap map;
  map.title = "transfer";
  map.source = rates.model;
  map.row_noun = "made by";
  map.column_noun = "tried on";
  map.meaning = "fooled";
  map.rows = rates.methods;
  map.columns = rates.models;
  map.values = rates.fooled;
  map.theme = style.theme;
  map.page = page;
  return draw(map);
}

}  // namespace nv::figures
