// Operations that a functional model holds as layers: those of Keras 3 (ops.mean, x + 1), and the TFOpLambda
// and SlicingOpLambda layers of tf.keras (tf.reduce_mean, x[:, 0]), which are translated to operations of
// Keras 3.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// Whether the layer is an operation of tf.keras or of Keras 3. Some of the latter have the name of a layer;
/// the call's arguments tell them apart.
bool is_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments);

/// As make_layer (registry.h), for an operation. Throws Error(unsupported) for one that nv does not compute.
std::unique_ptr<Layer> make_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                      int output);

/// An operation as Keras 3 writes it.
struct PortableOperation {
  std::string kind;    ///< Keras 3's class: "Mean"
  std::string module;  ///< the module that has it: "keras.src.ops.numpy"; "" if Keras 3 has no such class
  Config options;      ///< of its constructor, all by name
  Config arguments;    ///< of its call, as Node::arguments
};

/// `inputs` are the shapes of an item of each input; empty if the caller does not need the index of a slice.
/// Throws Error(unsupported) for an operation that nv does not compute.
PortableOperation portable_operation(const LayerSpec& spec, const Config& arguments,
                                     std::span<const Shape> inputs);

}  // namespace nv
