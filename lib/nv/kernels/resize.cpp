#include "nv/kernels/resize.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>
#include <vector>

namespace nv {

namespace {

/// The range of weights of value `i`.
std::pair<std::size_t, std::size_t> taps(const Resampling& r, std::int64_t i) {
  return {static_cast<std::size_t>(r.starts[static_cast<std::size_t>(i)]),
          static_cast<std::size_t>(r.starts[static_cast<std::size_t>(i) + 1])};
}

/// Computes row `y` of the new image: the weighted sum of old rows, of which row(i) returns the i-th, and
/// then along it the weighted sums of pixels.
template <typename Row>
void resize_row(const Resampling& rows, const Resampling& columns, std::int64_t channels, const Row& row,
                std::int64_t y, float* target) {
  const std::int64_t row_size = columns.source * channels;
  std::vector<float> sum(static_cast<std::size_t>(row_size), 0.0F);
  const auto [first, last] = taps(rows, y);
  for (std::size_t t = first; t < last; ++t) {
    const float* from = row(rows.from[t]);
    for (std::int64_t i = 0; i < row_size; ++i) sum[static_cast<std::size_t>(i)] += rows.weights[t] * from[i];
  }
  std::fill_n(target, columns.target() * channels, 0.0F);
  for (std::int64_t x = 0; x < columns.target(); ++x, target += channels) {
    const auto [begin, end] = taps(columns, x);
    for (std::size_t t = begin; t < end; ++t) {
      const float* from = sum.data() + columns.from[t] * channels;
      for (std::int64_t c = 0; c < channels; ++c) target[c] += columns.weights[t] * from[c];
    }
  }
}

/// The rows of an image in memory.
auto rows_of(const float* image, std::int64_t row_size) {
  return [=](std::int64_t y) { return image + y * row_size; };
}

}  // namespace

void resize_rows(const Resampling& rows, const Resampling& columns, std::int64_t channels,
                 const RowReader& read, std::span<float> target) {
  assert(static_cast<std::int64_t>(target.size()) == rows.target() * columns.target() * channels);
  // Two rows: bilinear resizing reads two adjacent ones, and the next row needs one or both again.
  std::array<std::vector<float>, 2> kept;
  std::array<std::int64_t, 2> which{-1, -1};
  std::size_t oldest = 0;
  const auto row = [&](std::int64_t y) -> const float* {
    for (std::size_t i = 0; i < 2; ++i)
      if (which[i] == y) return kept[i].data();
    const std::size_t here = std::exchange(oldest, 1 - oldest);
    kept[here].resize(static_cast<std::size_t>(columns.source * channels));
    read(y, kept[here]);
    which[here] = y;
    return kept[here].data();
  };
  const std::int64_t row_size = columns.target() * channels;
  for (std::int64_t y = 0; y < rows.target(); ++y)
    resize_row(rows, columns, channels, row, y, target.data() + y * row_size);
}

void resize(const Resampling& rows, const Resampling& columns, std::int64_t channels, std::int64_t images,
            const float* source, float* target, ThreadPool& pool) {
  const std::int64_t in = rows.source * columns.source * channels, height = rows.target();
  pool.for_each(images * height, [&](std::int64_t job) {
    resize_row(rows, columns, channels, rows_of(source + job / height * in, columns.source * channels),
               job % height, target + job * columns.target() * channels);
  });
}

}  // namespace nv
