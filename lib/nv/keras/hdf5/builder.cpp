#include "nv/keras/hdf5/builder.h"

#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/core/mark.h"

namespace nv {

namespace {

constexpr std::size_t memory_step = std::size_t{1} << 20;  // bytes by which the file in memory grows
constexpr std::size_t most_attribute_bytes = 64512;        // as in Keras's legacy HDF5 format

[[noreturn]] void fail(const std::string& what) {
  throw_output("HDF5: {} cannot be written", what);
}

}  // namespace

Hdf5Builder::Hdf5Builder()
    : access_(H5Pcreate(H5P_FILE_ACCESS), H5Pclose),
      link_creation_(H5Pcreate(H5P_LINK_CREATE), H5Pclose),
      dataset_creation_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose) {
  H5Pset_fapl_core(access_.get(), memory_step, false);
  H5Pset_create_intermediate_group(link_creation_.get(), 1);
  H5Pset_char_encoding(link_creation_.get(), H5T_CSET_UTF8);
  H5Pset_obj_track_times(dataset_creation_.get(), false);
  file_ = Hdf5Id(H5Fcreate("memory", H5F_ACC_TRUNC, H5P_DEFAULT, access_.get()), H5Fclose);
}

void Hdf5Builder::group(const std::string& path) {
  const Hdf5Id g(H5Gcreate2(file_.get(), path.c_str(), link_creation_.get(), H5P_DEFAULT, H5P_DEFAULT),
                 H5Gclose);
  if (!g) fail(path);
}

void Hdf5Builder::dataset(const std::string& path, const Tensor& tensor) {
  std::array<hsize_t, Shape::max_rank> dims{};
  for (int a = 0; a < tensor.shape().rank(); ++a)
    dims[static_cast<std::size_t>(a)] = static_cast<hsize_t>(tensor.shape()[a]);
  const Hdf5Id space(H5Screate_simple(tensor.shape().rank(), dims.data(), nullptr), H5Sclose);
  const Hdf5Id d(H5Dcreate2(file_.get(), path.c_str(), H5T_IEEE_F32LE, space.get(), link_creation_.get(),
                            dataset_creation_.get(), H5P_DEFAULT),
                 H5Dclose);
  const bool written = d && (tensor.size() == 0 || H5Dwrite(d.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                                                            H5P_DEFAULT, tensor.data()) >= 0);
  if (!written) fail("an array named '" + path + "'");
}

void Hdf5Builder::text(const std::string& object, const std::string& name, const std::string& value) {
  const Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), H5T_VARIABLE);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
  const char* pointer = value.c_str();
  write_attribute(object, name, type, space, &pointer);
}

void Hdf5Builder::texts(const std::string& object, const std::string& name,
                        const std::vector<std::string>& values) {
  std::size_t longest = 1;
  for (const std::string& v : values) longest = std::max(longest, v.size());
  const std::size_t part = std::max<std::size_t>(1, most_attribute_bytes / longest);
  if (values.size() <= part) {
    list(object, name, values, longest);
    return;
  }
  for (std::size_t first = 0, k = 0; first < values.size(); first += part, ++k)
    list(object, fmt::format("{}{}", name, k),
         {values.begin() + static_cast<std::ptrdiff_t>(first),
          values.begin() + static_cast<std::ptrdiff_t>(std::min(values.size(), first + part))},
         longest);
}

void Hdf5Builder::mark() {
  list("/", mark_key, {mark_value}, std::string_view(mark_value).size());
}

Bytes Hdf5Builder::finish() {
  H5Fflush(file_.get(), H5F_SCOPE_GLOBAL);
  const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
  if (size <= 0) fail("the file");
  Bytes bytes(static_cast<std::size_t>(size));
  H5Fget_file_image(file_.get(), bytes.data(), bytes.size());
  return bytes;
}

void Hdf5Builder::write_attribute(const std::string& object, const std::string& name, const Hdf5Id& type,
                                  const Hdf5Id& space, const void* data) {
  const Hdf5Id o(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), H5Oclose);
  const Hdf5Id a(H5Acreate2(o.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                 H5Aclose);
  if (!a || H5Awrite(a.get(), type.get(), data) < 0) fail(object + "@" + name);
}

void Hdf5Builder::list(const std::string& object, const std::string& name,
                       const std::vector<std::string>& values, std::size_t length) {
  const hsize_t count = values.size();
  const Hdf5Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), length);
  H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  std::string buffer(std::max<std::size_t>(1, count * length), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) values[i].copy(buffer.data() + i * length, length);
  write_attribute(object, name, type, space, buffer.data());
}

}  // namespace nv
