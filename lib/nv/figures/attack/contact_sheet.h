// Many small pictures with captions.
#pragma once

#include <vector>

#include "nv/render/charts/picture.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// Pictures in rows, in the order given, with their captions ("7 → 3") below them. All get a place of the
/// same size; smaller ones are drawn in its middle. A picture without pixels leaves its place empty.
struct ContactSheet : render::Heading {
  std::vector<render::Picture> pictures;
  double tile = 84;  ///< largest side in px; larger pictures are drawn as means
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if there are no pictures.
render::Scene draw(const ContactSheet& sheet);

}  // namespace nv::figures
