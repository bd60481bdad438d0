// Binds the weights in a file to the layers of a model. Numbers are not read.
#pragma once

#include <memory>

#include "nv/keras/graph/graph.h"
#include "nv/keras/weights/weight_file.h"
#include "nv/model/model.h"

namespace nv {

/// The layout of .h5 model files since Keras 1: a group per layer below `root` ("model_weights", or "" for a
/// file of weights alone), whose attribute weight_names lists the datasets. A layer's weights are matched by
/// order, not by name.
void bind_legacy_weights(const std::shared_ptr<const WeightFile>& file, const std::string& root,
                         const LayerTree& tree, Model& model);

/// The layout of model.weights.h5 in .keras files: layers/CLASS_K/vars/I, by class and counter, not by layer
/// name. Up to TF 2.14, "layers" is named "_layer_checkpoint_dependencies". A layer that several models share
/// is in the file once.
void bind_weights(const std::shared_ptr<const WeightFile>& file, const LayerTree& tree, Model& model);

/// Adds the weights that each layer expects, as far as shapes are known, for a file without weights. Reading
/// their numbers throws Error(input, problem, hint).
void add_placeholder_weights(Model& model, const std::string& problem, const std::string& hint);

/// Keras's to_snake_case, by which groups are named: "MaxPooling2D" -> "max_pooling2d", "PReLU" -> "p_re_lu".
std::string snake_case(const std::string& class_name);

}  // namespace nv
