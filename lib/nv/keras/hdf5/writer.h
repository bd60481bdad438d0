// Arrays as an HDF5 file.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "nv/core/file.h"
#include "nv/core/tensor.h"

namespace nv {

/// A file with a float32 dataset per array; '/' in a name makes groups. The same arrays give the same bytes
/// (no times are kept). Throws Error(output) if a name cannot be used.
Bytes encode_hdf5(std::span<const std::pair<std::string, Tensor>> arrays);

}  // namespace nv
