#include "nv/render/scene/colormap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::render {

namespace {

using Table = std::array<Rgb, 256>;

struct Stop {
  int at;  ///< 0..255
  std::uint32_t colour;
};

// Stops sampled from matplotlib's tables (viridis, magma: CC0; cividis: Nuñez, Anderton and Renslow 2018;
// turbo: Mikhailov 2019), placed so that linear interpolation stays within 2 / 255 of the table.
constexpr Stop viridis_stops[] = {
    {0, 0x440154},   {13, 0x481467},  {30, 0x472a7a},  {42, 0x443983},  {58, 0x3e4c8a},  {81, 0x32648e},
    {125, 0x218e8d}, {141, 0x1e9d89}, {153, 0x22a884}, {162, 0x2ab07f}, {174, 0x3bbb75}, {193, 0x60ca60},
    {215, 0x95d840}, {233, 0xc5e021}, {240, 0xd8e219}, {246, 0xe7e419}, {255, 0xfde725}};
constexpr Stop magma_stops[] = {{0, 0x000004},   {4, 0x020109},   {12, 0x06051a},  {27, 0x160f3b},
                                {37, 0x241253},  {48, 0x36106b},  {54, 0x400f74},  {62, 0x4e117b},
                                {79, 0x681c81},  {105, 0x912b81}, {125, 0xb2357b}, {149, 0xd8456c},
                                {160, 0xe75263}, {172, 0xf2645c}, {182, 0xf8765c}, {192, 0xfc8961},
                                {216, 0xfeb67c}, {235, 0xfed89a}, {255, 0xfcfdbf}};
constexpr Stop cividis_stops[] = {{0, 0x00224e},   {17, 0x002e6c},  {22, 0x003171},  {28, 0x123570},
                                  {35, 0x203a6f},  {53, 0x38476c},  {86, 0x585e6d},  {125, 0x7a7a78},
                                  {152, 0x938e78}, {175, 0xaaa073}, {203, 0xc7b767}, {234, 0xe9d34e},
                                  {246, 0xf7de3e}, {251, 0xfde334}, {255, 0xfee838}};
constexpr Stop turbo_stops[] = {
    {0, 0x30123b},   {10, 0x3b2f80},  {16, 0x4040a2},  {22, 0x4451bf},  {29, 0x4664da},  {36, 0x4776ee},
    {42, 0x4685fa},  {48, 0x4294ff},  {52, 0x3d9efe},  {60, 0x2fb2f4},  {74, 0x1ad2d2},  {85, 0x1ae4b6},
    {90, 0x22ebaa},  {98, 0x38f491},  {112, 0x6dfe62}, {122, 0x92ff47}, {129, 0xa7fc3a}, {137, 0xbcf534},
    {146, 0xd2e935}, {158, 0xebd339}, {171, 0xfbb838}, {186, 0xfe9029}, {195, 0xf9751d}, {206, 0xed5510},
    {218, 0xdc3b07}, {226, 0xcc2b04}, {237, 0xb21a01}, {248, 0x920b01}, {255, 0x7a0403}};
constexpr Stop grey_stops[] = {{0, 0x000000}, {255, 0xffffff}};
// Own colour maps: lightness falls equally on both sides of white, or rises equally on both sides of the dark
// theme's background, so that grey print shows magnitude.
constexpr Stop blue_white_red_stops[] = {{0, 0x0b2f6b},   {36, 0x1b5fa8},  {72, 0x5b9dcf},  {104, 0xb4d3e9},
                                         {127, 0xffffff}, {128, 0xffffff}, {151, 0xf6c6b0}, {183, 0xe08163},
                                         {219, 0xb8342f}, {255, 0x6e0a1e}};
constexpr Stop blue_black_red_stops[] = {{0, 0xb8dcff},   {36, 0x6db3f2},  {72, 0x2f7fc4},  {104, 0x1a4a78},
                                         {127, 0x15181d}, {128, 0x15181d}, {151, 0x73291d}, {183, 0xbe4a2b},
                                         {219, 0xee8a5f}, {255, 0xffd0b5}};

constexpr Rgb unpacked(std::uint32_t colour) {
  return {static_cast<std::uint8_t>(colour >> 16), static_cast<std::uint8_t>(colour >> 8 & 255),
          static_cast<std::uint8_t>(colour & 255)};
}

constexpr std::uint8_t between(int a, int b, int part, int whole) {
  return static_cast<std::uint8_t>((2 * (a * (whole - part) + b * part) + whole) / (2 * whole));
}

template <std::size_t n>
constexpr Table table_of(const Stop (&stops)[n]) {
  Table table{};
  for (std::size_t s = 0; s + 1 < n; ++s) {
    const Rgb a = unpacked(stops[s].colour), b = unpacked(stops[s + 1].colour);
    const int whole = stops[s + 1].at - stops[s].at;
    Rgb* const first = table.data() + stops[s].at;
    for (int i = 0; i <= whole; ++i)
      first[i] = {between(a.r, b.r, i, whole), between(a.g, b.g, i, whole), between(a.b, b.b, i, whole)};
  }
  return table;
}

constexpr std::string_view names[] = {"viridis", "magma",          "cividis",       "turbo",
                                      "grey",    "blue-white-red", "blue-black-red"};
constexpr Table tables[] = {table_of(viridis_stops),       table_of(magma_stops),
                            table_of(cividis_stops),       table_of(turbo_stops),
                            table_of(grey_stops),          table_of(blue_white_red_stops),
                            table_of(blue_black_red_stops)};

double linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

}  // namespace

Colormap colormap_named(std::string_view name) {
  std::string plain(name == "gray" ? "grey" : name);
  std::replace(plain.begin(), plain.end(), '_', '-');
  for (std::size_t i = 0; i < std::size(names); ++i)
    if (names[i] == plain) return static_cast<Colormap>(i);
  const std::vector<std::string> all = colormap_names();
  throw Error(ErrorKind::usage,
              fmt::format("expected one of {}, got '{}'", fmt::join(all, ", "), one_line(name)),
              did_you_mean(plain, all));
}

std::vector<std::string> colormap_names() {
  return {std::begin(names), std::end(names)};
}

std::string_view name(Colormap map) {
  return names[static_cast<std::size_t>(map)];
}

std::span<const Rgb, 256> colours(Colormap map) {
  return tables[static_cast<std::size_t>(map)];
}

Rgb map(Colormap map, double t) {
  if (!(t > 0)) t = 0;
  return colours(map)[static_cast<std::size_t>(std::lround(std::min(t, 1.0) * 255))];
}

Rgb mixed(Rgb a, Rgb b, double t) {
  const int part = static_cast<int>(std::lround(std::clamp(t, 0.0, 1.0) * 256));
  return {between(a.r, b.r, part, 256), between(a.g, b.g, part, 256), between(a.b, b.b, part, 256)};
}

double luminance(Rgb colour) {
  return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
}

}  // namespace nv::render
