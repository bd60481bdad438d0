// Plots of shares: accuracies, faults found.
#pragma once

#include "nv/figures/style.h"
#include "nv/render/charts/line_plot.h"

namespace nv::figures {

/// An empty plot from 0 to 1, in the style of a page.
inline render::LinePlot share_plot(const Style& style, const render::Page& page) {
  render::LinePlot plot;
  plot.y_lo = 0;
  plot.y_hi = 1;
  plot.theme = style.theme;
  plot.page = page;
  return plot;
}

}  // namespace nv::figures
