// From a picture of 8-bit pixels to the numbers that a model takes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/data/image.h"

namespace nv {

/// One input of a model. `shape` has no batch axis and is in the model's own layout: (H, W, C), or (C, H, W)
/// where `channels_first`. An axis of -1 may have any size.
struct InputSpec {
  std::string name;
  Shape shape;
  bool channels_first = false;
};

enum class Resize { none, nearest, bilinear, area };

/// What becomes of a picture whose sides have another ratio than the model's input: distorted, cut to the
/// ratio at its centre (Keras's crop_to_aspect_ratio), or filled up with zeros (pad_to_aspect_ratio).
enum class Fit { stretch, crop, pad };

/// unit 0..1, raw 0..255, signed_unit -1..1; caffe (BGR minus ImageNet's means) and torch (unit, then
/// ImageNet's mean and deviation) as keras.applications.imagenet_utils.preprocess_input; custom: unit, then
/// (x - mean) / deviation.
enum class Scale { unit, raw, signed_unit, caffe, torch, custom };

struct Preprocess {
  Resize resize = Resize::bilinear;
  Fit fit = Fit::stretch;
  Scale scale = Scale::unit;
  /// For `custom`, in the order of the model's channels: one number, or one a channel.
  std::vector<float> mean{0.0F};
  std::vector<float> deviation{1.0F};
  bool invert = false;  ///< dark on light becomes light on dark
  bool bgr = false;     ///< the model takes blue first; `caffe` always does

  bool operator==(const Preprocess&) const = default;
};

/// From the options' values; unknown ones throw Error(usage) with a hint.
Resize parse_resize(std::string_view name);
Fit parse_fit(std::string_view name);
Scale parse_scale(std::string_view name);
std::string_view resize_name(Resize resize);
std::string_view fit_name(Fit fit);
/// "custom" for mean and deviation.
std::string_view scale_name(Scale scale);
/// "rgb" or "bgr": whether blue comes first.
bool parse_bgr(std::string_view name);
/// "0.5" or "0.485,0.456,0.406"; `option` is named in the error.
std::vector<float> parse_channel_numbers(std::string_view text, std::string_view option);

/// A model channel's value is (pixel / divisor - mean) / deviation, for pixels of 0..255.
struct ChannelScale {
  float divisor = 255.0F;
  float mean = 0.0F;
  float deviation = 1.0F;

  float apply(float pixel) const { return (pixel / divisor - mean) / deviation; }
  float undo(float value) const { return (value * deviation + mean) * divisor; }
};

/// One a channel, in the order of the model's channels. Throws Error(usage) where --mean, --std, caffe or
/// torch do not fit that number of channels.
std::vector<ChannelScale> channel_scales(const Preprocess& preprocess, std::int64_t channels);

/// Whether the model's channels are in the reverse order of the picture's.
bool takes_bgr(const Preprocess& preprocess, std::int64_t channels);

/// The picture brought to the model's input, without a batch axis. Where the model takes no alpha, it is
/// composed on white; grey is made of RGB as PIL's convert("L") does; then size, then scale. A model that
/// takes a vector gets the flattened picture: the picture as it is where the number fits, else square and
/// grey (n = s * s) or RGB (n = 3 * s * s). Throws Error(input) where the picture cannot fill the input; its
/// text does not name the file.
Tensor to_input(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);

/// What `to_input` does to this picture, for people and JSON: "unit, bilinear 64x48->32x32 stretch,
/// rgb->grey"; sizes are width x height.
std::string describe(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);

// What a user may want to know of a picture for an input that `to_input` fills.

/// Transparent, and composed on white since the model takes no alpha.
bool is_composed(const Picture& picture, const InputSpec& spec);
/// Brought to less than half its height or width.
bool is_much_reduced(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);
/// Mostly light, for a model with one channel and no more than 64 pixels a side: those were often trained on
/// light strokes on dark. `ready` is what to_input made of it with `preprocess`.
bool may_be_inverted(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess,
                     const Tensor& ready);

/// Pixel values (0..255, channels in RGB order, in the layout of `spec`) brought to the model's scale and
/// channel order: what is left of `to_input` for an array that has the right size already.
Tensor scale_pixels(const Tensor& pixels, const InputSpec& spec, const Preprocess& preprocess);
/// The way back: an input of the model as pixel values, not rounded and not clamped, RGB, layout kept.
Tensor unscale_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// The same as a picture of 8 bits holds them: 0 to 255 without fractions.
Tensor whole_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// The scale alone: "unit", "custom mean 0.5 std 0.25, bgr, inverted".
std::string describe_scale(const Preprocess& preprocess);

/// The scale that a text of `describe` or `describe_scale` begins with; nullopt for another text ("none").
std::optional<Preprocess> described_scale(std::string_view text);

/// An input of the model as the picture it stands for, rounded to 8 bits and clamped. A vector becomes a
/// square where it can. Throws Error(input) for an input that is no picture.
Picture to_picture(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// The same of whole_pixels.
Picture pixels_to_picture(const Tensor& pixels, const InputSpec& spec);

}  // namespace nv
