#include "nv/data/preprocess.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "nv/core/error.h"
#include "nv/data/picture_fit.h"

namespace nv {

namespace {

/// Number and order of the channels of an input.
struct ChannelLayout {
  std::int64_t channels = 1;
  bool planes = false;  ///< channels before pixels
};

/// Index of the model's channel `c` in RGB or RGBA.
std::int64_t rgb_channel(std::int64_t c, bool bgr) {
  return bgr && c < 3 ? 2 - c : c;
}

/// The channels of a tensor that fits `spec`.
ChannelLayout layout_of(const Shape& shape, const InputSpec& spec) {
  if (shape.rank() >= 3) return {spec.channels_first ? shape[0] : shape.back(), spec.channels_first};
  const bool rgb =
      shape.rank() == 1 && !square_side(shape[0]) && shape[0] % 3 == 0 && square_side(shape[0] / 3);
  return {rgb ? 3 : 1, false};
}

/// Calls `body(to, from, scale)` for each number: its index in the model's channel order, its index in RGB
/// order, and the scale of its channel.
template <typename Body>
void for_each_number(std::int64_t count, const ChannelLayout& layout, const Preprocess& how,
                     const Body& body) {
  const std::vector<ChannelScale> scales = channel_scales(how, layout.channels);
  const bool bgr = takes_bgr(how, layout.channels);
  const std::int64_t pixels = layout.channels > 0 ? count / layout.channels : 0;
  if (layout.channels == 1) {  // consecutive, so that compilers vectorise it
    const ChannelScale scale = scales[0];
    for (std::int64_t p = 0; p < pixels; ++p) body(p, p, scale);
    return;
  }
  for (std::int64_t c = 0; c < layout.channels; ++c) {
    const std::int64_t rgb = rgb_channel(c, bgr);
    for (std::int64_t p = 0; p < pixels; ++p) {
      const std::int64_t to = layout.planes ? c * pixels + p : p * layout.channels + c;
      const std::int64_t from = layout.planes ? rgb * pixels + p : p * layout.channels + rgb;
      body(to, from, scales[static_cast<std::size_t>(c)]);
    }
  }
}

/// The nearest of 256 levels, halves rounded up; NaN becomes 0.
int whole_pixel(float pixel) {
  // Exact in double, and several times faster than lround. NOLINTNEXTLINE(bugprone-incorrect-roundings)
  return pixel > 0 ? static_cast<int>(static_cast<double>(std::min(pixel, 255.0F)) + 0.5) : 0;
}

float inverted(float pixel, const Preprocess& how) {
  return how.invert ? 255.0F - pixel : pixel;
}

}  // namespace

bool takes_bgr(const Preprocess& how, std::int64_t channels) {
  return channels >= 3 && (how.bgr || how.scale == Scale::caffe);
}

std::int64_t channels_of(const InputSpec& spec) {
  if (spec.shape.rank() < 3) return 1;
  return spec.channels_first ? spec.shape[0] : spec.shape.back();
}

std::vector<ChannelScale> channel_scales(const Preprocess& how, std::int64_t channels) {
  const auto n = static_cast<std::size_t>(channels);
  if ((how.scale == Scale::caffe || how.scale == Scale::torch) && channels != 3)
    throw_usage("--preprocess {} is for pictures of 3 channels, the model's input has {}",
                how.scale == Scale::caffe ? "caffe" : "torch", channels);
  switch (how.scale) {
    case Scale::unit:
      return std::vector<ChannelScale>(n, {255.0F, 0.0F, 1.0F});
    case Scale::raw:
      return std::vector<ChannelScale>(n, {1.0F, 0.0F, 1.0F});
    case Scale::signed_unit:
      return std::vector<ChannelScale>(n, {127.5F, 1.0F, 1.0F});
    case Scale::caffe:
      return {{1.0F, 103.939F, 1.0F}, {1.0F, 116.779F, 1.0F}, {1.0F, 123.68F, 1.0F}};
    case Scale::torch:
      return {{255.0F, 0.485F, 0.229F}, {255.0F, 0.456F, 0.224F}, {255.0F, 0.406F, 0.225F}};
    case Scale::custom:
      break;
  }
  const auto number = [&](const std::vector<float>& numbers, std::size_t c, const char* option) {
    if (numbers.size() == 1) return numbers[0];
    if (numbers.size() != n)
      throw_usage("{}: {} numbers, the model's input has {} channel{}", option, numbers.size(), n,
                  n == 1 ? "" : "s");
    return numbers[c];
  };
  std::vector<ChannelScale> scales;
  for (std::size_t c = 0; c < n; ++c) {
    scales.push_back({255.0F, number(how.mean, c, "--mean"), number(how.deviation, c, "--std")});
    if (scales.back().deviation == 0.0F) throw_usage("--std: expected numbers other than 0, got 0");
  }
  return scales;
}

Tensor to_input(const Picture& picture, const InputSpec& spec, const Preprocess& how) {
  const PictureTarget to = picture_target(picture, spec);
  const ImageSize& size = to.size;
  const std::vector<float> image = fit_picture(picture, source_region(picture, size, how), size, how);
  Tensor tensor(to.shape);
  const std::int64_t pixels = size.height * size.width;
  for_each_number(tensor.size(), {size.channels, false}, how,
                  [&](std::int64_t i, std::int64_t from, const ChannelScale& scale) {
                    if (to.planes) i = i % size.channels * pixels + i / size.channels;
                    tensor[i] = scale.apply(image[static_cast<std::size_t>(from)]);
                  });
  return tensor;
}

Tensor scale_pixels(const Tensor& pixels, const InputSpec& spec, const Preprocess& how) {
  Tensor result(pixels.shape());
  for_each_number(pixels.size(), layout_of(pixels.shape(), spec), how,
                  [&](std::int64_t to, std::int64_t from, const ChannelScale& scale) {
                    result[to] = scale.apply(inverted(pixels[from], how));
                  });
  return result;
}

Tensor unscale_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& how) {
  Tensor result(input.shape());
  for_each_number(input.size(), layout_of(input.shape(), spec), how,
                  [&](std::int64_t to, std::int64_t from, const ChannelScale& scale) {
                    result[from] = inverted(scale.undo(input[to]), how);
                  });
  return result;
}

Tensor whole_pixels(const Tensor& input, const InputSpec& spec, const Preprocess& how) {
  Tensor pixels = unscale_pixels(input, spec, how);
  for (float& p : pixels.values()) p = static_cast<float>(whole_pixel(p));
  return pixels;
}

std::string describe_scale(const Preprocess& how) {
  std::string text(scale_name(how.scale));
  if (how.scale == Scale::custom)
    text += fmt::format(" mean {} std {}", fmt::join(how.mean, " "), fmt::join(how.deviation, " "));
  if (how.bgr && how.scale != Scale::caffe) text += ", bgr";
  if (how.invert) text += ", inverted";
  return text;
}

std::string describe(const Picture& picture, const InputSpec& spec, const Preprocess& how) {
  constexpr const char* names[] = {"", "grey", "grey-alpha", "rgb", "rgba"};
  const PictureTarget target = picture_target(picture, spec);
  const ImageSize& t = target.size;
  std::string text = describe_scale(how);
  if (t.height != picture.height || t.width != picture.width) {
    const std::string sizes = fmt::format("{}x{}->{}x{}", picture.width, picture.height, t.width, t.height);
    text += how.resize == Resize::none
                ? fmt::format(", {} {}", fit_name(how.fit), sizes)
                : fmt::format(", {} {} {}", resize_name(how.resize), sizes, fit_name(how.fit));
  }
  if (t.channels != picture.channels)
    text += fmt::format(", {}->{}{}", names[picture.channels], names[t.channels],
                        is_composed(picture, spec) ? " on white" : "");
  if (picture.orientation != 1) text += fmt::format(", turned upright (EXIF {})", picture.orientation);
  if (target.flat) text += ", flattened";
  return text;
}

bool is_composed(const Picture& picture, const InputSpec& spec) {
  return picture.channels % 2 == 0 && picture_target(picture, spec).size.channels < 4 &&
         is_transparent(picture);
}

bool is_much_reduced(const Picture& picture, const InputSpec& spec, const Preprocess& how) {
  if (how.resize == Resize::none) return false;
  const ImageSize target = picture_target(picture, spec).size;
  const PictureRegion region = source_region(picture, target, how);
  return 2 * target.height < region.height || 2 * target.width < region.width;
}

bool may_be_inverted(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess,
                     const Tensor& ready) {
  constexpr std::int64_t largest = 64;
  const ImageSize target = picture_target(picture, spec).size;
  if (target.channels != 1 || target.height > largest || target.width > largest) return false;
  const Preprocess plain;
  const Tensor unit = preprocess == plain ? ready : to_input(picture, spec, plain);
  double sum = 0;
  for (const float value : unit.values()) sum += value;
  return sum > 0.5 * static_cast<double>(unit.size());
}

Picture to_picture(const Tensor& input, const InputSpec& spec, const Preprocess& how) {
  return pixels_to_picture(whole_pixels(input, spec, how), spec);
}

Picture pixels_to_picture(const Tensor& pixels, const InputSpec& spec) {
  const Shape& s = pixels.shape();
  const ChannelLayout layout = layout_of(s, spec);
  const std::int64_t c = layout.channels;
  Picture picture{0, 0, c, {}};
  if (s.rank() == 3 && (c == 1 || c == 3 || c == 4)) {
    picture.height = s[layout.planes ? 1 : 0];
    picture.width = s[layout.planes ? 2 : 1];
  } else if (s.rank() == 2) {
    picture.height = s[0];
    picture.width = s[1];
  } else if (const auto side = s.rank() == 1 ? square_side(s[0] / c) : std::nullopt) {
    picture.height = picture.width = *side;
  } else {
    throw_input("expected an input that is a picture, got {}", s.str());
  }
  picture.pixels.resize(static_cast<std::size_t>(pixels.size()));
  const std::int64_t count = picture.height * picture.width;
  if (!layout.planes)
    std::ranges::transform(pixels.values(), picture.pixels.begin(),
                           [](float x) { return static_cast<std::uint8_t>(x); });
  for (std::int64_t i = 0; layout.planes && i < pixels.size(); ++i)
    picture.pixels[static_cast<std::size_t>(i % count * c + i / count)] =
        static_cast<std::uint8_t>(pixels[i]);
  return picture;
}

}  // namespace nv
