#include "nv/keras/hdf5/writer.h"

#include "nv/keras/hdf5/builder.h"

namespace nv {

Bytes encode_hdf5(std::span<const std::pair<std::string, Tensor>> arrays) {
  const Hdf5Lock lock;
  Hdf5Builder h5;
  for (const auto& [name, tensor] : arrays) h5.dataset(name, tensor);
  return h5.finish();
}

}  // namespace nv
