// Lets libhdf5 read an HDF5 file that is a part of another file. The part is read, not mapped: if the file
// shrinks meanwhile, that is a read error.
#pragma once

#include <hdf5.h>

#include "nv/core/file.h"

namespace nv {

/// H5Fopen, read-only and with the properties `access`, of `part` of the reader's file; negative if that is
/// not HDF5. The reader must outlive the identifier. Call under an Hdf5Lock (handle.h).
hid_t open_hdf5_part(const FileReader& reader, const Extent& part, hid_t access);

}  // namespace nv
