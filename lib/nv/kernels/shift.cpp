#include "nv/kernels/shift.h"

#include <algorithm>

namespace nv {

void shift(const Triple& size, const Triple& target_size, const Triple& shift, std::int64_t channels,
           std::int64_t items, const float* source, float* target, ThreadPool& pool) {
  const std::int64_t begin = std::max<std::int64_t>(0, -shift[2]);
  const std::int64_t count = std::min(size[2], target_size[2] - shift[2]) - begin;
  const std::int64_t rows = size[0] * size[1];
  if (count <= 0) return;
  pool.for_each(items * size[0], [&](std::int64_t job) {
    const std::int64_t item = job / size[0], z = job % size[0] + shift[0];
    if (z < 0 || z >= target_size[0]) return;
    for (std::int64_t iy = 0; iy < size[1]; ++iy) {
      const std::int64_t y = iy + shift[1];
      if (y < 0 || y >= target_size[1]) continue;
      const float* from =
          source + ((item * rows + job % size[0] * size[1] + iy) * size[2] + begin) * channels;
      float* to =
          target +
          (((item * target_size[0] + z) * target_size[1] + y) * target_size[2] + begin + shift[2]) * channels;
      std::copy_n(from, count * channels, to);
    }
  });
}

}  // namespace nv
