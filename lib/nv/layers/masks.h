// Masks of padding, which Keras passes from layer to layer beside the numbers. nv does not compute them: it
// finds where they would matter.
#pragma once

#include "nv/model/model.h"

namespace nv {

/// Whether the layer gives a mask: Masking, and Embedding with mask_zero.
bool makes_mask(const LayerSpec& spec);

/// Whether it passes on the mask of an input.
bool passes_mask(const LayerSpec& spec);

/// Whether it computes something else where an input has a mask. A mask that is named in the call is an
/// argument of it, and none of this function's.
bool heeds_mask(const LayerSpec& spec, const Origin& origin);

}  // namespace nv
