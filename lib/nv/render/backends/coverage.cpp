#include "nv/render/backends/coverage.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace nv::render {

void Coverage::add(std::span<const Point> outline) {
  if (outline.size() < 3) return;
  double area = 0;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point &a = outline[i], &b = outline[(i + 1) % outline.size()];
    if (!std::isfinite(a.x) || !std::isfinite(a.y)) return;
    area += a.x * b.y - b.x * a.y;
  }
  const double turn = area < 0 ? -1 : 1;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point &a = outline[i], &b = outline[(i + 1) % outline.size()];
    if (a.y == b.y) continue;
    edges_.push_back(a.y < b.y ? Edge{a, b, -turn} : Edge{b, a, turn});
  }
}

bool Coverage::prepared(int& first, int& last) {
  double x0 = width_, x1 = 0, y0 = height_, y1 = 0;
  for (const Edge& e : edges_) {
    x0 = std::min({x0, e.top.x, e.bottom.x});
    x1 = std::max({x1, e.top.x, e.bottom.x});
    y0 = std::min(y0, e.top.y);
    y1 = std::max(y1, e.bottom.y);
  }
  left_ = static_cast<int>(std::floor(std::max(0.0, x0)));
  right_ = static_cast<int>(std::ceil(std::min<double>(width_, x1)));
  first = static_cast<int>(std::floor(std::max(0.0, y0)));
  last = static_cast<int>(std::ceil(std::min<double>(height_, y1)));
  if (left_ >= right_ || first >= last) return false;
  std::stable_sort(edges_.begin(), edges_.end(),
                   [](const Edge& a, const Edge& b) { return a.top.y < b.top.y; });
  return true;
}

/// Adds a piece of an edge that crosses one row, from x0 to x1 over `height` (signed) of it: each pixel right
/// of the edge gains `height`, the pixels under the edge their part of it. Sums are kept as differences along
/// the row.
void Coverage::sum_edge(double x0, double x1, double height) {
  const double most = right_ - left_;
  x0 = std::clamp(x0 - left_, 0.0, most);
  x1 = std::clamp(x1 - left_, 0.0, most);
  if (x0 > x1) std::swap(x0, x1);
  double before = 0;  // share of the edge's height left of the pixel, times its area so far
  const double slope = x1 > x0 ? height / (x1 - x0) : 0;
  for (auto i = static_cast<std::size_t>(x0);; ++i) {
    const double lo = static_cast<double>(i), hi = lo + 1;
    // Coverage of pixel i: the integral over its width of the height that lies left of each x.
    double value = 0;
    if (x1 <= lo) {
      value = height;
    } else if (x1 <= x0) {
      value = height * (hi - x0);
    } else {
      const double a = std::max(lo, x0), b = std::min(hi, x1);
      value = slope * ((a - x0) + (b - x0)) / 2 * (b - a) + (b < hi ? height * (hi - b) : 0);
    }
    row_[i] += value - before;
    before = value;
    if (x1 <= lo || i + 1 >= row_.size()) break;
  }
}

void Coverage::sum_row(int y) {
  const auto count = static_cast<std::size_t>(right_ - left_);
  row_.assign(count + 2, 0);
  for (const Edge& e : edges_) {
    if (e.top.y >= y + 1) break;
    const double from = std::max<double>(y, e.top.y), to = std::min<double>(y + 1, e.bottom.y);
    if (to <= from) continue;
    const double slope = (e.bottom.x - e.top.x) / (e.bottom.y - e.top.y);
    sum_edge(e.top.x + (from - e.top.y) * slope, e.top.x + (to - e.top.y) * slope, (to - from) * e.winding);
  }
  shares_.resize(count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += row_[i];
    shares_[i] = static_cast<float>(std::clamp(std::abs(sum), 0.0, 1.0));
  }
}

}  // namespace nv::render
