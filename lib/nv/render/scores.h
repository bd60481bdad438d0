// Class scores as labelled horizontal bars.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/render/maps.h"

namespace nv::render {

/// The `top` largest of `scores`, largest first (the lower index before, among equals); the truth, where
/// known, is shown whatever its rank.
struct ScoreBars : Heading {
  std::vector<float> scores;
  std::vector<std::string> labels;  ///< empty: the class's number; else as many as scores
  std::optional<int> truth;         ///< index of the true class
  int top = 10;
  std::string meaning = "probability";
  Theme theme = Theme::light();
  Page page{560, true, 24};
};

Scene draw(const ScoreBars& bars);

/// A probability with four digits, so that a column of them compares; what would round to a bare 0 or 1 says
/// so:
/// "< 0.0001", "> 0.9999".
std::string probability_text(double p);

}  // namespace nv::render
