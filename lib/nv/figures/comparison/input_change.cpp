#include "nv/figures/comparison/input_change.h"

#include <fmt/format.h>

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

/// In the model's own unit, as all numbers on a comparison are, if its channels have one scale: from pixel
/// values.
void use_own_unit(PictureChange& change, const Preprocess& preprocess, std::int64_t channels) {
  const std::vector<ChannelScale> scales = channel_scales(preprocess, channels);
  const auto unit_of = [](const ChannelScale& s) { return s.apply(255) - s.apply(0); };
  const float unit = unit_of(scales[0]) / 255;
  for (const ChannelScale& s : scales)
    if (s.divisor != scales[0].divisor || s.deviation != scales[0].deviation || s.mean != scales[0].mean)
      return;
  if (unit == 1) return;
  for (float& d : change.difference) d *= unit;
  change.range = static_cast<double>(unit) * 255;
  change.unit = fmt::format("values of {:.3g} to {:.3g}", scales[0].apply(0), scales[0].apply(255));
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
  use_own_unit(change, pair.preprocess, change.channels);
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
