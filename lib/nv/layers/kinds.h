// The makers of all layer kinds, for registry.cpp; each is defined in the file of its kind.
#pragma once

#include <memory>

#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

using LayerMaker = std::unique_ptr<Layer> (*)(Options&);

std::unique_ptr<Layer> make_input(Options&);
std::unique_ptr<Layer> make_dense(Options&);
std::unique_ptr<Layer> make_conv2d(Options&);
std::unique_ptr<Layer> make_depthwise_conv2d(Options&);
std::unique_ptr<Layer> make_max_pooling2d(Options&);
std::unique_ptr<Layer> make_average_pooling2d(Options&);
std::unique_ptr<Layer> make_global_max_pooling2d(Options&);
std::unique_ptr<Layer> make_global_average_pooling2d(Options&);
std::unique_ptr<Layer> make_batch_normalization(Options&);
std::unique_ptr<Layer> make_rescaling(Options&);
std::unique_ptr<Layer> make_activation(Options&);
std::unique_ptr<Layer> make_relu(Options&);
std::unique_ptr<Layer> make_leaky_relu(Options&);
std::unique_ptr<Layer> make_elu(Options&);
std::unique_ptr<Layer> make_softmax(Options&);
std::unique_ptr<Layer> make_prelu(Options&);
std::unique_ptr<Layer> make_flatten(Options&);
std::unique_ptr<Layer> make_reshape(Options&);
std::unique_ptr<Layer> make_permute(Options&);
std::unique_ptr<Layer> make_zero_padding2d(Options&);
std::unique_ptr<Layer> make_cropping2d(Options&);
std::unique_ptr<Layer> make_concatenate(Options&);
std::unique_ptr<Layer> make_add(Options&);
std::unique_ptr<Layer> make_subtract(Options&);
std::unique_ptr<Layer> make_multiply(Options&);
std::unique_ptr<Layer> make_average(Options&);
std::unique_ptr<Layer> make_maximum(Options&);
std::unique_ptr<Layer> make_minimum(Options&);
std::unique_ptr<Layer> make_identity(Options&);

/// Wraps a layer that works on channels_last images so that it takes and gives channels_first ones.
std::unique_ptr<Layer> channels_first(std::unique_ptr<Layer> layer);

/// The image layer for its `data_format` option: as it is, or wrapped in channels_first.
std::unique_ptr<Layer> in_data_format(Options& options, std::unique_ptr<Layer> layer);

}  // namespace nv
