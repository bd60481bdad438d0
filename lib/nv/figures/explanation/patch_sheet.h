// The patches of inputs that a unit sees, and where they are.
#pragma once

#include <string>
#include <vector>

#include "nv/analysis/receptive_field.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// Each patch enlarged, above it the whole input with a frame around the patch, below it the value and the
/// input's name. Patches are as large as the receptive field of a unit; one at the border of the input is
/// smaller.
struct PatchSheet : render::Heading {
  struct Patch {
    render::PixelGrid input;
    SeenPositions::Box box;  ///< in `input`; may be empty
    std::string value;       ///< "4.12"
    std::string name;        ///< of the input, and its class
  };
  std::vector<Patch> patches;
  std::vector<std::string> remarks;
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if there are no patches, or a box is not inside its picture.
render::Scene draw(const PatchSheet& sheet);

/// The part of a picture in a box.
render::PixelGrid cropped(const render::PixelGrid& picture, const SeenPositions::Box& box);

}  // namespace nv::figures
