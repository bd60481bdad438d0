// Which numbers a model wants pictures as, as far as its layers tell.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/data/preprocess.h"
#include "nv/model/model.h"

namespace nv {

/// A family of keras.applications, and what its weights were trained with.
struct ApplicationFamily {
  std::string_view name;  ///< "VGG"
  Scale scale = Scale::unit;
};

struct InputScale {
  /// What pictures become where nobody says otherwise: raw (0..255) where the model scales them itself, else
  /// unit (0..1).
  Scale scale = Scale::unit;
  std::string layer;               ///< the layer that scales them: "rescaling (Rescaling)"; "" for none
  std::vector<std::string> notes;  ///< where that may be wrong: scaling behind other layers, or on one branch
  std::optional<ApplicationFamily> family;
};

/// Follows the inputs through layers that do not change values (augmentation, resizing, cropping, padding,
/// reshaping) to the first that scales: Rescaling, Normalization, or an operation with a constant whose size
/// fits 0..255 (x / 255, x - 127.5). Reads no weights.
InputScale input_scale(const Model& model);

/// What a user should know of the preprocessing in use, each a sentence without the file: that the family was
/// trained with another one and, where `chosen` is false, what `input_scale` has found strange.
std::vector<std::string> preprocess_notes(const InputScale& found, const Preprocess& in_use, bool chosen);

}  // namespace nv
