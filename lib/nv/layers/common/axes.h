// Axes of an item, and tensors seen as rows along chosen axes: for normalisations, softmax and reductions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// Indices from 0, sorted, of the item's axes that the option `axis` names (Keras counts the batch as axis 0;
/// negative ones count from the end). Throws Error(input) if an axis does not exist or is named twice.
std::vector<int> item_axes(std::span<const std::int64_t> axes, const Shape& item);

/// A tensor (batch first) with the chosen axes of its items moved to the end, in order, so that all values
/// along them are one contiguous row.
class AxisRows {
 public:
  /// `axes` of an item, as from item_axes. Shares the tensor's storage if the axes are already last.
  AxisRows(const Tensor& x, std::vector<int> axes);

  const Tensor& tensor() const { return tensor_; }
  std::int64_t length() const { return length_; }  ///< of a row
  std::int64_t count() const { return length_ == 0 ? 0 : tensor_.size() / length_; }
  std::span<const float> row(std::int64_t i) const {
    return tensor_.values().subspan(static_cast<std::size_t>(i * length_), static_cast<std::size_t>(length_));
  }

  /// The rows of another tensor of the original shape.
  AxisRows like(const Tensor& x) const { return {x, axes_}; }
  /// The inverse: `rows`, of as many elements in the order of rows, in the original shape and order.
  Tensor restored(const Tensor& rows) const;
  /// The original shape without the chosen axes (as keepdims=False).
  Shape reduced_shape() const;
  /// The original shape with size 1 along the chosen axes (as keepdims=True).
  Shape kept_shape() const;

 private:
  std::vector<int> order() const;

  Shape shape_;
  std::vector<int> axes_;
  Tensor tensor_;
  std::int64_t length_ = 1;
};

/// Rows in chunks of about 16,000 elements, one per task of the thread pool.
struct RowChunks {
  std::int64_t rows, chunk;
  RowChunks(std::int64_t rows, std::int64_t length);
  std::int64_t count() const { return (rows + chunk - 1) / chunk; }
  std::int64_t first(std::int64_t i) const { return i * chunk; }
  std::int64_t end(std::int64_t i) const { return first(i) + chunk < rows ? first(i) + chunk : rows; }
};

}  // namespace nv
