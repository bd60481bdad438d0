#include "nv/analysis/top_patches.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"

namespace nv {

TopUnits::TopUnits(std::size_t most, std::int64_t channel, std::optional<std::array<std::int64_t, 2>> unit)
    : most_(most), channel_(channel), unit_(unit) {}

void TopUnits::add(std::size_t input, const Tensor& item, bool channels_first) {
  const std::optional<TopUnit> unit = largest(input, item, channels_first);
  if (!unit) return;
  // Behind all that are at least as large: they came first.
  const auto at = std::ranges::upper_bound(best_, unit->value, std::greater<>(), &TopUnit::value);
  if (at == best_.end() && best_.size() >= most_) return;
  best_.insert(at, *unit);
  if (best_.size() > most_) best_.pop_back();
}

std::optional<TopUnit> TopUnits::largest(std::size_t input, const Tensor& item, bool channels_first) const {
  const Shape& shape = item.shape();
  if (shape.rank() != 1 && shape.rank() != 3)
    throw_usage("expected a layer of images or a vector, got {}", shape.str());
  const std::int64_t channels = shape[channels_first && shape.rank() == 3 ? 0 : -1];
  if (channel_ < 0 || channel_ >= channels)
    throw_usage("no channel {}: the layer has {}, numbered from 0", channel_, channels);
  const std::int64_t positions = item.size() / channels;
  const std::int64_t width = shape.rank() == 1 ? 1 : shape[channels_first ? 2 : 1];
  const bool first = channels_first && shape.rank() == 3;
  std::optional<TopUnit> top;
  const auto look = [&](std::int64_t p) {
    const float value = item[first ? channel_ * positions + p : p * channels + channel_];
    if (!std::isnan(value) && (!top || value > top->value)) top = {input, p / width, p % width, value};
  };
  if (!unit_) {
    for (std::int64_t p = 0; p < positions; ++p) look(p);
    return top;
  }
  const auto [row, column] = *unit_;
  if (row < 0 || column < 0 || column >= width || row >= positions / width)
    throw_usage("no unit {},{}: the layer's maps are {} x {}", row, column, positions / width, width);
  look(row * width + column);
  return top;
}

}  // namespace nv
