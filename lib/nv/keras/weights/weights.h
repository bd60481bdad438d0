// Binds the weights in a file to the layers of a model. Numbers are not read.
#pragma once

#include <memory>

#include "nv/keras/graph/graph.h"
#include "nv/keras/hdf5/file.h"
#include "nv/model/model.h"

namespace nv {

/// The layout of .h5 model files since Keras 1: a group a layer below `root` ("model_weights", or "" for a
/// file of weights alone), whose attribute weight_names lists the datasets. Weights are matched by order, not
/// by name.
void bind_legacy_weights(const std::shared_ptr<const Hdf5File>& file, const std::string& root,
                         const LayerTree& tree, Model& model);

/// The layout of model.weights.h5 in .keras files: layers/CLASS_K/vars/I, by class and counter, not by layer
/// name. Up to TF 2.14 "_layer_checkpoint_dependencies" stands for "layers". A layer that several models
/// share is in the file once.
void bind_weights(const std::shared_ptr<const Hdf5File>& file, const LayerTree& tree, Model& model);

/// Gives each layer the weights that it expects, as far as shapes are known, without numbers: the file holds
/// an architecture alone, which `what` says to whoever needs them.
void stand_in_weights(Model& model, const std::string& what, const std::string& hint);

/// Keras's to_snake_case: "MaxPooling2D" -> "max_pooling2d", "PReLU" -> "p_re_lu".
std::string snake_case(const std::string& class_name);

}  // namespace nv
