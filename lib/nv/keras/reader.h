// Opens a model file: the one function that turns a file into a Model.
#pragma once

#include <string>

#include "nv/model/model.h"

namespace nv {

/// Reads a Keras model: legacy HDF5 (.h5, .hdf5) or a Keras 3 archive (.keras), told apart by content, not by
/// name. Weights are described, not read. Throws Error(input) with what the file is instead where it is not a
/// model, and Error(unsupported) for a subclassed model.
///
/// Everything that touches libhdf5 or parses a stranger's bytes happens here and in the WeightData of the
/// result, and the result is plain values: so this call can move into a child process with limits without a
/// change for callers.
///
/// `weights` names another file that holds the weights, of either layout (legacy groups by layer name, or
/// layers/...); then `file` may also be an architecture alone (model.to_json(), or an .h5 without weights).
Model open_model(const std::string& file, const std::string& weights = {});

}  // namespace nv
