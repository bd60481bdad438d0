// An adversarial sample: the original, the change, the sample, and the scores of both.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/figures/picture_change.h"
#include "nv/figures/style.h"

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

/// The sheet of an attacked input, for draw(): original + perturbation = adversarial. In the heading, the
/// title is the sample, the kind the attack, the caption the size of the change. nullopt if the model's input
/// is not a picture.
std::optional<PictureChange> sample_sheet(const AttackedInput& input, const Style& style = {});

}  // namespace nv::figures
