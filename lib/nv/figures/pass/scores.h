// Class scores as labelled horizontal bars.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// The `top` largest of `scores`, largest first (of equal ones the lower index); the true class, if known, is
/// shown whatever its rank.
struct ScoreBars : render::Heading {
  std::vector<float> scores;
  std::vector<std::string> labels;  ///< one per score; empty: the number of the class
  std::optional<int> truth;         ///< index of the true class
  int top = 10;
  std::string meaning = "probability";
  render::Theme theme = render::Theme::light();
  render::Page page{560, true, 24};
};

render::Scene draw(const ScoreBars& bars);

}  // namespace nv::figures
