// Whether an array is an input of a model, or a batch of them.
#pragma once

#include <optional>

#include "nv/data/npy.h"
#include "nv/data/preprocess.h"

namespace nv {

struct ArrayFit {
  std::int64_t items = 1;
  bool batch = false;  ///< one axis more than the input has, also where there is one item only
  Shape item;          ///< of one item, as the model takes it
};

/// How an array of that shape fills the input. A missing channel axis of 1 counts as there; pictures (uint8)
/// fill a vector of as many numbers. Nothing is resized: nullopt where the sizes differ.
std::optional<ArrayFit> fit_array(const Shape& array, ScalarType type, const InputSpec& spec);

/// "28 x 28 x 1", with "?" for axes of any size.
std::string spec_text(const Shape& shape);

}  // namespace nv
