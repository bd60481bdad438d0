#include "nv/data/array_fit.h"

namespace nv {

namespace {

using Axes = std::vector<std::int64_t>;

bool matches(std::span<const std::int64_t> axes, std::span<const std::int64_t> wanted) {
  if (axes.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (wanted[i] >= 0 && axes[i] != wanted[i]) return false;
  return true;
}

/// The array as one item of shape `wanted`, or as a batch of them.
std::optional<ArrayFit> fit_axes(std::span<const std::int64_t> array, std::span<const std::int64_t> wanted) {
  if (matches(array, wanted)) return ArrayFit{1, false, Shape(array)};
  if (array.empty() || !matches(array.subspan(1), wanted)) return std::nullopt;
  return ArrayFit{array[0], true, Shape(array.subspan(1))};
}

std::optional<ArrayFit> fit_flattened(const Shape& array, std::int64_t numbers) {
  const int rank = array.rank();
  if ((rank == 2 || rank == 3) && array.elements() == numbers) return ArrayFit{1, false, Shape{numbers}};
  if ((rank == 3 || rank == 4) && array.item().elements() == numbers)
    return ArrayFit{array[0], true, Shape{numbers}};
  return std::nullopt;
}

}  // namespace

std::optional<ArrayFit> fit_array(const Shape& array, ScalarType type, const InputSpec& spec) {
  const Shape& wanted = spec.shape;
  if (auto fit = fit_axes(array.axes(), wanted.axes())) return fit;
  const int channel = spec.channels_first ? 0 : wanted.rank() - 1;
  if (wanted.rank() > 0 && (wanted[channel] == 1 || wanted[channel] < 0)) {
    Axes without(wanted.begin(), wanted.end());
    without.erase(without.begin() + channel);
    if (auto fit = fit_axes(array.axes(), without)) {
      Axes item(fit->item.begin(), fit->item.end());
      item.insert(item.begin() + channel, 1);
      fit->item = Shape(item);
      return fit;
    }
  }
  if (type == ScalarType::uint8 && wanted.rank() == 1) return fit_flattened(array, wanted[0]);
  return std::nullopt;
}

}  // namespace nv
