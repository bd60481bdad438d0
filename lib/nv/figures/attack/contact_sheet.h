// Many small pictures of samples.
#pragma once

#include <string>
#include <vector>

#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// Pictures in rows of about equal length, in the order given, each with both classes below it ("7 → 3", or
/// in two lines if that is too long), and its method if there are several. All get a place of the same size;
/// smaller pictures are drawn in its middle. A picture without pixels leaves its place empty.
struct ContactSheet : render::Heading {
  struct Sample {
    render::PixelGrid picture;
    std::string before, after;  ///< classes: of the original, of the sample
    std::string method;         ///< "pgd"
  };
  std::vector<Sample> samples;
  double tile = 96;  ///< largest side in px; larger pictures are drawn as means
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if there are no samples.
render::Scene draw(const ContactSheet& sheet);

}  // namespace nv::figures
