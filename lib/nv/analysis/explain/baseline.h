// Inputs that explanations compare with.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/data/preprocess.h"

namespace nv::explain {

/// zero: 0 in the model's space. black, white: what such a picture becomes by the preprocessing. mean: the
/// input's own mean, of each channel of an image. blur: the input itself, blurred by a Gaussian with a sigma
/// of a tenth of its longer side.
enum class BaselineKind { zero, black, white, mean, blur };

/// nullopt for other names.
std::optional<BaselineKind> find_baseline(std::string_view name);
std::vector<std::string> baseline_names();

struct Baseline {
  BaselineKind kind = BaselineKind::zero;
  std::vector<Tensor> given = {};  ///< instead of `kind`: per model input, no batch axis
};

/// The baseline of the input `x` (per model input, no batch axis; `specs` likewise). Throws Error(usage) for
/// `blur` of numbers that are no image, and for a given baseline of another shape.
std::vector<Tensor> baseline_of(const Baseline& baseline, const std::vector<Tensor>& x,
                                std::span<const InputSpec> specs, const Preprocess& preprocess);

}  // namespace nv::explain
