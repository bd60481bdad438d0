#include "nv/view/maps.h"

#include <algorithm>

#include "nv/kernels/transpose.h"

namespace nv::view {

MapSizes map_sizes(const Shape& item, bool channels_first) {
  const auto known = [](std::int64_t n) { return std::max<std::int64_t>(n, 0); };
  const int rank = item.rank();
  if (rank == 0) return {};
  if (rank == 1) return {1, 1, known(item[0])};
  const int first = channels_first ? 1 : 0;
  MapSizes m{known(channels_first ? item[0] : item.back()), 1, known(item[first + rank - 2])};
  for (int a = 0; a + 2 < rank; ++a) m.height *= known(item[first + a]);
  return m;
}

Json to_json(const MapSizes& sizes) {
  return {{"count", sizes.count}, {"height", sizes.height}, {"width", sizes.width}};
}

Tensor map_values(const Tensor& item, bool channels_first) {
  const MapSizes m = map_sizes(item.shape(), channels_first);
  const std::int64_t area = m.height * m.width;
  if (item.shape().rank() < 2 || channels_first || m.count < 2 || area < 2) return item;
  Tensor values(Shape{m.count, m.height, m.width});
  transpose_matrix(area, m.count, item.data(), m.count, values.data(), area);
  return values;
}

}  // namespace nv::view
