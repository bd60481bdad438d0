// Opens a model file: turns a file into a Model.
#pragma once

#include <string>

#include "nv/keras/isolation.h"
#include "nv/model/model.h"

namespace nv {

/// How a model's weights will be used.
enum class WeightUse {
  described,  ///< only names, sizes and types; weights that are stored as plain float32 may also be read
  read,       ///< as numbers
};

struct OpenOptions {
  /// Another file that holds the weights, of either layout (legacy groups by layer name, or layers/...). The
  /// model file may then be an architecture alone (model.to_json(), or an .h5 without weights).
  std::string weights = {};
  WeightUse use = WeightUse::read;
  /// Isolation::child_process for files that may have been made by anyone. Weights that have to be unpacked
  /// or converted are unpacked in a second child process, if they will be read.
  Isolation isolation = Isolation::none;
};

/// Reads a Keras model: legacy HDF5 (.h5, .hdf5) or a Keras 3 archive (.keras), recognized by content, not by
/// name; a pipe is read to its end first. The numbers of weights are not read. Throws Error(input) that says
/// what the file is if it is not a model, and Error(unsupported) for a subclassed model.
///
/// If weights will be read, the memory that all of them need is checked against memory_limit(). The checksum
/// of weights that an archive holds uncompressed is compared if they will be read, or if they have at most 64
/// MB.
Model open_model(const std::string& file, const OpenOptions& options = {});

}  // namespace nv
