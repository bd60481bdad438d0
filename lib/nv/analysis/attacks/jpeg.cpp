// JPEG compression: the loss of a JPEG file, without the file.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "nv/analysis/attacks/attempt.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

constexpr std::int64_t side = 8;
using Block = std::array<double, 64>;

/// The standard's tables (ITU T.81, annex K), row by row.
constexpr std::array<int, 64> luminance{
    16, 11,  10,  16, 24, 40, 51, 61, 12,  12,  14,  19,  26, 58, 60, 55,  14,  13,  16,  24, 40, 57,
    69, 56,  14,  17, 22, 29, 51, 87, 80,  62,  18,  22,  37, 56, 68, 109, 103, 77,  24,  35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98,  112, 100, 103, 99};
constexpr std::array<int, 64> chrominance{17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
                                          24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
                                          99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                                          99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

/// A table for a quality of 1 to 100, as libjpeg scales it.
Block scaled(const std::array<int, 64>& table, int quality) {
  const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  Block steps{};
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = std::clamp((table[i] * percent + 50) / 100, 1, 255);
  return steps;
}

/// The cosine transform's matrix: row k is frequency k.
const std::array<std::array<double, 8>, 8>& cosines() {
  static const auto matrix = [] {
    std::array<std::array<double, 8>, 8> m{};
    for (std::size_t k = 0; k < 8; ++k)
      for (std::size_t n = 0; n < 8; ++n)
        m[k][n] =
            std::cos((2 * static_cast<double>(n) + 1) * static_cast<double>(k) * std::numbers::pi / 16) *
            (k == 0 ? std::sqrt(0.125) : 0.5);
    return m;
  }();
  return matrix;
}

/// The 2D transform, or its inverse.
Block transformed(const Block& in, bool back) {
  const auto& m = cosines();
  const auto weight = [&](std::size_t k, std::size_t n) { return back ? m[n][k] : m[k][n]; };
  Block rows{}, out{};
  for (std::size_t r = 0; r < 8; ++r)
    for (std::size_t k = 0; k < 8; ++k)
      for (std::size_t n = 0; n < 8; ++n) rows[r * 8 + k] += weight(k, n) * in[r * 8 + n];
  for (std::size_t k = 0; k < 8; ++k)
    for (std::size_t r = 0; r < 8; ++r)
      for (std::size_t c = 0; c < 8; ++c) out[k * 8 + c] += weight(k, r) * rows[r * 8 + c];
  return out;
}

/// One plane of 0..255, `rows` x `columns`.
struct ColourPlane {
  std::int64_t rows, columns;
  std::vector<double> values;

  double& at(std::int64_t r, std::int64_t c) { return values[static_cast<std::size_t>(r * columns + c)]; }
  /// Extended beyond its edges by their values.
  double near(std::int64_t r, std::int64_t c) const {
    return values[static_cast<std::size_t>(std::min(r, rows - 1) * columns + std::min(c, columns - 1))];
  }
};

void compress(ColourPlane& plane, const Block& steps) {
  for (std::int64_t top = 0; top < plane.rows; top += side)
    for (std::int64_t left = 0; left < plane.columns; left += side) {
      Block block{};
      for (std::size_t i = 0; i < block.size(); ++i)
        block[i] = plane.near(top + static_cast<std::int64_t>(i) / side,
                              left + static_cast<std::int64_t>(i) % side) -
                   128;
      block = transformed(block, false);
      for (std::size_t i = 0; i < block.size(); ++i) block[i] = std::round(block[i] / steps[i]) * steps[i];
      block = transformed(block, true);
      for (std::int64_t r = 0; r < std::min(side, plane.rows - top); ++r)
        for (std::int64_t c = 0; c < std::min(side, plane.columns - left); ++c)
          plane.at(top + r, left + c) = block[static_cast<std::size_t>(r * side + c)] + 128;
    }
}

/// Compresses at half the size, each value the mean of four, and scales back up.
void compress_halved(ColourPlane& plane, const Block& steps) {
  ColourPlane half{(plane.rows + 1) / 2, (plane.columns + 1) / 2, {}};
  for (std::int64_t r = 0; r < half.rows; ++r)
    for (std::int64_t c = 0; c < half.columns; ++c)
      half.values.push_back((plane.near(2 * r, 2 * c) + plane.near(2 * r, 2 * c + 1) +
                             plane.near(2 * r + 1, 2 * c) + plane.near(2 * r + 1, 2 * c + 1)) /
                            4);
  compress(half, steps);
  for (std::int64_t r = 0; r < plane.rows; ++r)
    for (std::int64_t c = 0; c < plane.columns; ++c) plane.at(r, c) = half.near(r / 2, c / 2);
}

/// Converts planes of RGB to YCbCr (JFIF), or back.
void convert(std::vector<ColourPlane>& p, bool back) {
  for (std::size_t i = 0; i < p[0].values.size(); ++i) {
    double &x = p[0].values[i], &y = p[1].values[i], &z = p[2].values[i];
    const double a = x, b = back ? y - 128 : y, c = back ? z - 128 : z;
    x = back ? a + 1.402 * c : 0.299 * a + 0.587 * b + 0.114 * c;
    y = back ? a - 0.344136 * b - 0.714136 * c : 128 - 0.168736 * a - 0.331264 * b + 0.5 * c;
    z = back ? a + 1.772 * b : 128 + 0.5 * a - 0.418688 * b - 0.081312 * c;
  }
}

Point compressed(const Attempt& a, int quality) {
  const Pixels pixels(a.layout());
  const Bounds& bounds = a.bounds();
  const auto range = static_cast<double>(bounds.range());
  std::vector<ColourPlane> planes;
  for (std::int64_t c = 0; c < pixels.channels(); ++c) {
    planes.push_back({pixels.rows(), pixels.columns(), {}});
    for (std::int64_t p = 0; p < pixels.count(); ++p)
      planes.back().values.push_back(
          std::round(static_cast<double>(a.original()[pixels.at(p, c)] - bounds.low) / range * 255));
  }
  const bool colour = planes.size() == 3;
  if (colour) convert(planes, false);
  for (std::size_t c = 0; c < planes.size(); ++c) {
    if (colour && c > 0)
      compress_halved(planes[c], scaled(chrominance, quality));
    else
      compress(planes[c], scaled(luminance, quality));
  }
  if (colour) convert(planes, true);
  Point x(a.original().size());
  for (std::int64_t c = 0; c < pixels.channels(); ++c)
    for (std::int64_t p = 0; p < pixels.count(); ++p) {
      const double level =
          std::round(planes[static_cast<std::size_t>(c)].values[static_cast<std::size_t>(p)]);
      x[pixels.at(p, c)] =
          bounds.clamp(bounds.low + static_cast<float>(std::clamp(level, 0.0, 255.0) / 255 * range));
    }
  return x;
}

Task<Point> run_jpeg(Attempt& a) {
  Point x;
  for (int quality = 100; quality >= 1; --quality) {
    x = compressed(a, quality);
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) break;
  }
  co_return x;
}

}  // namespace

Method jpeg() {
  Method m;
  m.name = "jpeg";
  m.summary = "JPEG compression, at the highest quality that succeeds";
  m.reference = "Hendrycks 2019, arXiv:1903.12261; tables and qualities as libjpeg, colours at half size";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.gradients = false;
  m.run = run_jpeg;
  return m;
}

}  // namespace nv::attacks
