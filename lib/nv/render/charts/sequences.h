// Sequences as one heat map: a row per channel, a column per step.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// `values` are channels x length, row by row, and belong to the caller.
struct SequenceSheet : Heading {
  int length = 0, channels = 0;
  std::span<const float> values;
  std::vector<int> frozen;  ///< channels drawn crossed out
  ScaleMode scale = ScaleMode::shared;
  Colormap map = Colormap::viridis;
  std::string meaning = "activation";
  Theme theme = Theme::light();
  Page page;
};

/// Throws Error(usage) if sizes and numbers of values do not agree.
Scene draw(const SequenceSheet& sheet);

}  // namespace nv::render
