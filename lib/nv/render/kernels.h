// The kernels of a layer as a sheet: signed, white at 0.
#pragma once

#include <span>
#include <string>

#include "nv/render/maps.h"

namespace nv::render {

/// `values` are filters x inputs x rows x cols and belong to the caller. Filters with one input each stand in
/// a grid; else in a matrix of filters and inputs, the more of the two from left to right. Where there are
/// more than a page can show, the first are shown, and the sheet says so.
struct KernelSheet : Heading {
  int filters = 0, inputs = 0, rows = 1, cols = 1;
  std::string filter = "filter", input = "input channel";  ///< what they are called
  std::span<const float> values;
  Theme theme = Theme::light();
  Page page;
};

/// Throws Error(usage) where sizes and numbers of values do not fit.
Scene draw(const KernelSheet& sheet);

}  // namespace nv::render
