// Many small pictures at a glance, each with a word below it.
#pragma once

#include <vector>

#include "nv/render/maps.h"
#include "nv/render/picture.h"

namespace nv::render {

/// Pictures in rows, in the order given, their captions ("7 → 3") below them. All have a place of the same
/// size; those of other sizes stand in its middle. One without pixels leaves its place empty.
struct ContactSheet : Heading {
  std::vector<Picture> pictures;
  double tile = 84;  ///< px that a picture fills at most, where it fits at a pixel a pixel
  Theme theme = Theme::light();
  Page page;
};

/// Throws Error(usage) where there is no picture.
Scene draw(const ContactSheet& sheet);

}  // namespace nv::render
