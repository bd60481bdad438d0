#include "nv/analysis/doctor/array_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace nv::doctor {

namespace {

constexpr std::size_t least_guessed = 8;  // arrays
constexpr float slack = 1.001F;

struct Range {
  float least = std::numeric_limits<float>::infinity(), greatest = -least;

  void add(float x) {
    least = std::min(least, x);
    greatest = std::max(greatest, x);
  }
};

/// Of each channel; empty if a number is not finite.
std::vector<Range> ranges_of(std::span<const Tensor> arrays, const InputSpec& spec) {
  const std::int64_t channels = channels_of(spec);
  std::vector<Range> ranges(static_cast<std::size_t>(channels));
  for (const Tensor& array : arrays) {
    const std::int64_t pixels = array.size() / channels;
    for (std::int64_t i = 0; i < array.size(); ++i) {
      if (!std::isfinite(array[i])) return {};
      ranges[static_cast<std::size_t>(spec.channels_first ? i / pixels : i % channels)].add(array[i]);
    }
  }
  return ranges;
}

/// Whether pictures of 0..255 can have become these numbers.
bool lies_within(std::span<const Range> ranges, const Preprocess& how) {
  const std::vector<ChannelScale> scales = channel_scales(how, std::ssize(ranges));
  for (std::size_t c = 0; c < ranges.size(); ++c) {
    const float black = scales[c].apply(0), white = scales[c].apply(255);
    const float tolerance = (slack - 1) * (white - black);
    if (ranges[c].least < black - tolerance || ranges[c].greatest > white + tolerance) return false;
  }
  return true;
}

Preprocess scale(Scale s) {
  Preprocess p;
  p.scale = s;
  return p;
}

/// (x - mean) / deviation of a picture x of 0..1.
Preprocess custom(float mean, float deviation) {
  Preprocess p = scale(Scale::custom);
  p.mean = {mean};
  p.deviation = {deviation};
  return p;
}

/// Scales that models are trained with.
std::optional<ArrayScale> usual(const Range& all, std::span<const Range> channels) {
  if (all.least >= 0 && all.greatest > 0.25F && all.greatest <= 1)
    return ArrayScale{scale(Scale::unit), "0..1"};
  if (all.least >= 0 && all.greatest > 32 && all.greatest <= 255)
    return ArrayScale{scale(Scale::raw), "0..255"};
  if (all.least < -0.25F && all.least >= -1 && all.greatest > 0 && all.greatest <= 1)
    return ArrayScale{scale(Scale::signed_unit), "-1..1"};
  if (channels.size() != 3) return std::nullopt;
  if (all.least < -1 && lies_within(channels, scale(Scale::torch)))
    return ArrayScale{scale(Scale::torch), "-2.1..2.6 (torch)"};
  if (all.least < -32 && all.greatest > 32 && lies_within(channels, scale(Scale::caffe)))
    return ArrayScale{scale(Scale::caffe), "-124..151 (caffe)"};
  return std::nullopt;
}

/// A scaling that was done twice, or left out before another.
std::optional<ArrayScale> mistaken(const Range& all) {
  if (all.least >= 0 && all.greatest > 1e-3F && all.greatest <= slack / 255)
    return ArrayScale{custom(0, 255), "0..0.0039", "divided by 255 twice"};
  if (all.least >= -slack && all.greatest > all.least && all.greatest <= 1 / 127.5F - 1 + 1e-4F)
    return ArrayScale{custom(127.5F, 127.5F), "-1..-0.992", "divided by 127.5 when they were 0..1 already"};
  if (all.least >= 0 && all.greatest > 1000 && all.greatest <= 65535)
    return ArrayScale{custom(0, 1 / 65535.0F), "0..65535", "pictures of 16 bits, or multiplied by 255 twice"};
  return std::nullopt;
}

}  // namespace

std::optional<ArrayScale> array_scale(std::span<const Tensor> arrays, const InputSpec& spec) {
  const std::vector<Range> channels = ranges_of(arrays, spec);
  Range all;
  for (const Range& r : channels) {
    all.add(r.least);
    all.add(r.greatest);
  }
  if (!(all.least < all.greatest)) return std::nullopt;
  if (auto found = usual(all, channels)) return found;
  if (auto found = mistaken(all)) return found;
  if (arrays.size() < least_guessed) return std::nullopt;
  const float width = all.greatest - all.least;
  return ArrayScale{custom(-all.least / width, 1 / width),
                    fmt::format("{:.3g}..{:.3g}", all.least, all.greatest), "", true};
}

std::string conversion(const Preprocess& from, const Preprocess& to, std::int64_t channels) {
  const std::vector<ChannelScale> a = channel_scales(from, channels), b = channel_scales(to, channels);
  const auto converted = [&](std::size_t c, float x) {
    const float pixel = a[c].undo(x);
    return b[c].apply(from.invert != to.invert ? 255 - pixel : pixel);
  };
  const float offset = converted(0, 0), factor = converted(0, 1) - offset;
  for (std::size_t c = 1; c < a.size(); ++c)
    if (std::abs(converted(c, 0) - offset) > 1e-4F * std::abs(factor) ||
        std::abs(converted(c, 1) - offset - factor) > 1e-4F * std::abs(factor))
      return "";
  std::string text = std::abs(factor - 1) < 1e-4F ? "x" : fmt::format("{:.4g} x", factor);
  if (std::abs(offset) > 1e-4F * std::abs(factor))
    text += fmt::format(" {} {:.4g}", offset < 0 ? '-' : '+', std::abs(offset));
  return text;
}

}  // namespace nv::doctor
