// Preprocessing: from 8-bit pictures to the numbers that a model takes, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/shape.h"
#include "nv/core/tensor.h"
#include "nv/data/image.h"

namespace nv {

/// One input of a model. `shape` has no batch axis and is in the model's layout: (H, W, C), or (C, H, W) if
/// `channels_first`. An axis of -1 may have any size.
struct InputSpec {
  std::string name;
  Shape shape;
  bool channels_first = false;
};

/// As the methods of tf.image.resize without antialiasing; none: an error if the sizes differ.
enum class Resize { none, nearest, bilinear, area };

/// For a picture with another aspect ratio than the model's input: distort it, cut it at its centre (Keras's
/// crop_to_aspect_ratio), or pad it with zeros (pad_to_aspect_ratio).
enum class Fit { stretch, crop, pad };

/// unit: 0..1; raw: 0..255; signed_unit: -1..1; caffe (BGR minus ImageNet's means) and torch (unit, then
/// ImageNet's mean and standard deviation) as keras.applications.imagenet_utils.preprocess_input; custom:
/// unit, then (x - mean) / deviation.
enum class Scale { unit, raw, signed_unit, caffe, torch, custom };

struct Preprocess {
  Resize resize = Resize::bilinear;
  Fit fit = Fit::stretch;
  Scale scale = Scale::unit;
  /// For `custom`, in the order of the model's channels: one number, or one per channel.
  std::vector<float> mean{0.0F};
  std::vector<float> deviation{1.0F};
  bool invert = false;  ///< replace each pixel p by 255 - p
  bool bgr = false;     ///< the model takes BGR; always true for `caffe`

  bool operator==(const Preprocess&) const = default;
};

/// Parse the values of nv's options --resize, --fit, --preprocess. Throw Error(usage) with a hint for unknown
/// values.
Resize parse_resize(std::string_view name);
Fit parse_fit(std::string_view name);
Scale parse_scale(std::string_view name);
/// The names that these functions take.
std::vector<std::string> resize_names();
std::vector<std::string> fit_names();
std::vector<std::string> scale_names();
std::string_view resize_name(Resize resize);
std::string_view fit_name(Fit fit);
/// "custom" for mean and deviation.
std::string_view scale_name(Scale scale);
/// Parses "rgb" or "bgr"; true for the latter.
bool parse_bgr(std::string_view name);
/// Parses "0.5" or "0.485,0.456,0.406". Throws Error(usage) that names `option`.
std::vector<float> parse_channel_numbers(std::string_view text, std::string_view option);

/// The value of a model's channel is (pixel / divisor - mean) / deviation, for pixels in 0..255.
struct ChannelScale {
  float divisor = 255.0F;
  float mean = 0.0F;
  float deviation = 1.0F;

  float apply(float pixel) const { return (pixel / divisor - mean) / deviation; }
  float undo(float value) const { return (value * deviation + mean) * divisor; }
};

/// Channels of pictures for this input; 1 for a vector.
std::int64_t channels_of(const InputSpec& spec);

/// One per channel, in the order of the model's channels. Throws Error(usage) if mean, deviation, caffe or
/// torch do not fit the number of channels.
std::vector<ChannelScale> channel_scales(const Preprocess& preprocess, std::int64_t channels);

/// Whether the model's channels are in the reverse order of a picture's.
bool takes_bgr(const Preprocess& preprocess, std::int64_t channels);

/// Converts a picture to a model's input, without a batch axis: composes it on white unless the model takes
/// alpha, converts RGB to grey as PIL's convert("L") if needed, resizes, then scales. A model that takes a
/// vector gets the flattened picture: unchanged if the number of elements fits, else as a square in grey (n =
/// s * s) or RGB (n = 3 * s * s). Throws Error(input) if the picture cannot fill the input; its text does not
/// name the file.
Tensor to_input(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);

/// Describes what to_input does to the picture: "unit, bilinear 64x48->32x32 stretch, rgb->grey"; sizes are
/// width x height.
std::string describe(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);

/// Whether the picture is transparent and to_input composes it on white.
bool is_composed(const Picture& picture, const InputSpec& spec);
/// Whether to_input reduces the picture to less than half its height or width.
bool is_much_reduced(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess);
/// Whether the picture is mostly light, for a model with one channel and at most 64 pixels per side: these
/// are often trained on light strokes on dark. `ready`: the result of to_input with `preprocess`.
bool may_be_inverted(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess,
                     const Tensor& ready);

/// Converts pixel values (0..255, RGB order, in the layout of `spec`) to the model's scale and channel order:
/// the last step of to_input, for an array that already has the right size.
Tensor scale_pixels(const Tensor& pixels, const InputSpec& spec, const Preprocess& preprocess);
/// The inverse: an input of the model as pixel values in RGB order, neither rounded nor clamped.
Tensor unscale_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// The same, rounded and clamped to integers 0..255.
Tensor whole_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// Describes the scale: "unit", "custom mean 0.5 std 0.25, bgr, inverted".
std::string describe_scale(const Preprocess& preprocess);

/// The scale at the beginning of a text of `describe` or `describe_scale`; nullopt for other text ("none").
std::optional<Preprocess> described_scale(std::string_view text);

/// Converts an input of the model to a picture, rounded and clamped to 8 bits. A vector becomes a square if
/// its size allows. Throws Error(input) for an input that is no picture.
Picture to_picture(const Tensor& input, const InputSpec& spec, const Preprocess& preprocess);
/// The same for the result of whole_pixels.
Picture pixels_to_picture(const Tensor& pixels, const InputSpec& spec);

}  // namespace nv
