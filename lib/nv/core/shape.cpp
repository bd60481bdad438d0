#include "nv/core/shape.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/sizes.h"

namespace nv {

Shape::Shape(std::span<const std::int64_t> axes) {
  if (axes.size() > max_rank)
    throw_input("a tensor of {} axes (at most {} are possible)", axes.size(), max_rank);
  for (std::int64_t n : axes) {
    if (n < unknown) throw_input("a tensor with an axis of size {}", n);
    axes_[static_cast<std::size_t>(rank_++)] = n;
  }
}

bool Shape::known() const {
  return std::ranges::none_of(axes(), [](std::int64_t n) { return n == unknown; });
}

std::int64_t Shape::elements() const {
  constexpr std::int64_t limit = std::int64_t{1} << 40;
  std::int64_t product = 1;
  for (std::int64_t n : *this) {
    if (n < 0) throw_input("a tensor of unknown size ({})", str());
    if (n != 0 && product > limit / n) throw_input("a tensor of {} elements is too large", str());
    product *= n;
  }
  return product;
}

Shape Shape::batched(std::int64_t n) const {
  std::array<std::int64_t, max_rank + 1> axes{n};
  std::copy(begin(), end(), axes.begin() + 1);
  return Shape(std::span<const std::int64_t>(axes.data(), static_cast<std::size_t>(rank_) + 1));
}

std::string Shape::str(const char* times) const {
  return rank_ == 0 ? "scalar" : sizes_text(axes(), times);
}

bool operator==(const Shape& a, const Shape& b) {
  return std::ranges::equal(a.axes(), b.axes());
}

}  // namespace nv
