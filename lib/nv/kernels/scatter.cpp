#include "nv/kernels/scatter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "nv/kernels/kernel_set.h"
#include "nv/kernels/transpose.h"

namespace nv {

bool is_sparse(std::span<const float> values) {
  constexpr std::int64_t share = 4;
  const NormSums sums =
      kernel_set().loops.norms(static_cast<std::int64_t>(values.size()), values.data(), nullptr);
  return std::isfinite(sums.absolute) && sums.nonzero * share <= static_cast<std::int64_t>(values.size());
}

namespace {
/// Columns of the kernel that are contiguous in memory: all, without dilation.
std::int64_t columns_of(const WindowSizes& w) {
  return w.dilation[2] == 1 ? w.kernel[2] : 1;
}
}  // namespace

bool suits_scatter(const WindowSizes& w) {
  constexpr std::int64_t least = 16;
  return columns_of(w) * w.channels >= least;
}

std::optional<Scatter> Scatter::of(const WindowSizes& w, std::int64_t filters, const float* kernel) {
  Scatter s(w);
  s.filters_ = filters;
  for (std::size_t a = 0; a < 3; ++a)
    s.full_[a] = (w.out[a] - 1) * w.stride[a] + (w.kernel[a] - 1) * w.dilation[a] + 1;
  s.columns_ = columns_of(w);
  s.rows_ = volume(w.kernel) / s.columns_;
  const std::int64_t used = s.columns_ * w.channels, vector = kernel_set().product.lanes;
  s.length_ = pieces_of(used, vector) * vector;
  const NormSums sums = kernel_set().loops.norms(s.rows_ * used * filters, kernel, nullptr);
  if (!std::isfinite(sums.absolute)) return std::nullopt;
  s.kernel_ = Tensor(Shape{filters, s.rows_, s.length_}, 0.0F);
  for (std::int64_t r = 0; r < s.rows_; ++r)
    transpose_matrix(used, filters, kernel + r * used * filters, filters, s.kernel_.data() + r * s.length_,
                     s.rows_ * s.length_);
  return s;
}

void Scatter::operator()(const float* outputs, float* inputs, ThreadPool& pool) const {
  // Positions that no window covers.
  for (std::size_t a = 0; a < 3; ++a)
    if (w_.in[a] + w_.before[a] > full_[a]) {
      std::fill_n(inputs, volume(w_.in) * w_.channels, 0.0F);
      break;
    }
  constexpr std::int64_t numbers = std::int64_t{1}
                                   << 14;  // values of a band, which stay in the second-level cache
  const std::int64_t lines = full_[0] * full_[1];
  const std::int64_t some = std::max<std::int64_t>(numbers / (full_[2] * w_.channels), 8);
  pool.for_each(pieces_of(lines, some),
                [&](std::int64_t i) { band(i * some, std::min((i + 1) * some, lines), outputs, inputs); });
}

/// Computes lines [first, last) of the region that all windows cover.
void Scatter::band(std::int64_t first, std::int64_t last, const float* outputs, float* inputs) const {
  const std::int64_t line = full_[2] * w_.channels;
  // A vector of zeros may extend beyond the last row.
  Tensor sums(Shape{(last - first) * line + length_}, 0.0F);
  std::vector<std::int64_t> kernel_at, to_at;
  kernel_at.reserve(static_cast<std::size_t>(rows_));
  to_at.reserve(static_cast<std::size_t>(rows_));
  for (std::int64_t o = 0; o < w_.out[0] * w_.out[1]; ++o) {
    const std::int64_t z = o / w_.out[1] * w_.stride[0], y = o % w_.out[1] * w_.stride[1];
    kernel_at.clear();
    to_at.clear();
    for (std::int64_t r = 0; r < rows_; ++r) {
      const Triple tap = position_of(r * columns_, w_.kernel);
      const std::int64_t at = (z + tap[0] * w_.dilation[0]) * full_[1] + y + tap[1] * w_.dilation[1];
      if (at < first || at >= last) continue;
      kernel_at.push_back(r * length_);
      to_at.push_back((at - first) * line + tap[2] * w_.dilation[2] * w_.channels);
    }
    if (to_at.empty()) continue;
    kernel_set().product.scatter({outputs + o * w_.out[2] * filters_, w_.out[2], filters_},
                                 {kernel_.data(), rows_ * length_, length_},
                                 {sums.data(), w_.stride[2] * w_.channels},
                                 static_cast<std::int64_t>(to_at.size()), kernel_at.data(), to_at.data());
  }
  const std::int64_t seen = std::min(w_.in[2], full_[2] - w_.before[2]);
  for (std::int64_t i = 0; i < w_.in[0] * w_.in[1]; ++i) {
    const std::int64_t z = i / w_.in[1] + w_.before[0], y = i % w_.in[1] + w_.before[1];
    const std::int64_t at = z * full_[1] + y;
    if (z >= full_[0] || y >= full_[1] || at < first || at >= last) continue;
    std::copy_n(sums.data() + (at - first) * line + w_.before[2] * w_.channels, seen * w_.channels,
                inputs + i * w_.in[2] * w_.channels);
  }
}

}  // namespace nv
