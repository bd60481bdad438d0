#include "nv/figures/comparison/input_change.h"

#include <algorithm>

#include "nv/core/error.h"
#include "nv/figures/comparison/map_tile.h"
#include "nv/figures/drawable.h"

namespace nv::figures {

namespace {

bool is_input(const Model& model, std::size_t node) {
  return std::ranges::any_of(
      model.inputs, [node](const auto& input) { return static_cast<std::size_t>(input.value.node) == node; });
}

/// The pixel values (0..255) of an input; nullopt if they are not those of a picture.
std::optional<Tensor> pixels_of(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess) {
  Tensor pixels = unscale_pixels(input, spec, preprocess);
  const auto possible = [](float p) { return p > -1 && p < 256; };  // not exactly 0..255 for rounding
  if (!std::ranges::all_of(pixels.values(), possible)) return std::nullopt;
  return pixels;
}

}  // namespace

std::optional<PictureChange> input_change(const PassPair& pair, std::size_t node, const Style& style) {
  const Model& model = pair.a.engine.model();
  if (!is_input(model, node)) return std::nullopt;
  const OutputPair outputs = outputs_of(pair, node);
  const InputSpec spec{model.nodes[node].path, outputs.a.shape(),
                       pair.a.engine.structure().nodes[node].channels_first};
  PictureChange change;
  try {
    const std::optional<Tensor> a = pixels_of(outputs.a, spec, pair.preprocess),
                                b = pixels_of(outputs.b, spec, pair.preprocess);
    const Picture before = to_picture(outputs.a, spec, pair.preprocess);
    if (!a || !b || (before.channels != 1 && before.channels != 3)) return std::nullopt;
    change.before = drawable(before);
    change.after = drawable(to_picture(outputs.b, spec, pair.preprocess));
    change.channels = static_cast<int>(before.channels);
    const std::vector<float> difference = difference_of(a->values(), b->values());
    // The picture's channels are last.
    const bool planes = spec.channels_first && outputs.a.shape().rank() >= 3;
    const auto channels = static_cast<std::size_t>(before.channels), cells = difference.size() / channels;
    change.difference.resize(difference.size());
    for (std::size_t i = 0; i < difference.size(); ++i) {
      const std::size_t from = planes ? i % channels * cells + i / channels : i;
      change.difference[i] = difference[from];
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  change.range = 255;
  change.unit = "pixel values of 0 to 255";
  change.before_name = pair.name_a;
  change.after_name = pair.name_b;
  change.difference_name = pair.name_difference;
  change.sum = false;
  change.theme = style.theme;
  return change;
}

std::vector<FeatureMap> side_maps(const Side& side, std::size_t node, const Tensor& output) {
  return feature_maps(output, side.engine.structure().nodes[node].channels_first);
}

}  // namespace nv::figures
