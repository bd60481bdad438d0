#include "nv/render/scene/colormap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "nv/core/error.h"
#include "nv/render/scene/theme.h"

using namespace nv::render;

namespace {

int distance(Rgb a, Rgb b) {
  return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

double contrast(Rgb a, Rgb b) {
  const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
  return std::max(x, y) / std::min(x, y);
}

}  // namespace

TEST_CASE("colour maps are within 3 / 255 of matplotlib's") {
  struct Known {
    Colormap map;
    int index;
    Rgb colour;
  };
  const Known known[] = {{Colormap::viridis, 0, {68, 1, 84}},       {Colormap::viridis, 64, {59, 82, 139}},
                         {Colormap::viridis, 127, {33, 144, 141}},  {Colormap::viridis, 191, {94, 201, 98}},
                         {Colormap::viridis, 255, {253, 231, 37}},  {Colormap::magma, 128, {183, 55, 121}},
                         {Colormap::cividis, 128, {125, 124, 120}}, {Colormap::turbo, 128, {164, 252, 60}}};
  for (const Known& k : known) {
    INFO(name(k.map), " ", k.index);
    CHECK(distance(colours(k.map)[static_cast<std::size_t>(k.index)], k.colour) <= 3);
  }
}

TEST_CASE("sequential maps grow lighter all the way, so that grey print keeps the order") {
  for (const Colormap m : {Colormap::viridis, Colormap::magma, Colormap::cividis, Colormap::grey})
    for (int i = 4; i < 256; i += 4) {
      INFO(name(m), " ", i);
      const auto at = static_cast<std::size_t>(i);
      CHECK(luminance(colours(m)[at]) > luminance(colours(m)[at - 4]));
    }
}

TEST_CASE("the diverging map is white in the middle and equally dark on both sides") {
  CHECK(map(Colormap::blue_white_red, 0.5) == Rgb{255, 255, 255});
  for (const double t : {0.1, 0.2, 0.3, 0.4})
    CHECK(std::abs(std::sqrt(luminance(map(Colormap::blue_white_red, t))) -
                   std::sqrt(luminance(map(Colormap::blue_white_red, 1 - t)))) < 0.12);
}

TEST_CASE(
    "the diverging map of a dark page is as dark as the page in the middle and equally light on both sides") {
  const Colormap dark = Theme::dark().diverging;
  CHECK(luminance(map(dark, 0.5)) < 0.012);
  for (const double t : {0.1, 0.2, 0.3, 0.4}) {
    CHECK(std::abs(std::sqrt(luminance(map(dark, t))) - std::sqrt(luminance(map(dark, 1 - t)))) < 0.12);
    CHECK(luminance(map(dark, t)) > luminance(map(dark, t + 0.1)));
  }
}

TEST_CASE("values outside 0..1 take the nearest end, NaN the lower") {
  CHECK(map(Colormap::viridis, -1) == map(Colormap::viridis, 0));
  CHECK(map(Colormap::viridis, 1e300) == map(Colormap::viridis, 1));
  CHECK(map(Colormap::viridis, std::numeric_limits<double>::quiet_NaN()) == map(Colormap::viridis, 0));
}

TEST_CASE("colour maps are found by name, an unknown name is a usage error with a hint") {
  for (const Colormap m : {Colormap::viridis, Colormap::magma, Colormap::cividis, Colormap::turbo,
                           Colormap::grey, Colormap::blue_white_red, Colormap::blue_black_red})
    CHECK(colormap_named(name(m)) == m);
  CHECK(colormap_named("gray") == Colormap::grey);
  CHECK(colormap_named("blue_white_red") == Colormap::blue_white_red);
  try {
    colormap_named("virdis");
    FAIL("accepted");
  } catch (const nv::Error& e) {
    CHECK(e.kind() == nv::ErrorKind::usage);
    CHECK(e.hint().find("viridis") != std::string::npos);
  }
}

TEST_CASE("themes have the contrast that reading needs") {
  for (const Theme& t : {Theme::light(), Theme::dark()})
    for (const Rgb paper : {t.background, t.panel}) {
      CHECK(contrast(t.ink, paper) >= 7);
      CHECK(contrast(t.muted, paper) >= 4.5);
      CHECK(contrast(t.second, paper) >= 4);
    }
  CHECK_THROWS_AS(theme_named("sepia"), nv::Error);
}
