// The makers of all layer kinds, for registry.cpp; each is defined in the file of its kind.
#pragma once

#include <memory>

#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

using LayerMaker = std::unique_ptr<Layer> (*)(Options&);

std::unique_ptr<Layer> make_input(Options&);
std::unique_ptr<Layer> make_dense(Options&);
std::unique_ptr<Layer> make_conv1d(Options&);
std::unique_ptr<Layer> make_conv2d(Options&);
std::unique_ptr<Layer> make_conv3d(Options&);
std::unique_ptr<Layer> make_conv1d_transpose(Options&);
std::unique_ptr<Layer> make_conv2d_transpose(Options&);
std::unique_ptr<Layer> make_conv3d_transpose(Options&);
std::unique_ptr<Layer> make_depthwise_conv1d(Options&);
std::unique_ptr<Layer> make_depthwise_conv2d(Options&);
std::unique_ptr<Layer> make_separable_conv1d(Options&);
std::unique_ptr<Layer> make_separable_conv2d(Options&);
std::unique_ptr<Layer> make_max_pooling1d(Options&);
std::unique_ptr<Layer> make_max_pooling2d(Options&);
std::unique_ptr<Layer> make_max_pooling3d(Options&);
std::unique_ptr<Layer> make_average_pooling1d(Options&);
std::unique_ptr<Layer> make_average_pooling2d(Options&);
std::unique_ptr<Layer> make_average_pooling3d(Options&);
std::unique_ptr<Layer> make_global_max_pooling1d(Options&);
std::unique_ptr<Layer> make_global_max_pooling2d(Options&);
std::unique_ptr<Layer> make_global_max_pooling3d(Options&);
std::unique_ptr<Layer> make_global_average_pooling1d(Options&);
std::unique_ptr<Layer> make_global_average_pooling2d(Options&);
std::unique_ptr<Layer> make_global_average_pooling3d(Options&);
std::unique_ptr<Layer> make_zero_padding1d(Options&);
std::unique_ptr<Layer> make_zero_padding2d(Options&);
std::unique_ptr<Layer> make_zero_padding3d(Options&);
std::unique_ptr<Layer> make_cropping1d(Options&);
std::unique_ptr<Layer> make_cropping2d(Options&);
std::unique_ptr<Layer> make_cropping3d(Options&);
std::unique_ptr<Layer> make_up_sampling1d(Options&);
std::unique_ptr<Layer> make_up_sampling2d(Options&);
std::unique_ptr<Layer> make_up_sampling3d(Options&);
std::unique_ptr<Layer> make_resizing(Options&);
std::unique_ptr<Layer> make_center_crop(Options&);
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
std::unique_ptr<Layer> make_concatenate(Options&);
std::unique_ptr<Layer> make_add(Options&);
std::unique_ptr<Layer> make_subtract(Options&);
std::unique_ptr<Layer> make_multiply(Options&);
std::unique_ptr<Layer> make_average(Options&);
std::unique_ptr<Layer> make_maximum(Options&);
std::unique_ptr<Layer> make_minimum(Options&);
std::unique_ptr<Layer> make_identity(Options&);
std::unique_ptr<Layer> make_repeat_vector(Options&);
std::unique_ptr<Layer> make_random_crop(Options&);
std::unique_ptr<Layer> make_unit_normalization(Options&);
std::unique_ptr<Layer> make_time_distributed(Options&);
std::unique_ptr<Layer> make_thresholded_relu(Options&);
std::unique_ptr<Layer> make_rms_normalization(Options&);
std::unique_ptr<Layer> make_normalization(Options&);
std::unique_ptr<Layer> make_multi_head_attention(Options&);
std::unique_ptr<Layer> make_masking(Options&);
std::unique_ptr<Layer> make_layer_scale(Options&);
std::unique_ptr<Layer> make_layer_normalization(Options&);
std::unique_ptr<Layer> make_group_normalization(Options&);
std::unique_ptr<Layer> make_embedding(Options&);
std::unique_ptr<Layer> make_dot(Options&);
std::unique_ptr<Layer> make_custom_scale_layer(Options&);
std::unique_ptr<Layer> make_attention(Options&);
std::unique_ptr<Layer> make_additive_attention(Options&);

/// The layer over channels_last positions for its `data_format` option: as it is, or wrapped so that it takes
/// and gives channels_first ones. The wrapper of an ActivatedLayer is one too.
std::unique_ptr<Layer> in_data_format(Options& options, std::unique_ptr<Layer> layer);

}  // namespace nv
