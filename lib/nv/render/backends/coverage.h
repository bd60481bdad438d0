// Exact coverage of pixels by polygons (signed areas summed along each row).
#pragma once

#include <span>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

/// Collects closed outlines, then yields the covered share of each pixel. All outlines are brought to one
/// orientation: if several overlap, their shares add up to at most 1, as the pieces of a stroke need it.
class Coverage {
 public:
  /// Clips to pixels [0, width) x [0, height).
  Coverage(int width, int height) : width_(width), height_(height) {}

  /// Points in pixels.
  void add(std::span<const Point> outline);

  /// Calls `paint(y, x, shares)` for each row that is touched; `shares` are those of the pixels from x on,
  /// 0..1.
  template <typename Paint>
  void each_row(Paint paint);

 private:
  struct Edge {
    Point top, bottom;
    double winding;
  };
  void sum_row(int y);
  void sum_edge(double x0, double x1, double height);

  int width_, height_;
  std::vector<Edge> edges_;
  int left_ = 0, right_ = 0;  // pixels that the row's sums span
  std::vector<double> row_;
  std::vector<float> shares_;
  bool prepared(int& first, int& last);
};

template <typename Paint>
void Coverage::each_row(Paint paint) {
  int first = 0, last = 0;
  if (!prepared(first, last)) return;
  for (int y = first; y < last; ++y) {
    sum_row(y);
    paint(y, left_, std::span<const float>(shares_));
  }
}

}  // namespace nv::render
