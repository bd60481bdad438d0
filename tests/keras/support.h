// Models from configuration literals, and small HDF5 files written as other programs write them.
#pragma once

#include <hdf5.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/support.h"
#include "nv/core/tensor.h"
#include "nv/keras/graph/graph.h"
#include "nv/keras/reader.h"
#include "nv/model/model.h"

namespace nv::test {

/// As the program nv opens files: a crash of the reader is an Error(input).
inline Model open_untrusted(const std::string& file, const std::string& weights = {},
                            WeightUse use = WeightUse::read) {
  return open_model(file, {.weights = weights, .use = use, .isolation = Isolation::child_process});
}

inline Model graph(const std::string& json, int keras_major = 3, LayerTree* tree = nullptr) {
  Model model;
  model.file = "m";
  model.origin.keras_major = keras_major;
  LayerTree t = read_graph(nlohmann::ordered_json::parse(json), model);
  if (tree != nullptr) *tree = std::move(t);
  return model;
}

/// "x; a(x); b(a); add(a, b)": every node with its inputs, in order of execution.
inline std::string str(const Model& model) {
  std::string text;
  for (const Node& n : model.nodes) {
    if (!text.empty()) text += "; ";
    text += n.path;
    if (n.inputs.empty()) continue;
    std::string inputs;
    for (const Value& v : n.inputs) {
      if (!inputs.empty()) inputs += ", ";
      inputs += model.node(v).path;
    }
    text += "(" + inputs + ")";
  }
  return text;
}

/// "name=path, name=path".
inline std::string str(const Model& model, const std::vector<Port>& ports) {
  std::string text;
  for (const Port& p : ports)
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", p.name, model.node(p.value).path);
  return text;
}

/// Makes an HDF5 file with the C API, with exactly the types that a test needs.
class Hdf5Maker {
 public:
  /// In the oldest format (superblock 0), as Keras writes, unless another is given; after `user_block` bytes.
  explicit Hdf5Maker(const std::string& path, H5F_libver_t format = H5F_LIBVER_EARLIEST,
                     hsize_t user_block = 0) {
    const hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_userblock(creation, user_block);
    H5Pset_libver_bounds(access, format, format == H5F_LIBVER_EARLIEST ? H5F_LIBVER_LATEST : format);
    file_ = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access);
    H5Pclose(access);
    H5Pclose(creation);
  }
  ~Hdf5Maker() { H5Fclose(file_); }
  Hdf5Maker(const Hdf5Maker&) = delete;
  Hdf5Maker& operator=(const Hdf5Maker&) = delete;

  void group(const std::string& name) const {
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Gclose(H5Gcreate2(file_, name.c_str(), links, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(links);
  }

  /// As Keras 1 to tf.keras 2.4: fixed length, zero-padded.
  void fixed_texts(const std::string& object, const std::string& name,
                   const std::vector<std::string>& texts) const {
    std::size_t size = 1;
    for (const std::string& t : texts) size = std::max(size, t.size());
    std::vector<char> buffer(size * texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
      std::memcpy(buffer.data() + i * size, texts[i].data(), texts[i].size());
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    attribute(object, name, type, {texts.size()}, buffer.data());
    H5Tclose(type);
  }

  /// As current h5py: variable length, UTF-8.
  void variable_texts(const std::string& object, const std::string& name,
                      const std::vector<std::string>& texts) const {
    std::vector<const char*> pointers;
    for (const std::string& t : texts) pointers.push_back(t.c_str());
    attribute(object, name, variable(), {texts.size()}, pointers.data());
  }

  void text(const std::string& object, const std::string& name, const std::string& text) const {
    const char* pointer = text.c_str();
    attribute(object, name, variable(), {}, &pointer);
  }

  void numbers(const std::string& object, const std::string& name, const std::vector<double>& values) const {
    attribute(object, name, H5T_NATIVE_DOUBLE, {values.size()}, values.data());
  }

  void no_value(const std::string& object, const std::string& name) const {
    const hid_t space = H5Screate(H5S_NULL), o = H5Oopen(file_, object.c_str(), H5P_DEFAULT);
    H5Aclose(H5Acreate2(o, name.c_str(), H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Oclose(o);
    H5Sclose(space);
  }

  /// A dataset of one chunk of float32, whose compressed bytes are `block`.
  void packed_block(const std::string& name, const std::vector<hsize_t>& shape, int filter,
                    const std::vector<unsigned>& parameters, const Bytes& block) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t creation_properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation_properties, static_cast<int>(shape.size()), shape.data());
    H5Pset_filter(creation_properties, filter, H5Z_FLAG_OPTIONAL, parameters.size(), parameters.data());
    const hid_t d =
        H5Dcreate2(file_, name.c_str(), H5T_IEEE_F32LE, space, H5P_DEFAULT, creation_properties, H5P_DEFAULT);
    const std::vector<hsize_t> origin(shape.size(), 0);
    H5Dwrite_chunk(d, H5P_DEFAULT, 0, origin.data(), block.size(), block.data());
    H5Dclose(d);
    H5Pclose(creation_properties);
    H5Sclose(space);
  }

  /// `stored`: type in the file. `packed`: in chunks, shuffled and deflated.
  void dataset(const std::string& name, const std::vector<hsize_t>& shape, const std::vector<double>& values,
               hid_t stored = H5T_IEEE_F32LE, bool packed = false) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE), creation_properties = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    if (packed) {
      H5Pset_chunk(creation_properties, static_cast<int>(shape.size()), shape.data());
      H5Pset_shuffle(creation_properties);
      H5Pset_deflate(creation_properties, 6);
    }
    const hid_t d = H5Dcreate2(file_, name.c_str(), stored, space, links, creation_properties, H5P_DEFAULT);
    if (!values.empty()) H5Dwrite(d, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(d);
    H5Pclose(creation_properties);
    H5Pclose(links);
    H5Sclose(space);
  }

 private:
  static hid_t variable() {
    static const hid_t type = [] {
      const hid_t t = H5Tcopy(H5T_C_S1);
      H5Tset_size(t, H5T_VARIABLE);
      H5Tset_cset(t, H5T_CSET_UTF8);
      return t;
    }();
    return type;
  }

  void attribute(const std::string& object, const std::string& name, hid_t type,
                 const std::vector<hsize_t>& shape, const void* values) const {
    const hid_t space = shape.empty()
                            ? H5Screate(H5S_SCALAR)
                            : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t o = H5Oopen(file_, object.c_str(), H5P_DEFAULT);
    const hid_t a = H5Acreate2(o, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(a, type, values);
    H5Aclose(a);
    H5Oclose(o);
    H5Sclose(space);
  }

  hid_t file_ = -1;
};

}  // namespace nv::test
