// The kernels of three input channels as pictures, for the figure of a layer's kernels.
#pragma once

#include "nv/figures/model/layer_kernels.h"
#include "nv/render/charts/grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

/// Whether kernels can be seen as red, green and blue: three input channels, more than one tap.
bool has_colours(const KernelSheet& kernels);

/// One tile per filter; no columns unless has_colours().
render::Grid colour_grid(const render::Sheet& sheet, const KernelSheet& kernels);

/// Width in px with the margins.
double colour_width(const render::Sheet& sheet, const render::Grid& grid);

/// Draws the tiles from `y` on, with a line that explains them; returns the y below.
double add_colour_tiles(render::Sheet& sheet, const KernelSheet& kernels, const render::Grid& grid, double y);

}  // namespace nv::figures
