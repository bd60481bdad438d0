// Horizontal bars.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// Bars from 0, one row per thing in the order given, one bar per series in each row.
struct BarChart : Heading {
  struct Row {
    std::string name;
    std::vector<double> values;  ///< one per series
    std::string note = {};       ///< after the value of the first series
  };
  std::vector<std::string> series;  ///< names in the key; empty if there is only one
  std::vector<Row> rows;
  std::string meaning;       ///< caption of the axis of values
  std::optional<double> hi;  ///< value of a bar of the whole width; default: the largest value
  std::string (*number)(double) = compact_number;  ///< text of the value after its bar
  Theme theme = Theme::light();
  Page page{640, true, 24};
};

/// Throws Error(usage) if there are no bars, or rows have different numbers of values.
Scene draw(const BarChart& chart);

}  // namespace nv::render
