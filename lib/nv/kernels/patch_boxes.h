// The positions of a PatchProduct, divided into boxes that are computed one by one.
#pragma once

#include <algorithm>

#include "nv/kernels/patch_product.h"

namespace nv {

/// A box of positions, and the region of the array that its patches cover, which may extend beyond the array.
struct PositionBox {
  Triple first, count;
  Triple region_first, region_count;
  Triple to_first;  ///< of the result
};

class PositionBoxes {
 public:
  /// Boxes of about `positions` positions each: lines, or parts of a line.
  PositionBoxes(const PatchProduct& p, std::int64_t positions) : p_(p) {
    box_ = {1, p.count[1], p.count[2]};
    // All of about the same size.
    const std::int64_t lines = std::max<std::int64_t>(positions / p.count[2], 1);
    box_[1] = pieces_of(p.count[1], std::max<std::int64_t>((p.count[1] + lines / 2) / lines, 1));
    box_[2] = pieces_of(p.count[2], pieces_of(p.count[2], positions + positions / 2));
    for (std::size_t a = 0; a < 3; ++a) boxes_[a] = pieces_of(p.count[a], box_[a]);
  }

  std::int64_t count() const { return volume(boxes_); }
  std::int64_t positions() const { return volume(box_); }

  PositionBox operator[](std::int64_t index) const {
    PositionBox b;
    b.first = position_of(index, boxes_);
    for (std::size_t a = 0; a < 3; ++a) {
      b.first[a] *= box_[a];
      b.count[a] = std::min(box_[a], p_.count[a] - b.first[a]);
      b.region_first[a] = p_.from_first[a] + b.first[a] * p_.from_step[a];
      b.region_count[a] = (b.count[a] - 1) * p_.from_step[a] + p_.extent[a];
      b.to_first[a] = p_.to_first[a] + b.first[a] * p_.to_step[a];
    }
    return b;
  }

 private:
  const PatchProduct& p_;
  Triple box_{}, boxes_{};
};

/// Number of items per task, which share what depends on the box only; one if there are few items, for
/// threads.
inline std::int64_t items_together(std::int64_t items) {
  return std::clamp<std::int64_t>(items / 4, 1, 8);
}

/// Calls line(row) for the lines of a region in order; `row` is the first value of a row of the array `from`,
/// or nullptr outside of it.
template <typename Line>
void for_lines(const PatchProduct& p, const PositionBox& b, const float* from, const Line& line) {
  const Triple &size = p.from.size, &first = b.region_first;
  for (std::int64_t z = first[0]; z < first[0] + b.region_count[0]; ++z)
    for (std::int64_t y = first[1]; y < first[1] + b.region_count[1]; ++y) {
      const bool inside = z >= 0 && z < size[0] && y >= 0 && y < size[1];
      line(inside ? from + index_of({z, y, 0}, size) * p.from.channels : nullptr);
    }
}

/// The columns [begin, end) of a region's line that lie inside the array.
struct InsideColumns {
  std::int64_t begin, end;

  InsideColumns(const PatchProduct& p, const PositionBox& b)
      : begin(std::clamp<std::int64_t>(-b.region_first[2], 0, b.region_count[2])),
        end(std::clamp<std::int64_t>(p.from.size[2] - b.region_first[2], begin, b.region_count[2])) {}
};

/// Calls the rest of the epilogue on a box of the result, rows of whole positions.
inline void finish(const PatchProduct& p, const PositionBox& b, const Epilogue& epilogue, float* to) {
  if (!epilogue.rest) return;
  const std::int64_t row = p.to.size[2] * p.to.channels;
  if (b.count[2] == p.to.size[2]) return epilogue.rest({to, static_cast<std::size_t>(b.count[1] * row)});
  for (std::int64_t y = 0; y < b.count[1]; ++y)
    epilogue.rest({to + y * row, static_cast<std::size_t>(b.count[2] * p.to.channels)});
}

}  // namespace nv
