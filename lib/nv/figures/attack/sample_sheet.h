// An adversarial sample: the original, the change, the sample, and the scores of both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/figures/style.h"
#include "nv/render/charts/picture.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// A successful attack on one input. Everything that is referred to must outlive it.
struct AttackedInput {
  const AttackResult& result;
  const Tensor& original;  ///< the model's input before the attack
  const Attacker& attacker;
  std::string_view method;  ///< "pgd"
  attacks::Bounds bounds;   ///< of the attack
  const Model& model;
  const std::vector<std::string>& labels;  ///< class names; may be empty
};

/// Original, perturbation and sample side by side, and below them the scores before and after. The
/// perturbation is enlarged until its largest value is at the end of its scale, and the factor is written
/// above it. In the heading, `title` is the sample, `kind` the attack, `caption` the size of the change.
struct SampleSheet : render::Heading {
  render::Picture original, adversarial;  ///< of one size; captions ("7 (0.9998)") are written below them
  /// adversarial - original: rows x cols x channels, channels last. One channel is signed and white at 0;
  /// three are red, green and blue about the middle grey.
  std::vector<float> difference;
  int rows = 0, cols = 0, channels = 1;
  double range = 1;  ///< highest minus lowest value of a picture, in the unit of `difference`

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

/// The sheet of an attacked input, for draw(); nullopt if the model's input is not a picture.
std::optional<SampleSheet> sample_sheet(const AttackedInput& input, const Style& style = {});

/// Throws Error(usage) if pictures, sizes and numbers do not agree.
render::Scene draw(const SampleSheet& sheet);

}  // namespace nv::figures
