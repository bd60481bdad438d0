#include "nv/kernels/shift.h"

#include <algorithm>

namespace nv {

void shift(const Triple& size, const Triple& target_size, const Triple& shift, std::int64_t channels,
           std::int64_t items, const float* source, float* target, ThreadPool& pool, float fill) {
  const std::int64_t begin = std::max<std::int64_t>(0, -shift[2]);
  const std::int64_t count = std::max<std::int64_t>(std::min(size[2], target_size[2] - shift[2]) - begin, 0);
  const std::int64_t row = target_size[2] * channels;
  const std::int64_t first = count > 0 ? (begin + shift[2]) * channels : 0;  // in the target's row
  const std::int64_t lines = target_size[0] * target_size[1];
  pool.for_each(items * lines, [&](std::int64_t job) {
    float* to = target + job * row;
    const std::int64_t z = job % lines / target_size[1] - shift[0], y = job % target_size[1] - shift[1];
    if (count == 0 || z < 0 || z >= size[0] || y < 0 || y >= size[1]) {
      std::fill_n(to, row, fill);
      return;
    }
    const float* from = source + (((job / lines * size[0] + z) * size[1] + y) * size[2] + begin) * channels;
    to = std::fill_n(to, first, fill);
    to = std::copy_n(from, count * channels, to);
    std::fill_n(to, row - first - count * channels, fill);
  });
}

}  // namespace nv
