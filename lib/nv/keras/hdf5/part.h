// HDF5 out of a part of a file: as libhdf5 reads a whole one, by reading and not by mapping, so that a file
// that shrinks meanwhile is an error of reading.
#pragma once

#include <hdf5.h>

#include "nv/core/file.h"

namespace nv {

/// H5Fopen, read-only and with the properties `access`, of `part` of the reader's file; negative where that
/// is no HDF5. The reader must outlive what is returned. With the lock on libhdf5 held (hdf5_handle.h).
hid_t open_hdf5_part(const FileReader& reader, const Extent& part, hid_t access);

}  // namespace nv
