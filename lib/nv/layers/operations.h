// Operations that a functional model holds as layers: Keras 3's (ops.mean, x + 1) and the TFOpLambda and
// SlicingOpLambda layers of tf.keras (tf.reduce_mean, x[:, 0]). Their makers take options under Keras 3's
// names, whatever the dialect.
#pragma once

#include <memory>
#include <span>

#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// Whether the layer is an operation: one of tf.keras, or of Keras 3 (some of which have the names of
/// layers).
bool is_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments);

/// An operation as Keras 3 writes it.
struct PortableOperation {
  std::string kind;    ///< Keras 3's class: "Mean"
  std::string module;  ///< where Keras 3 has it: "keras.src.ops.numpy"; "" where it has no such class
  Config options;      ///< of its constructor, all by name
  Config arguments;    ///< of its call, as Node::arguments
};

/// `inputs`: the shapes of an item of each; none where they do not matter to the caller. Throws
/// Error(unsupported) for an operation that nv does not compute.
PortableOperation portable_operation(const LayerSpec& spec, const Config& arguments,
                                     std::span<const Shape> inputs);

/// Throws Error(unsupported) for an operation that nv does not compute.
std::unique_ptr<Layer> make_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                      int output);

std::unique_ptr<Layer> make_elementwise_operation(Options&);
std::unique_ptr<Layer> make_binary_operation(Options&);
std::unique_ptr<Layer> make_activation_operation(Options&);
std::unique_ptr<Layer> make_softmax_operation(Options&);
std::unique_ptr<Layer> make_glu_operation(Options&);
std::unique_ptr<Layer> make_clip_operation(Options&);
std::unique_ptr<Layer> make_cast_operation(Options&);
std::unique_ptr<Layer> make_reduction(Options&);
std::unique_ptr<Layer> make_normalize_operation(Options&);
std::unique_ptr<Layer> make_reshape_operation(Options&);
std::unique_ptr<Layer> make_batch_flatten(Options&);
std::unique_ptr<Layer> make_transpose(Options&);
std::unique_ptr<Layer> make_swapaxes(Options&);
std::unique_ptr<Layer> make_moveaxis(Options&);
std::unique_ptr<Layer> make_expand_dims(Options&);
std::unique_ptr<Layer> make_squeeze(Options&);
std::unique_ptr<Layer> make_flip(Options&);
std::unique_ptr<Layer> make_repeat(Options&);
std::unique_ptr<Layer> make_tile(Options&);
std::unique_ptr<Layer> make_get_item(Options&);
std::unique_ptr<Layer> make_split(Options&);
std::unique_ptr<Layer> make_unstack(Options&);
std::unique_ptr<Layer> make_pad(Options&);
std::unique_ptr<Layer> make_concatenate_operation(Options&);
std::unique_ptr<Layer> make_stack(Options&);
std::unique_ptr<Layer> make_add_n(Options&);
std::unique_ptr<Layer> make_matmul(Options&);
std::unique_ptr<Layer> make_dot_operation(Options&);
std::unique_ptr<Layer> make_max_pool_operation(Options&);
std::unique_ptr<Layer> make_average_pool_operation(Options&);
std::unique_ptr<Layer> make_resize_operation(Options&);
std::unique_ptr<Layer> make_rgb_to_grayscale(Options&);
std::unique_ptr<Layer> make_depth_to_space(Options&);
std::unique_ptr<Layer> make_space_to_depth(Options&);

}  // namespace nv
