// What layers share that work along chosen axes: normalisations, softmax, reductions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// The axes of an item that the option `axis` means (Keras counts the batch as axis 0, and from the end below
/// 0), from 0, sorted. Throws Error(input) where there is none such or one twice.
std::vector<int> item_axes(std::span<const std::int64_t> axes, const Shape& item);

/// A tensor (batch first) with the chosen axes of its items brought to the end, in order, so that what
/// belongs together is one row in memory.
class Rows {
 public:
  /// `axes` of an item, as from item_axes. Shares the tensor's storage where the axes are last already.
  Rows(const Tensor& x, std::vector<int> axes);

  const Tensor& tensor() const { return tensor_; }
  std::int64_t length() const { return length_; }  ///< of a row
  std::int64_t count() const { return length_ == 0 ? 0 : tensor_.size() / length_; }
  std::span<const float> row(std::int64_t i) const {
    return tensor_.values().subspan(static_cast<std::size_t>(i * length_), static_cast<std::size_t>(length_));
  }

  /// Another tensor of the original shape in the same order.
  Rows like(const Tensor& x) const { return {x, axes_}; }
  /// A tensor of as many elements in the order of rows, back in the original order and shape.
  Tensor restored(const Tensor& rows) const;
  /// The original shape with the chosen axes left out, or of size 1.
  Shape without() const;
  Shape kept() const;

 private:
  std::vector<int> order() const;

  Shape shape_;
  std::vector<int> axes_;
  Tensor tensor_;
  std::int64_t length_ = 1;
};

/// The rows [first, first + count) of a piece of work of about 16,000 elements.
struct RowPieces {
  std::int64_t rows, piece;
  RowPieces(std::int64_t rows, std::int64_t length);
  std::int64_t count() const { return (rows + piece - 1) / piece; }
  std::int64_t first(std::int64_t p) const { return p * piece; }
  std::int64_t end(std::int64_t p) const { return first(p) + piece < rows ? first(p) + piece : rows; }
};

}  // namespace nv
