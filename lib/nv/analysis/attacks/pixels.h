// Indices of the values of a pixel.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// An input as an image of rows x columns pixels. A vector is one row of one channel; with three or more
/// axes, one is the channels and the others are spatial.
class Pixels {
 public:
  explicit Pixels(const PointLayout& layout) {
    const Shape& s = layout.shape;
    planes_ = layout.channels_first && s.rank() >= 3;
    if (s.rank() >= 3) channels_ = planes_ ? s[0] : s.back();
    const std::int64_t positions = channels_ == 0 ? 0 : s.elements() / channels_;
    columns_ = s.rank() == 0 ? 1 : s.rank() < 3 ? s.back() : s[planes_ ? -1 : -2];
    rows_ = columns_ == 0 ? 0 : positions / columns_;
  }

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  std::int64_t channels() const { return channels_; }
  std::int64_t count() const { return rows_ * columns_; }
  /// Index of one channel of pixel `pixel`, in row-major order.
  std::size_t at(std::int64_t pixel, std::int64_t channel) const {
    return static_cast<std::size_t>(planes_ ? channel * count() + pixel : pixel * channels_ + channel);
  }
  std::size_t at(std::int64_t row, std::int64_t column, std::int64_t channel) const {
    return at(row * columns_ + column, channel);
  }

 private:
  std::int64_t rows_ = 0, columns_ = 0, channels_ = 1;
  bool planes_ = false;
};

}  // namespace nv::attacks
