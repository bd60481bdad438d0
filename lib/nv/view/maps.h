// How the output of a layer is drawn: maps side by side.
#pragma once

#include "nv/core/tensor.h"
#include "nv/view/reply.h"

namespace nv::view {

/// `count` maps of height x width: (H, W, C) and (C, H, W) are C maps; (T, C) is C maps of 1 x T; (D, H, W,
/// C) is C maps of D * H x W; a vector of n units is one map of 1 x n. 0 for sizes that are not known.
struct MapSizes {
  std::int64_t count = 1, height = 1, width = 1;
};

/// Of an item, which has no batch axis.
MapSizes map_sizes(const Shape& item, bool channels_first);
Json to_json(const MapSizes& sizes);

/// The values of an item in the order map, row, column. Shares storage with it where that is its own order.
Tensor map_values(const Tensor& item, bool channels_first);

}  // namespace nv::view
