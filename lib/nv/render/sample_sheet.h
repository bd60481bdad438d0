// An adversarial sample: what it was made of, what was changed, what the model says of both.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/render/maps.h"
#include "nv/render/picture.h"

namespace nv::render {

/// Original, perturbation and adversarial picture side by side, and below them the scores before and after.
/// The perturbation is enlarged until its largest value is at the end of its scale, and says how much. In
/// the heading, `title` is the sample, `kind` the attack, `caption` the size of the change.
struct SampleSheet : Heading {
  Picture original, adversarial;  ///< of one size; the captions ("7 (0.9998)") stand below them
  /// adversarial - original: rows x cols x channels, channels side by side, and the caller's. One channel is
  /// signed and white at 0; three are red, green and blue about the middle grey.
  std::span<const float> difference;
  int rows = 0, cols = 0, channels = 1;
  double range = 1;  ///< a picture's highest value minus its lowest, in the unit of `difference`

  /// A class before and after.
  struct Score {
    std::string label;
    double before = 0, after = 0;
  };
  std::vector<Score> scores;            ///< the classes to show, in order; none is no chart
  std::string meaning = "probability";  ///< of a score
  double tile = 240;                    ///< px that a picture fills at most on a page that is not exact
  Theme theme = Theme::light();
  Page page;
};

/// Throws Error(usage) where pictures, sizes and numbers do not fit each other.
Scene draw(const SampleSheet& sheet);

}  // namespace nv::render
