// Accuracy under attack by the size of the change.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct RobustnessCurve {
  struct Point {
    double eps = 0;       ///< 0: without an attack
    double accuracy = 0;  ///< robust accuracy, 0 to 1
  };
  struct Line {
    std::string method;  ///< "pgd"
    std::vector<Point> points;
    std::int64_t inputs = 0;  ///< that accuracy is a share of
  };
  std::vector<Line> lines;
  std::string norm;       ///< "L∞"; "" if the methods have different ones
  double lo = 0, hi = 1;  ///< bounds of the inputs
  std::string model;      ///< its title
  bool truth = true;      ///< accuracy by true classes, else by the model's own predictions
};

/// A line per method, with a mark per size: "4/255", and its value below. Throws Error(usage) if there are no
/// points.
render::Scene robustness_curve(const RobustnessCurve& curve, const Style& style = {},
                               const render::Page& page = {});

}  // namespace nv::figures
