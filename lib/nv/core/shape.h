// The size of a tensor along each of its axes.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

namespace nv {

/// Up to eight axes, stored in place. Shapes of layers have no batch axis; tensors in the engine have one as
/// axis 0. An axis may have the size `unknown` (a model for images of any size).
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

  /// Whether no axis is `unknown`.
  bool known() const;
  /// Product of all axes; 1 for a scalar. Throws Error(input) if an axis is unknown or the product exceeds
  /// 2^40 (a damaged or malicious file).
  std::int64_t elements() const;

  /// The shape with a batch axis of size `n` in front.
  Shape batched(std::int64_t n) const;
  /// The shape without its first axis.
  Shape item() const { return Shape(axes().subspan(1)); }

  /// "28 x 28 x 1"; "?" for an unknown axis, "scalar" for no axes.
  std::string str(const char* times = " x ") const;

  friend bool operator==(const Shape& a, const Shape& b);

 private:
  std::array<std::int64_t, max_rank> axes_{};
  int rank_ = 0;
};

}  // namespace nv
