// Converts models of Keras 1, and of its Theano backend, to the format of Keras 2.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nv/model/model.h"

namespace nv {

/// Rewrites a Keras 1 model configuration, with nested models, with Keras 2's names of classes (Convolution2D
/// -> Conv2D, Merge -> Add, Concatenate...) and options (nb_filter -> filters, border_mode -> padding,
/// dim_ordering -> data_format...). What has no counterpart stays, and the layer refuses it.
void convert_keras1_config(nlohmann::ordered_json& model);

/// Brings kernels to the order of axes of Keras 2 and later: in Keras 1 those of channels_first layers are
/// (filters, channels, height, width), those of Conv1D (length, 1, channels, filters). Kernels of files
/// written with the Theano backend are flipped, since it computes the mathematical convolution; a note of the
/// model reports it. Call it once, after weights are bound.
void reorder_kernels(Model& model);

}  // namespace nv
