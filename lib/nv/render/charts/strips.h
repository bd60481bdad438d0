// Maps and units as strips of few pixels, for terminals.
#pragma once

#include <cstddef>
#include <span>

#include "nv/render/backends/terminal.h"
#include "nv/render/charts/map_grid.h"

namespace nv::render {

struct MapStrip {
  TerminalPicture picture;
  std::size_t shown = 0;  ///< maps, the first ones
};

/// As many maps side by side as `columns` characters hold, each at most `side` pixels high and wide, enlarged
/// or shrunk (to means) by whole numbers.
MapStrip map_strip(std::span<const Map> maps, const ValueScale& scale, int columns, int side);
/// Units in reading order, two rows of pixels at least; means where they are more than `columns` x `side`.
TerminalPicture unit_strip(std::span<const float> units, const ValueScale& scale, int columns, int side);

}  // namespace nv::render
