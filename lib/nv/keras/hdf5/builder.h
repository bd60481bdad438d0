// Makes an HDF5 file in memory. For the files that write models and arrays.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"
#include "nv/core/tensor.h"
#include "nv/keras/hdf5/handle.h"

namespace nv {

/// A file in memory, so that nothing half-written reaches a disk. It keeps no times: the same calls give the
/// same bytes. Paths are from the root; the groups above are made as needed. Hold an Hdf5Lock while one
/// lives. All throw Error(output).
class Hdf5Builder {
 public:
  Hdf5Builder();

  void group(const std::string& path);
  /// float32.
  void dataset(const std::string& path, const Tensor& tensor);
  /// An attribute of one text, of variable length.
  void text(const std::string& object, const std::string& name, const std::string& value);
  /// An attribute of a list of texts of fixed length, split over NAME0, NAME1... if it does not fit into an
  /// object's header, as Keras does.
  void texts(const std::string& object, const std::string& name, const std::vector<std::string>& values);
  /// An attribute of the root by which has_mark() (core/mark.h) finds that nv made the file.
  void mark();

  /// The bytes of the file.
  Bytes finish();

 private:
  void write_attribute(const std::string& object, const std::string& name, const Hdf5Id& type,
                       const Hdf5Id& space, const void* data);
  void list(const std::string& object, const std::string& name, const std::vector<std::string>& values,
            std::size_t length);

  Hdf5Id access_, link_creation_, dataset_creation_;  // property lists
  Hdf5Id file_{-1, H5Fclose};
};

}  // namespace nv
