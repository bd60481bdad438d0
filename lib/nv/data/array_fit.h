// Whether an array fills an input of a model, as one item or as a batch.
#pragma once

#include <optional>

#include "nv/data/npy.h"
#include "nv/data/preprocess.h"

namespace nv {

struct ArrayFit {
  std::int64_t items = 1;
  bool batch = false;  ///< it has one axis more than the input, even for a single item
  Shape item;          ///< shape of one item, as the model takes it
};

/// How an array of shape `array` fills the input; nullopt if the sizes differ, since arrays are not resized.
/// A channel axis of size 1 may be missing; pictures (uint8) fill a vector with as many elements.
std::optional<ArrayFit> fit_array(const Shape& array, ScalarType type, const InputSpec& spec);

}  // namespace nv
