// Masks of padding (Masking, mask_zero), which Keras passes from layer to layer together with the values. nv
// does not compute them; it finds the layers whose output they would change.
#pragma once

#include "nv/model/model.h"

namespace nv {

/// Whether the layer's output has a mask: Masking, and Embedding with mask_zero.
bool makes_mask(const LayerSpec& spec);

/// Whether the layer passes on the mask of an input.
bool passes_mask(const LayerSpec& spec);

/// Whether a mask of an input changes the layer's output. A mask that the call names is an argument, and not
/// meant here.
bool uses_mask(const LayerSpec& spec, const Origin& origin);

}  // namespace nv
