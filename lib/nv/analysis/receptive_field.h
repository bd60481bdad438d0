// The part of the inputs that one unit of a layer depends on.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Positions of an image that a unit depends on. Something without positions (a vector) is a single position.
struct SeenPositions {
  std::int64_t height = 1, width = 1;
  std::vector<bool> seen;  ///< row by row; the positions may have gaps (dilated convolutions, strides)

  bool at(std::int64_t row, std::int64_t column) const {
    return seen[static_cast<std::size_t>(row * width + column)];
  }
  std::int64_t count() const;

  /// The smallest rectangle around the seen positions; of size 0 if there are none.
  struct Box {
    std::int64_t top = 0, left = 0, height = 0, width = 0;
    friend bool operator==(const Box&, const Box&) = default;
  };
  Box box() const;
};

/// The shape of each node's output for inputs of these shapes (no batch axis). Throws Error, naming the
/// layer, for layers that cannot be computed and shapes that do not fit.
std::vector<Shape> output_shapes(const Model& model, const Structure& structure,
                                 std::span<const Shape> inputs);

/// For each model input, the positions on which the unit at (row, column) of a node's output depends, of any
/// channel: by the graph, through all branches, as Layer::seen_along says. `shapes` from output_shapes. Of
/// nodes that are no images (after Flatten), and through layers that do not keep positions (global pooling,
/// Reshape), all positions. Throws Error(usage) for a position that the node does not have.
std::vector<SeenPositions> receptive_field(const Model& model, const Structure& structure,
                                           std::span<const Shape> shapes, std::size_t node, std::int64_t row,
                                           std::int64_t column);

/// Height and width of a node's output; 1 x 1 for what is no image.
std::array<std::int64_t, 2> image_size(const Structure& structure, std::span<const Shape> shapes,
                                       std::size_t node);

}  // namespace nv
