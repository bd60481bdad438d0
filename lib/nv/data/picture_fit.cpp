#include "nv/data/picture_fit.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/memory.h"
#include "nv/data/image_formats.h"

namespace nv {

namespace {

std::int64_t colours(const Picture& picture) {
  return picture.channels >= 3 ? 3 : 1;
}

/// The image size of a vector of `n` numbers; any size if `n` is negative.
ImageSize unflattened(const Picture& picture, std::int64_t n) {
  const std::int64_t pixels = picture.height * picture.width;
  if (n < 0 || n == pixels * colours(picture)) return {picture.height, picture.width, colours(picture)};
  for (std::int64_t channels : {1, 3})
    if (n == pixels * channels) return {picture.height, picture.width, channels};
  for (std::int64_t channels : {1, 3})
    if (n % channels == 0)
      if (const auto side = square_side(n / channels)) return {*side, *side, channels};
  throw_input("a picture cannot be brought to a vector of {} numbers", n);
}

/// Throws unless the region has the size of the target.
void check_unresized(const PictureRegion& region, const Picture& p, const ImageSize& target, Fit fit) {
  const bool inside = region.height <= p.height && region.width <= p.width;
  const bool around = region.height >= p.height && region.width >= p.width;
  const bool same = region.height == target.height && region.width == target.width;
  if (same && (fit != Fit::crop || inside) && (fit != Fit::pad || around)) return;
  throw Error(ErrorKind::input,
              fmt::format("a picture of {} x {} does not fit {} x {}, and --resize none was asked for",
                          p.width, p.height, target.width, target.height),
              "--resize bilinear, or --fit crop or pad");
}

/// A value composed on white by its alpha.
int on_white(int value, int alpha) {
  return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}

/// Converts one pixel to `channels` channels: grey as PIL's convert("L"), ITU-R 601-2 in 16-bit fixed point;
/// composed on white if the model takes no alpha.
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

/// Row `y` of the region in `channels` channels; zeros outside of the picture.
void cut_row(const Picture& p, const PictureRegion& r, std::int64_t channels, bool invert, std::int64_t y,
             std::span<float> into) {
  std::ranges::fill(into, 0.0F);
  if (r.top + y < 0 || r.top + y >= p.height) return;
  const std::int64_t inverted = invert ? std::min<std::int64_t>(channels, 3) : 0;
  const std::int64_t first = std::max<std::int64_t>(r.left, 0);
  const std::int64_t last = std::min(r.left + r.width, p.width);
  const std::uint8_t* from = p.pixels.data() + ((r.top + y) * p.width + first) * p.channels;
  float* to = into.data() + (first - r.left) * channels;
  if (p.channels == 1 && channels == 1 && !invert) {
    std::copy(from, from + std::max<std::int64_t>(last - first, 0), to);
    return;
  }
  for (std::int64_t x = first; x < last; ++x, from += p.channels, to += channels) {
    convert_pixel(from, p.channels, to, channels);
    for (std::int64_t c = 0; c < inverted; ++c) to[c] = 255.0F - to[c];
  }
}

}  // namespace

std::optional<std::int64_t> square_side(std::int64_t n) {
  const auto root = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(n))));
  return root > 0 && root * root == n ? std::optional(root) : std::nullopt;
}

PictureTarget picture_target(const Picture& picture, const InputSpec& spec) {
  const auto known = [](std::int64_t size, std::int64_t otherwise) { return size < 0 ? otherwise : size; };
  const Shape& s = spec.shape;
  PictureTarget result;
  if (s.rank() == 1) {
    result.size = unflattened(picture, s[0]);
    result.shape = Shape{result.size.elements()};
    result.flat = true;
  } else if (s.rank() == 2) {
    result.size = {known(s[0], picture.height), known(s[1], picture.width), 1};
    result.shape = Shape{result.size.height, result.size.width};
  } else if (s.rank() == 3) {
    const int y = spec.channels_first ? 1 : 0;
    result.size = {known(s[y], picture.height), known(s[y + 1], picture.width),
                   known(s[spec.channels_first ? 0 : 2], colours(picture))};
    const ImageSize& t = result.size;
    result.planes = spec.channels_first;
    result.shape =
        result.planes ? Shape{t.channels, t.height, t.width} : Shape{t.height, t.width, t.channels};
  } else {
    throw_input("a picture cannot fill an input of {}", s.str());
  }
  const ImageSize& t = result.size;
  if (t.channels != 1 && t.channels != 3 && t.channels != 4)
    throw_input("a picture cannot fill an input of {} channels ({})", t.channels, s.str());
  if (t.height <= 0 || t.width <= 0) throw_input("a picture cannot fill an input of {}", s.str());
  return result;
}

PictureRegion source_region(const Picture& p, const ImageSize& target, const Preprocess& how) {
  PictureRegion r{0, 0, p.height, p.width};
  if (how.resize == Resize::none && how.fit != Fit::stretch) {
    r.height = target.height;
    r.width = target.width;
  } else if (how.fit != Fit::stretch) {
    const std::int64_t height = std::max<std::int64_t>(1, p.width * target.height / target.width);
    const std::int64_t width = std::max<std::int64_t>(1, p.height * target.width / target.height);
    if (how.fit == Fit::crop) {
      r.height = std::min(p.height, height);
      r.width = std::min(p.width, width);
    } else {  // the same margin on both sides: one pixel less if the difference is odd
      r.height += 2 * (std::max<std::int64_t>(height - p.height, 0) / 2);
      r.width += 2 * (std::max<std::int64_t>(width - p.width, 0) / 2);
    }
  }
  if (r.height > most_pixels / r.width) throw_input("the picture is too long and thin to be padded");
  r.top = (p.height - r.height) / 2;
  r.left = (p.width - r.width) / 2;
  return r;
}

// Only a few rows of the picture are held as floats at once.
std::vector<float> fit_picture(const Picture& p, const PictureRegion& r, const ImageSize& target,
                               const Preprocess& how) {
  if (how.resize == Resize::none) check_unresized(r, p, target, how.fit);
  check_memory(static_cast<std::uint64_t>(target.elements()) * 2 * sizeof(float),
               fmt::format("a picture of {} x {}", target.width, target.height));
  std::vector<float> result(static_cast<std::size_t>(target.elements()));
  const auto row_of = [&](std::int64_t y, std::span<float> into) {
    if (y % 64 == 0) check_interrupt();
    cut_row(p, r, target.channels, how.invert, y, into);
  };
  if (r.height == target.height && r.width == target.width) {
    const auto size = static_cast<std::size_t>(r.width * target.channels);
    for (std::int64_t y = 0; y < r.height; ++y)
      row_of(y, std::span(result).subspan(static_cast<std::size_t>(y) * size, size));
    return result;
  }
  const Resampler method = how.resize == Resize::nearest ? nearest_resampling
                           : how.resize == Resize::area  ? area_resampling
                                                         : bilinear_resampling;
  resize_rows(method(r.height, target.height), method(r.width, target.width), target.channels, row_of,
              result);
  return result;
}

}  // namespace nv
