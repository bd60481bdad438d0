// Selections of a tensor's elements in any regular order, with repetitions: slices, broadcasting, tiling,
// flipping, and their transposes.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// The positions of a result's elements in a source, as nested loops, the outermost first.
struct View {
  struct Axis {
    std::int64_t size;  ///< of the result
    std::int64_t step;  ///< elements of the source from one to the next; 0 repeats, negative goes backwards
  };
  std::vector<Axis> axes;
  std::int64_t offset = 0;  ///< of the first element

  View() = default;
  /// All elements of a tensor of `shape` in order.
  explicit View(const Shape& shape);
};

/// The elements of `x` at the view's positions, as a tensor of `shape`, which has as many elements as the
/// view.
Tensor gather(const Tensor& x, const View& view, const Shape& shape);

/// The transpose of gather: a tensor of `shape` in which each element is the sum, in double, of the elements
/// of `d` that the view reads from it; 0 if there are none.
Tensor scatter(const Tensor& d, const View& view, const Shape& shape);

/// The common shape of NumPy's broadcasting; an unknown axis stays unknown unless the other is larger than 1.
/// Throws Error(input) if the shapes do not fit together.
Shape broadcast(const Shape& a, const Shape& b);

/// The view that broadcasts a tensor of shape `from` to `to`.
View broadcast_view(const Shape& from, const Shape& to);

/// `x` broadcast to `to`; shares storage if it has that shape already.
Tensor broadcast_to(const Tensor& x, const Shape& to);

/// The transpose of broadcast_to: `d` summed to `shape`.
Tensor sum_to(const Tensor& d, const Shape& shape);

}  // namespace nv
