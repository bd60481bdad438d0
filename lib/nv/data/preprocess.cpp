#include "nv/data/preprocess.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/kernels/resize.h"

namespace nv {

namespace {

/// Where the channels of an input are.
struct Layout {
  std::int64_t channels = 1;
  bool planes = false;  ///< channels before pixels
};

std::string with_unknowns(const Shape& shape) {
  std::vector<std::string> axes;
  for (std::int64_t n : shape) axes.push_back(n < 0 ? "?" : std::to_string(n));
  return fmt::format("{}", fmt::join(axes, " x "));
}

std::optional<std::int64_t> square_root(std::int64_t n) {
  const auto root = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(n))));
  return root > 0 && root * root == n ? std::optional(root) : std::nullopt;
}

/// What has to be done to a picture so that it fills an input.
struct Plan {
  ImageSize target;  ///< after resizing
  Shape shape;       ///< of the tensor
  bool planes = false;
  bool flat = false;
};

std::int64_t colours(const Picture& picture) {
  return picture.channels >= 3 ? 3 : 1;
}

/// The size that a vector of `n` numbers stands for.
ImageSize unflattened(const Picture& picture, std::int64_t n) {
  const std::int64_t pixels = picture.height * picture.width;
  if (n < 0 || n == pixels * colours(picture)) return {picture.height, picture.width, colours(picture)};
  for (std::int64_t channels : {1, 3})
    if (n == pixels * channels) return {picture.height, picture.width, channels};
  for (std::int64_t channels : {1, 3})
    if (n % channels == 0)
      if (const auto side = square_root(n / channels)) return {*side, *side, channels};
  throw_input("a picture cannot be brought to a vector of {} numbers", n);
}

Plan plan_for(const Picture& picture, const InputSpec& spec) {
  const auto known = [](std::int64_t size, std::int64_t otherwise) { return size < 0 ? otherwise : size; };
  const Shape& s = spec.shape;
  Plan plan;
  if (s.rank() == 1) {
    plan.target = unflattened(picture, s[0]);
    plan.shape = Shape{plan.target.elements()};
    plan.flat = true;
  } else if (s.rank() == 2) {
    plan.target = {known(s[0], picture.height), known(s[1], picture.width), 1};
    plan.shape = Shape{plan.target.height, plan.target.width};
  } else if (s.rank() == 3) {
    const int y = spec.channels_first ? 1 : 0;
    plan.target = {known(s[y], picture.height), known(s[y + 1], picture.width),
                   known(s[spec.channels_first ? 0 : 2], colours(picture))};
    const ImageSize& t = plan.target;
    plan.planes = spec.channels_first;
    plan.shape = plan.planes ? Shape{t.channels, t.height, t.width} : Shape{t.height, t.width, t.channels};
  } else {
    throw_input("a picture cannot fill an input of {}", with_unknowns(s));
  }
  const ImageSize& t = plan.target;
  if (t.channels != 1 && t.channels != 3 && t.channels != 4)
    throw_input("a picture cannot fill an input of {} channels ({})", t.channels, with_unknowns(s));
  if (t.height <= 0 || t.width <= 0) throw_input("a picture cannot fill an input of {}", with_unknowns(s));
  return plan;
}

/// A rectangle of the picture, which may reach beyond it.
struct Window {
  std::int64_t top, left, height, width;
};

/// Keras's smart_resize and pad_to_aspect_ratio: the largest rectangle in the picture, or the smallest around
/// it, that has the target's ratio of sides.
Window window_for(const Picture& p, const ImageSize& target, const Preprocess& how) {
  Window w{0, 0, p.height, p.width};
  if (how.resize == Resize::none && how.fit != Fit::stretch) {
    w.height = target.height;
    w.width = target.width;
  } else if (how.fit != Fit::stretch) {
    const std::int64_t height = std::max<std::int64_t>(1, p.width * target.height / target.width);
    const std::int64_t width = std::max<std::int64_t>(1, p.height * target.width / target.height);
    if (how.fit == Fit::crop) {
      w.height = std::min(p.height, height);
      w.width = std::min(p.width, width);
    } else {  // the same margin on both sides, so one less where the difference is odd
      w.height += 2 * (std::max<std::int64_t>(height - p.height, 0) / 2);
      w.width += 2 * (std::max<std::int64_t>(width - p.width, 0) / 2);
    }
  }
  constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
  if (w.height > most_pixels / w.width) throw_input("the picture is too long and thin to be padded");
  w.top = (p.height - w.height) / 2;
  w.left = (p.width - w.width) / 2;
  return w;
}

void check_unresized(const Window& window, const Picture& p, const ImageSize& target, Fit fit) {
  const bool inside = window.height <= p.height && window.width <= p.width;
  const bool around = window.height >= p.height && window.width >= p.width;
  const bool same = window.height == target.height && window.width == target.width;
  if (same && (fit != Fit::crop || inside) && (fit != Fit::pad || around)) return;
  throw Error(ErrorKind::input,
              fmt::format("a picture of {}x{} does not fit {}x{}, and --resize none was asked for", p.width,
                          p.height, target.width, target.height),
              "--resize bilinear, or --fit crop or pad");
}

/// A value over white by its alpha.
int on_white(int value, int alpha) {
  return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

/// One pixel in `channels` channels: grey as PIL's convert("L"), ITU-R 601-2 in 16-bit fixed point; over
/// white where the model takes no alpha.
void convert_pixel(const std::uint8_t* from, std::int64_t from_channels, float* to, std::int64_t channels) {
  const bool grey = from_channels < 3;
  const int alpha = from_channels % 2 == 0 ? from[from_channels - 1] : 255;
  std::array<int, 3> rgb{from[0], from[grey ? 0 : 1], from[grey ? 0 : 2]};
  if (alpha < 255 && channels < 4)
    for (int& value : rgb) value = on_white(value, alpha);
  if (channels == 1) {
    to[0] =
        static_cast<float>(grey ? rgb[0] : (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
    return;
  }
  for (std::size_t c = 0; c < 3; ++c) to[c] = static_cast<float>(rgb[c]);
  if (channels == 4) to[3] = static_cast<float>(alpha);
}

/// Row `y` of the window in `channels` channels, zeros outside the picture.
void cut_row(const Picture& p, const Window& w, std::int64_t channels, bool invert, std::int64_t y,
             std::span<float> into) {
  std::ranges::fill(into, 0.0F);
  if (w.top + y < 0 || w.top + y >= p.height) return;
  const std::int64_t inverted = invert ? std::min<std::int64_t>(channels, 3) : 0;
  const std::int64_t first = std::max<std::int64_t>(w.left, 0);
  const std::int64_t last = std::min(w.left + w.width, p.width);
  const std::uint8_t* from = p.pixels.data() + ((w.top + y) * p.width + first) * p.channels;
  float* to = into.data() + (first - w.left) * channels;
  if (p.channels == 1 && channels == 1 && !invert) {
    std::copy(from, from + std::max<std::int64_t>(last - first, 0), to);
    return;
  }
  for (std::int64_t x = first; x < last; ++x, from += p.channels, to += channels) {
    convert_pixel(from, p.channels, to, channels);
    for (std::int64_t c = 0; c < inverted; ++c) to[c] = 255.0F - to[c];
  }
}

/// The window at the size of the target. Only a few rows of the picture are there as floats at once.
std::vector<float> fitted(const Picture& p, const Window& w, const ImageSize& target, const Preprocess& how) {
  check_memory(static_cast<std::uint64_t>(target.elements()) * 2 * sizeof(float),
               fmt::format("a picture of {}x{}", target.width, target.height));
  std::vector<float> result(static_cast<std::size_t>(target.elements()));
  const auto row_of = [&](std::int64_t y, std::span<float> into) {
    if (y % 64 == 0) check_interrupt();
    cut_row(p, w, target.channels, how.invert, y, into);
  };
  if (w.height == target.height && w.width == target.width) {
    const auto size = static_cast<std::size_t>(w.width * target.channels);
    for (std::int64_t y = 0; y < w.height; ++y)
      row_of(y, std::span(result).subspan(static_cast<std::size_t>(y) * size, size));
    return result;
  }
  const Resampler method = how.resize == Resize::nearest ? nearest_resampling
                           : how.resize == Resize::area  ? area_resampling
                                                         : bilinear_resampling;
  resize_rows(method(w.height, target.height), method(w.width, target.width), target.channels, row_of,
              result);
  return result;
}

/// Where the model's channel `c` is among RGB or RGBA.
std::int64_t rgb_channel(std::int64_t c, bool bgr) {
  return bgr && c < 3 ? 2 - c : c;
}

/// Where the channels of a tensor that fits `spec` are.
Layout layout_of(const Shape& shape, const InputSpec& spec) {
  if (shape.rank() >= 3) return {spec.channels_first ? shape[0] : shape.back(), spec.channels_first};
  const bool rgb =
      shape.rank() == 1 && !square_root(shape[0]) && shape[0] % 3 == 0 && square_root(shape[0] / 3);
  return {rgb ? 3 : 1, false};
}

/// Calls `body(to, from, scale)` for every number: its index with the model's channel order, its index with
/// RGB order, and the scale of its channel.
template <typename Body>
void for_each_number(std::int64_t count, const Layout& layout, const Preprocess& how, const Body& body) {
  const std::vector<ChannelScale> scales = channel_scales(how, layout.channels);
  const bool bgr = takes_bgr(how, layout.channels);
  const std::int64_t pixels = layout.channels > 0 ? count / layout.channels : 0;
  if (layout.channels == 1) {  // one after the other, which compilers make vectors of
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

/// The nearest of 256 levels, halves away from 0; NaN is black.
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
    if (scales.back().deviation == 0.0F) throw_usage("--std: 0 is no deviation");
  }
  return scales;
}

Tensor to_input(const Picture& picture, const InputSpec& spec, const Preprocess& how) {
  const Plan plan = plan_for(picture, spec);
  const ImageSize& target = plan.target;
  const Window window = window_for(picture, target, how);
  if (how.resize == Resize::none) check_unresized(window, picture, target, how.fit);
  const std::vector<float> image = fitted(picture, window, target, how);
  Tensor tensor(plan.shape);
  const std::int64_t pixels = target.height * target.width;
  for_each_number(tensor.size(), {target.channels, false}, how,
                  [&](std::int64_t to, std::int64_t from, const ChannelScale& scale) {
                    if (plan.planes) to = to % target.channels * pixels + to / target.channels;
                    tensor[to] = scale.apply(image[static_cast<std::size_t>(from)]);
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
  const Plan plan = plan_for(picture, spec);
  const ImageSize& t = plan.target;
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
  if (plan.flat) text += ", flattened";
  return text;
}

bool is_composed(const Picture& picture, const InputSpec& spec) {
  return picture.channels % 2 == 0 && plan_for(picture, spec).target.channels < 4 && is_transparent(picture);
}

bool is_much_reduced(const Picture& picture, const InputSpec& spec, const Preprocess& how) {
  if (how.resize == Resize::none) return false;
  const ImageSize target = plan_for(picture, spec).target;
  const Window window = window_for(picture, target, how);
  return 2 * target.height < window.height || 2 * target.width < window.width;
}

bool may_be_inverted(const Picture& picture, const InputSpec& spec, const Preprocess& preprocess,
                     const Tensor& ready) {
  constexpr std::int64_t largest = 64;
  const ImageSize target = plan_for(picture, spec).target;
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
  const Layout layout = layout_of(s, spec);
  const std::int64_t c = layout.channels;
  Picture picture{0, 0, c, {}};
  if (s.rank() == 3 && (c == 1 || c == 3 || c == 4)) {
    picture.height = s[layout.planes ? 1 : 0];
    picture.width = s[layout.planes ? 2 : 1];
  } else if (s.rank() == 2) {
    picture.height = s[0];
    picture.width = s[1];
  } else if (const auto side = s.rank() == 1 ? square_root(s[0] / c) : std::nullopt) {
    picture.height = picture.width = *side;
  } else {
    throw_input("an input of {} is no picture", s.str());
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
