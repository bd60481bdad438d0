// A Model as a file that today's Keras loads.
#pragma once

#include "nv/core/file.h"
#include "nv/model/model.h"

namespace nv {

enum class ModelFormat {
  h5,    ///< legacy HDF5, for Keras 3, tf_keras and Keras 2
  keras  ///< the archive of Keras 3
};

/// ".h5" and ".hdf5", ".keras"; throws Error(usage) for other endings.
ModelFormat model_format(const std::string& file);

/// The bytes of a file in which the model gives the same outputs: nested models are laid flat (their layers'
/// paths joined by '_'), options that do not matter at inference are left out, weights are read and written
/// as float32. Throws Error(unsupported), naming the layer, for what a file of today's Keras cannot say:
/// kinds that nv does not compute, operations that are no layers, Keras 2's hard_sigmoid, ThresholdedReLU;
/// Error(input) for missing weights.
Bytes encode_model(const Model& model, ModelFormat format);

}  // namespace nv
