// Maps and units as strips of few pixels, for terminals.
#pragma once

#include <cstddef>
#include <span>

#include "nv/render/backends/terminal.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/pixel_grid.h"

namespace nv::render {

struct MapStrip {
  TerminalPicture picture;
  std::size_t shown = 0;  ///< number of maps shown, from the first
};

/// As many maps side by side as fit into `columns` characters, each at most `side` pixels high and wide,
/// enlarged or shrunk (to means) by whole numbers.
MapStrip map_strip(std::span<const Map> maps, const ValueScale& scale, int columns, int side);
/// A picture, at most `columns` characters wide and `side` pixels high, enlarged or shrunk (to means) by
/// whole numbers; empty unless it is whole.
TerminalPicture picture_strip(const PixelGrid& picture, int columns, int side);
/// Units in reading order; means if there are more than `columns` x `side` of them.
TerminalPicture unit_strip(std::span<const float> units, const ValueScale& scale, int columns, int side);

}  // namespace nv::render
