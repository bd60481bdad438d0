#include "nv/kernels/row_sum.h"

#include <array>
#include <cstddef>

namespace nv {

namespace {

constexpr std::size_t width = 8;
using Lanes = std::array<float, width>;

void add(Lanes& lanes, const float* values) {
  for (std::size_t k = 0; k < width; ++k) lanes[k] += values[k];
}

float by_halves(Lanes lanes) {
  for (std::size_t half = width / 2; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) lanes[k] += lanes[k + half];
  return lanes[0];
}

}  // namespace

float eigen_sum(std::span<const float> row) {
  const std::size_t groups = row.size() / width;
  float rest = 0;
  for (std::size_t i = groups * width; i < row.size(); ++i) rest += row[i];
  if (groups == 0) return rest;
  constexpr std::size_t together = 4;
  std::array<Lanes, together> lanes{};
  const std::size_t blocks = groups / together;
  for (std::size_t i = 0; i < blocks * together; ++i) add(lanes[i % together], row.data() + i * width);
  for (std::size_t j = 1; j < together; ++j) add(lanes[0], lanes[j].data());
  for (std::size_t i = blocks * together; i < groups; ++i) add(lanes[0], row.data() + i * width);
  return by_halves(lanes[0]) + rest;
}

}  // namespace nv
