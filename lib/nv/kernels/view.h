// A tensor's elements in another order, with some left out or repeated: slices, broadcasting, tiling,
// flipping and their transposes. Knows no layer.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// Where the elements of a result lie in a source: nested loops, the outermost first.
struct View {
  struct Axis {
    std::int64_t size;  ///< of the result
    std::int64_t step;  ///< elements of the source from one to the next; 0 repeats, below 0 goes backwards
  };
  std::vector<Axis> axes;
  std::int64_t offset = 0;  ///< of the first element

  View() = default;
  /// All elements of a tensor of `shape` in order.
  explicit View(const Shape& shape);
};

/// The elements of `x` that the view names, as a tensor of `shape` (of as many elements as the view).
Tensor gather(const Tensor& x, const View& view, const Shape& shape);

/// The transpose of gather: a tensor of `shape` in which every element is the sum (taken in double) of the
/// elements of `d` that the view reads from it, 0 where it reads none.
Tensor scatter(const Tensor& d, const View& view, const Shape& shape);

/// The shape that NumPy's broadcasting gives to two; unknown axes stay unknown unless the other is larger
/// than 1. Throws Error(input) where they do not fit together.
Shape broadcast(const Shape& a, const Shape& b);

/// A tensor of shape `from` repeated to `to`, which it broadcasts to.
View broadcast_view(const Shape& from, const Shape& to);

/// `x` repeated to `to`; shares storage where it has that shape.
Tensor broadcast_to(const Tensor& x, const Shape& to);

/// The transpose of broadcast_to: `d` summed to `shape`.
Tensor sum_to(const Tensor& d, const Shape& shape);

}  // namespace nv
