// Accuracy under attack by the size of the change.
#pragma once

#include <string>
#include <vector>

#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct RobustnessCurve {
  struct Point {
    double eps = 0;
    double accuracy = 0;  ///< robust accuracy, 0 to 1
  };
  struct Line {
    std::string method;  ///< "pgd"
    std::vector<Point> points;
  };
  std::vector<Line> lines;
  std::string norm;       ///< "linf"; "" if the methods have different ones
  double lo = 0, hi = 1;  ///< bounds of the inputs
  std::string model;      ///< its title
};

/// A line per method. Throws Error(usage) if there are no points.
render::Scene robustness_curve(const RobustnessCurve& curve, const Style& style = {},
                               const render::Page& page = {});

}  // namespace nv::figures
