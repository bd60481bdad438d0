#include "nv/render/scene/theme.h"

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::render {

// Accent and second are the blue and vermilion of Okabe and Ito's colour-blind safe palette (2008).

Theme Theme::light() {
  Theme t;
  t.background = {255, 255, 255};
  t.panel = {246, 247, 249};
  t.ink = {22, 25, 30};
  t.muted = {92, 98, 108};
  t.frame = {206, 210, 216};
  t.accent = {0, 114, 178};
  t.second = {197, 80, 0};
  t.frozen = {196, 199, 204};
  t.bad = {150, 140, 132};
  return t;
}

Theme Theme::dark() {
  Theme t;
  t.background = {19, 22, 27};
  t.panel = {28, 32, 38};
  t.ink = {232, 234, 238};
  t.muted = {156, 163, 174};
  t.frame = {62, 68, 77};
  t.accent = {86, 180, 233};
  t.second = {240, 145, 60};
  t.frozen = {84, 89, 97};
  t.bad = {122, 113, 106};
  t.diverging = Colormap::blue_black_red;
  return t;
}

Theme theme_named(std::string_view name) {
  if (name == "light") return Theme::light();
  if (name == "dark") return Theme::dark();
  throw_usage("expected light or dark, got '{}'", one_line(name));
}

}  // namespace nv::render
