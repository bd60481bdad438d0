#include "nv/figures/input_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "nv/core/error.h"
#include "nv/figures/drawable.h"
#include "nv/render/scene/scale.h"

namespace nv::figures {

namespace {

bool are_pixels(const Tensor& values) {
  return std::ranges::all_of(values.values(), [](float v) { return v > -0.5F && v < 255.5F; });
}

/// In 0..255; nullopt if `preprocess` does not give such numbers.
std::optional<Tensor> as_pixels(const Tensor& input, const InputSpec& spec, Preprocess preprocess) {
  preprocess.invert = false;  // the model sees the inverted picture
  try {
    if (!are_pixels(unscale_pixels(input, spec, preprocess))) return std::nullopt;
    return whole_pixels(input, spec, preprocess);
  } catch (const Error&) {
    return std::nullopt;  // mean and deviation do not fit the channels
  }
}

/// Of an array that was not read as a picture: not of vectors, sequences of few channels, four channels.
bool looks_like_picture(const Shape& shape, bool channels_first) {
  constexpr std::int64_t least_side = 16;
  if (shape.rank() == 2) return shape[0] >= least_side && shape[1] >= least_side;
  return shape.rank() == 3 && shape[channels_first ? 0 : 2] != 4;
}

/// A copy from 0 to 255.
Tensor stretched(const Tensor& values, const render::Range& range) {
  Tensor result = values.clone();
  const double span = range.hi > range.lo ? range.hi - range.lo : 1;
  for (float& v : result.values()) v = static_cast<float>(std::round((v - range.lo) / span * 255));
  return result;
}

}  // namespace

InputPicture input_picture(const Engine& engine, const Input& input, std::size_t index,
                           const Preprocess& preprocess) {
  const Port& port = engine.model().inputs[index];
  const Tensor& values = input.tensors[index];
  const auto node = static_cast<std::size_t>(port.value.node);
  const InputSpec spec{port.name, values.shape(), engine.structure().nodes[node].channels_first};
  InputPicture result;
  const render::Range range = render::range_of(values.values());
  if (range.not_finite > 0 || values.size() == 0) return result;
  if (!input.picture && !looks_like_picture(values.shape(), spec.channels_first)) return result;
  std::optional<Tensor> pixels = as_pixels(values, spec, preprocess);
  try {
    if (!pixels) {
      pixels = stretched(values, range);
      result.range =
          fmt::format("{} … {}", render::compact_number(range.lo), render::compact_number(range.hi));
    }
    result.picture = drawable(pixels_to_picture(*pixels, spec));
  } catch (const Error&) {
    return {};
  }
  // With several inputs, which one the original belongs to is not known.
  if (input.picture && input.tensors.size() == 1 &&
      (input.picture->width != result.picture.width || input.picture->height != result.picture.height))
    result.original_size = fmt::format("{} × {}", input.picture->height, input.picture->width);
  return result;
}

}  // namespace nv::figures
