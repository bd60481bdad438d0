// The rows of class scores, for the sheet of scores and the last card of the overview.
#pragma once

#include <vector>

#include "nv/figures/pass/scores.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

/// A class that is shown.
struct Ranked {
  int index = 0;
  int rank = 0;  ///< from 0
};

/// The `top` largest scores and the true class, largest first; NaN last.
std::vector<Ranked> ranked(const ScoreBars& bars, int top);

constexpr double rank_line = 14;  ///< px, of the line with the rank of a true class that is not among the top

struct RowStyle {
  double row = 26;   ///< px from one row to the next
  double bar = 16;   ///< px, a bar's height
  double text = 13;  ///< px
};

/// Draws the rows at (x, y), `width` px wide; returns the y below.
double add_score_rows(render::Sheet& sheet, const ScoreBars& bars, const RowStyle& style, int top, double x,
                      double y, double width);

}  // namespace nv::figures
