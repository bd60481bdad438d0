// Colour maps: numbers in 0..1 to colours.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv::render {

/// sRGB, 8 bits a channel.
struct Rgb {
  std::uint8_t r = 0, g = 0, b = 0;
  friend bool operator==(const Rgb&, const Rgb&) = default;
};

/// viridis, magma and cividis: lightness rises evenly, for grey print and colour-blind readers. turbo: more
/// hues, to read values off. For signed data blue_white_red, white in the middle, and blue_black_red for dark
/// pages.
enum class Colormap { viridis, magma, cividis, turbo, grey, blue_white_red, blue_black_red };

/// "viridis", ..., "grey" (also "gray"), "blue-white-red", "blue-black-red". Throws Error(usage) with the
/// nearest names as the hint.
Colormap colormap_named(std::string_view name);
std::string_view name(Colormap map);
std::vector<std::string> colormap_names();

/// The 256 colours of a map, lowest first.
std::span<const Rgb, 256> colours(Colormap map);

/// The colour at `t` in 0..1; beyond it that of the nearest end, for NaN that of 0.
Rgb map(Colormap map, double t);

/// `a` at t = 0, `b` at t = 1.
Rgb mixed(Rgb a, Rgb b, double t);

/// Relative luminance in 0..1 (ITU-R BT.709 weights on linear light): for the choice of black or white ink on
/// a colour.
double luminance(Rgb colour);

}  // namespace nv::render
