// Writes a Model to a file that Keras loads.
#pragma once

#include "nv/core/file.h"
#include "nv/model/model.h"

namespace nv {

enum class ModelFormat {
  h5,    ///< legacy HDF5, for Keras 3, tf_keras and Keras 2
  keras  ///< archive of Keras 3
};

/// By the extension of a name: ".h5", ".hdf5" or ".keras". Throws Error(usage) for others.
ModelFormat model_format(const std::string& file);

/// The bytes of a file whose model computes the same outputs: nested models are flattened (paths of their
/// layers are joined by '_'), options that do not matter at inference are left out, weights are read and
/// written as float32. Throws Error(unsupported) that names the layer if the format cannot express it: kinds
/// that nv does not compute, operations that are not layers, hard_sigmoid of Keras 2 inside a layer;
/// Error(input) for missing weights.
Bytes encode_model(const Model& model, ModelFormat format);

}  // namespace nv
