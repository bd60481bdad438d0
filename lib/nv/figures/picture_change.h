// Two pictures of one size and their difference: an adversarial sample, or the inputs of a comparison.
#pragma once

#include <string>
#include <vector>

#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// The pictures side by side, and below them the scores of classes if there are any. The difference is shown
/// about the middle of its colours, times a round factor that is written above it.
struct PictureChange : render::Heading {
  render::PixelGrid before, after;  ///< of one size; captions ("7 (0.9998)") are written below them
  /// after - before: rows x cols x channels, channels last, where rows and cols are those of the pictures.
  /// One channel is signed (Theme::diverging); three are red, green and blue about the middle grey.
  std::vector<float> difference;
  int channels = 1;
  double range = 1;  ///< highest minus lowest value of a picture, in the unit of `difference`
  std::string unit;  ///< of the difference, for the legend
  std::string before_name = "original", after_name = "adversarial", difference_name = "perturbation";
  /// Order of the pictures: before + difference = after; else before, after, difference.
  bool sum = true;

  /// Of one class.
  struct Score {
    std::string label;
    double before = 0, after = 0;
  };
  std::vector<Score> scores;            ///< the classes to show, in order; without any there is no chart
  std::string meaning = "probability";  ///< of a score
  double tile = 240;                    ///< largest side of a picture in px, unless the page's width is exact
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if pictures, sizes and numbers do not agree.
render::Scene draw(const PictureChange& change);

/// The largest factor of 1, 2 or 5 times a power of ten by which differences of up to `most` can be
/// multiplied so that they stay within half of `range` to both sides. 0 if `most` is 0.
double round_factor(double range, double most);

/// Colours of the difference: its ends are half of the range, divided by the round factor.
render::ValueScale difference_scale(const PictureChange& change);

/// The difference in cells of the same size as those of `like`, which shows one of the pictures.
render::Bitmap difference_cells(const PictureChange& change, const render::ValueScale& scale,
                                const render::Shown& like);

}  // namespace nv::figures
