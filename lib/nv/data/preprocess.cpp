#include "nv/data/preprocess.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "nv/core/error.h"
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

/// One pixel in `channels` channels. Grey as PIL's convert("L"): ITU-R 601-2 in 16-bit fixed point.
void convert_pixel(const std::uint8_t* from, std::int64_t from_channels, float* to, std::int64_t channels) {
  const bool grey = from_channels < 3;
  if (channels == 1) {
    const int value = grey ? from[0] : (from[0] * 19595 + from[1] * 38470 + from[2] * 7471 + 0x8000) >> 16;
    to[0] = static_cast<float>(value);
    return;
  }
  for (int c = 0; c < 3; ++c) to[c] = static_cast<float>(from[grey ? 0 : c]);
  if (channels == 4) to[3] = static_cast<float>(from_channels % 2 == 0 ? from[from_channels - 1] : 255);
}

/// The window in `channels` channels, zeros outside the picture.
std::vector<float> cut(const Picture& p, const Window& w, std::int64_t channels, bool invert) {
  std::vector<float> result(static_cast<std::size_t>(w.height * w.width * channels));
  const std::int64_t inverted = invert ? std::min<std::int64_t>(channels, 3) : 0;
  const std::int64_t first = std::max<std::int64_t>(w.left, 0);
  const std::int64_t last = std::min(w.left + w.width, p.width);
  for (std::int64_t y = std::max<std::int64_t>(w.top, 0); y < std::min(w.top + w.height, p.height); ++y) {
    const std::uint8_t* from = p.pixels.data() + (y * p.width + first) * p.channels;
    float* to = result.data() + ((y - w.top) * w.width + first - w.left) * channels;
    if (p.channels == 1 && channels == 1 && !invert) {
      std::copy(from, from + std::max<std::int64_t>(last - first, 0), to);
      continue;
    }
    for (std::int64_t x = first; x < last; ++x, from += p.channels, to += channels) {
      convert_pixel(from, p.channels, to, channels);
      for (std::int64_t c = 0; c < inverted; ++c) to[c] = 255.0F - to[c];
    }
  }
  return result;
}

std::vector<float> resized(std::vector<float> image, const ImageSize& size, const ImageSize& target,
                           Resize method) {
  if (size.height == target.height && size.width == target.width) return image;
  std::vector<float> result(static_cast<std::size_t>(target.elements()));
  switch (method) {
    case Resize::nearest:
      resize_nearest(image, size, result, target.height, target.width);
      break;
    case Resize::area:
      resize_area(image, size, result, target.height, target.width);
      break;
    default:
      resize_bilinear(image, size, result, target.height, target.width);
      break;
  }
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
  const std::vector<float> image =
      resized(cut(picture, window, target.channels, how.invert),
              {window.height, window.width, target.channels}, target, how.resize);
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
    text += fmt::format(", {}->{}", names[picture.channels], names[t.channels]);
  if (plan.flat) text += ", flattened";
  return text;
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
