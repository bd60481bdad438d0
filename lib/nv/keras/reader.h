// Opens a model file: turns a file into a Model.
#pragma once

#include <string>

#include "nv/model/model.h"

namespace nv {

/// How a model's weights will be used.
enum class WeightUse {
  described,  ///< only names, sizes and types; weights that are stored as plain float32 may also be read
  read,       ///< as numbers
};

/// Reads a Keras model: legacy HDF5 (.h5, .hdf5) or a Keras 3 archive (.keras), recognized by content, not by
/// name; a pipe is read to its end first. The numbers of weights are not read. Throws Error(input) that tells
/// what the file is if it is not a model, and Error(unsupported) for a subclassed model.
///
/// All of it is tried in a child process first (guard.h), since libhdf5 crashes on some damaged files: then
/// Error(input). So are weights that have to be unpacked or converted, where they will be read, and what all
/// weights need is held against memory_limit(). The checksum of weights that an archive holds as they are is
/// compared where they will be read, or where that takes no time (up to 64 MB).
///
/// `weights` names another file with the weights, of either layout (legacy groups by layer name, or
/// layers/...); then `file` may also be an architecture alone (model.to_json(), or an .h5 without weights).
Model open_model(const std::string& file, const std::string& weights = {}, WeightUse use = WeightUse::read);

}  // namespace nv
