// Share of the faults found by the share of the inputs looked at.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nv/analysis/rank/order.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct FaultCurve {
  struct Line {
    std::string metric;  ///< "gini"
    double apfd = 0;
    std::vector<rank::FaultPoint> points;
  };
  std::vector<Line> lines;
  std::size_t inputs = 0, faults = 0;
  std::string model;    ///< its title
  std::string caption;  ///< what a fault is
};

/// A line per metric with its APFD in the key, and those of the best and of a random order. Throws
/// Error(usage) if there are no faults.
render::Scene fault_curve(const FaultCurve& curve, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
