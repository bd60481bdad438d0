// The size of a tensor along each of its axes.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace nv {

/// Up to eight axes, stored in place. Layer shapes carry no batch axis; tensors in the engine do, as axis 0.
/// A model may leave an axis open (an image of any size): its size is `unknown`.
class Shape {
 public:
  static constexpr int max_rank = 8;
  static constexpr std::int64_t unknown = -1;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> axes) : Shape(std::span(axes.begin(), axes.size())) {}
  /// Throws Error(input) for more than eight axes or a size below `unknown`.
  explicit Shape(std::span<const std::int64_t> axes);

  int rank() const { return rank_; }
  bool empty() const { return rank_ == 0; }
  /// Size along `axis`; negative axes count from the end, as in NumPy.
  std::int64_t operator[](int axis) const {
    return axes_[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)];
  }
  std::int64_t& operator[](int axis) {
    return axes_[static_cast<std::size_t>(axis < 0 ? axis + rank_ : axis)];
  }
  std::int64_t back() const { return (*this)[rank_ - 1]; }

  const std::int64_t* begin() const { return axes_.data(); }
  const std::int64_t* end() const { return axes_.data() + rank_; }
  std::span<const std::int64_t> axes() const { return {begin(), end()}; }

  bool known() const;
  /// Product of all axes; 1 for a scalar. Throws Error(input) where an axis is unknown, or where the product
  /// passes 2^40 (a damaged or hostile file).
  std::int64_t elements() const;

  /// The shape with one more axis in front, as a batch of `n`.
  Shape batched(std::int64_t n) const;
  /// The shape without its first axis.
  Shape item() const { return Shape(axes().subspan(1)); }

  /// "28 x 28 x 1", as pictures and tables write it; "?" for an unknown axis, "scalar" for none.
  std::string str(const char* times = " x ") const;

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<std::int64_t, max_rank> axes_{};
  int rank_ = 0;
};

}  // namespace nv
