// Queries on a Scene for tests.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "nv/render/scene/font.h"
#include "nv/render/scene/scene.h"

namespace nv::render::test {

template <typename Kind>
std::vector<Kind> all(const Scene& scene) {
  std::vector<Kind> found;
  for (const Item& item : scene.items)
    if (const Kind* one = std::get_if<Kind>(&item)) found.push_back(*one);
  return found;
}

inline bool has_text(const Scene& scene, std::string_view words) {
  const std::vector<Text> texts = all<Text>(scene);
  return std::any_of(texts.begin(), texts.end(),
                     [words](const Text& t) { return t.text.find(words) != std::string::npos; });
}

/// 100 x 50, empty.
inline Scene small_scene() {
  Scene scene;
  scene.width = 100;
  scene.height = 50;
  return scene;
}

struct Box {
  double x0, y0, x1, y1;
  std::string text;

  bool overlaps(const Box& o) const { return x0 < o.x1 && o.x0 < x1 && y0 < o.y1 && o.y0 < y1; }
};

/// Where the letters of a text are, from the baseline to the height of capitals.
inline Box box_of(const Font& font, const Text& t) {
  const double width = font.width(t.text, t.size, t.weight), height = font.cap_height(t.size);
  const double back = t.anchor == Anchor::start ? 0 : t.anchor == Anchor::middle ? width / 2 : width;
  if (t.turn == Turn::up) return {t.x - height, t.y - width + back, t.x, t.y + back, t.text};
  return {t.x - back, t.y - height, t.x - back + width, t.y, t.text};
}

/// No text leaves the page, no text touches another, no bitmap leaves the page or touches another.
inline void check_tidy(const Scene& scene) {
  const Font font;
  std::vector<Box> texts, bitmaps;
  for (const Text& t : all<Text>(scene)) texts.push_back(box_of(font, t));
  for (const Bitmap& b : all<Bitmap>(scene))
    bitmaps.push_back({b.x, b.y, b.x + b.width(), b.y + b.height(), "bitmap"});
  for (const std::vector<Box>* boxes : {&texts, &bitmaps})
    for (std::size_t i = 0; i < boxes->size(); ++i) {
      const Box& a = (*boxes)[i];
      INFO(a.text, " at ", a.x0, ", ", a.y0);
      CHECK((a.x0 >= 0 && a.y0 >= 0 && a.x1 <= scene.width && a.y1 <= scene.height));
      for (std::size_t k = i + 1; k < boxes->size(); ++k) {
        INFO((*boxes)[k].text);
        if (a.overlaps((*boxes)[k])) CHECK_MESSAGE(false, "covers another");
      }
    }
}

/// 0, 1, 2, ... scaled into lo..hi.
inline std::vector<float> ramp(std::size_t n, float lo = 0, float hi = 1) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = n < 2 ? lo : lo + (hi - lo) * static_cast<float>(i) / static_cast<float>(n - 1);
  return values;
}

}  // namespace nv::render::test
