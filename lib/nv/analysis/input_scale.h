// The range of values in which a model takes images, as far as its layers show.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/data/preprocess.h"
#include "nv/model/model.h"

namespace nv {

/// A family of keras.applications, and the preprocessing that its weights were trained with.
struct ApplicationFamily {
  std::string_view name;  ///< "VGG"
  Scale scale = Scale::unit;
};

struct InputScale {
  /// Default scale of images: raw (0..255) if the model itself scales them, else unit (0..1).
  Scale scale = Scale::unit;
  std::string layer;               ///< the layer that scales them, as "rescaling (Rescaling)"; "" for none
  std::vector<std::string> notes;  ///< why that may be wrong: scaling after other layers, or on one branch
  std::optional<ApplicationFamily> family;
};

/// Follows the inputs through layers that do not change values (augmentation, resizing, cropping, padding,
/// reshaping) to the first that scales: Rescaling, Normalization, or an operation with a constant of a size
/// that fits 0..255 (x / 255, x - 127.5). Reads no weights.
InputScale input_scale(const Model& model);

/// Notes for the user on the preprocessing in use, without the file: that the family was trained with another
/// one and, if `chosen` is false (the default is in use), InputScale::notes.
std::vector<std::string> preprocess_notes(const InputScale& found, const Preprocess& in_use, bool chosen);

}  // namespace nv
