#include "nv/keras/hdf5/writer.h"

#include <array>

#include "nv/core/error.h"
#include "nv/keras/hdf5/handle.h"

namespace nv {

Bytes encode_hdf5(std::span<const std::pair<std::string, Tensor>> arrays) {
  const Hdf5Lock lock;
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.get(), std::size_t{1} << 20,
                   false);  // in memory, so that nothing half-written reaches a disk
  const Hdf5Id file(H5Fcreate("arrays", H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
  const Hdf5Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(links.get(), 1);
  H5Pset_char_encoding(links.get(), H5T_CSET_UTF8);
  const Hdf5Id plan(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(plan.get(), false);
  for (const auto& [name, tensor] : arrays) {
    std::array<hsize_t, Shape::max_rank> dims{};
    for (int a = 0; a < tensor.shape().rank(); ++a)
      dims[static_cast<std::size_t>(a)] = static_cast<hsize_t>(tensor.shape()[a]);
    const Hdf5Id space(H5Screate_simple(tensor.shape().rank(), dims.data(), nullptr), H5Sclose);
    const Hdf5Id dataset(H5Dcreate2(file.get(), name.c_str(), H5T_IEEE_F32LE, space.get(), links.get(),
                                    plan.get(), H5P_DEFAULT),
                         H5Dclose);
    if (!dataset ||
        H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, tensor.data()) < 0)
      throw_output("HDF5: an array named '{}' cannot be written", name);
  }
  H5Fflush(file.get(), H5F_SCOPE_GLOBAL);
  const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
  if (size <= 0) throw_output("HDF5: the file cannot be made");
  Bytes bytes(static_cast<std::size_t>(size));
  H5Fget_file_image(file.get(), bytes.data(), bytes.size());
  return bytes;
}

}  // namespace nv
