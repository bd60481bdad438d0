// What old files say in other words than today's Keras.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nv/model/model.h"

namespace nv {

/// Rewrites a Keras 1 model configuration (nested models too) in the words of Keras 2: class names
/// (Convolution2D -> Conv2D, Merge -> Add, Concatenate...), options (nb_filter -> filters, border_mode ->
/// padding, dim_ordering -> data_format...). What has no counterpart stays and is refused by the layer.
void modernise_keras1(nlohmann::ordered_json& model);

/// Brings weights to the order of axes that Keras 2 and later keep: Keras 1 kernels of channels_first layers
/// are (filters, channels, height, width), those of Conv1D (length, 1, channels, filters). Kernels of files
/// written with the Theano backend are flipped, since its convolution is the true one; a note of the model
/// says so. To be called once, when weights are bound.
void rearrange_weights(Model& model);

}  // namespace nv
