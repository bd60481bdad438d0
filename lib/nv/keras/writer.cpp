#include "nv/keras/writer.h"

#include <zip.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/mark.h"
#include "nv/keras/hdf5/handle.h"
#include "nv/keras/weights/weights.h"
#include "nv/keras/write/portable.h"

namespace nv {

namespace {

/// The version whose words the files are in.
constexpr const char* keras_version = "3.15.1";

/// An HDF5 file being made in memory. Hold an Hdf5Lock while one lives.
class Hdf5Builder {
 public:
  Hdf5Builder()
      : access_(H5Pcreate(H5P_FILE_ACCESS), H5Pclose),
        links_(H5Pcreate(H5P_LINK_CREATE), H5Pclose),
        plan_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose) {
    H5Pset_fapl_core(access_.get(), std::size_t{1} << 20, false);
    H5Pset_create_intermediate_group(links_.get(), 1);
    H5Pset_char_encoding(links_.get(), H5T_CSET_UTF8);
    H5Pset_obj_track_times(plan_.get(), false);
    file_ = Hdf5Id(H5Fcreate("model", H5F_ACC_TRUNC, H5P_DEFAULT, access_.get()), H5Fclose);
  }

  void group(const std::string& path) {
    check(Hdf5Id(H5Gcreate2(file_.get(), path.c_str(), links_.get(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose),
          path);
  }

  void dataset(const std::string& path, const Tensor& tensor) {
    std::array<hsize_t, Shape::max_rank> dims{};
    for (int a = 0; a < tensor.shape().rank(); ++a)
      dims[static_cast<std::size_t>(a)] = static_cast<hsize_t>(tensor.shape()[a]);
    const Hdf5Id space(H5Screate_simple(tensor.shape().rank(), dims.data(), nullptr), H5Sclose);
    const Hdf5Id d(H5Dcreate2(file_.get(), path.c_str(), H5T_IEEE_F32LE, space.get(), links_.get(),
                              plan_.get(), H5P_DEFAULT),
                   H5Dclose);
    check(d, path);
    if (tensor.size() > 0 &&
        H5Dwrite(d.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, tensor.data()) < 0)
      fail(path);
  }

  void text(const std::string& object, const std::string& name, const std::string& value) {
    const Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    const Hdf5Id space(H5Screate(H5S_SCALAR), H5Sclose);
    const char* pointer = value.c_str();
    write_attribute(object, name, type, space, &pointer);
  }

  /// Who made the file, in the header of its root: found again by the bytes.
  void mark() { list("/", mark_key, {mark_value}, std::string_view(mark_value).size()); }

  /// A list of texts of fixed length, split over NAME0, NAME1... where it would not fit into an object's
  /// header, as Keras does.
  void texts(const std::string& object, const std::string& name, const std::vector<std::string>& values) {
    std::size_t longest = 1;
    for (const std::string& v : values) longest = std::max(longest, v.size());
    constexpr std::size_t limit = 64512;
    const std::size_t part = std::max<std::size_t>(1, limit / longest);
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

  Bytes finish() {
    H5Fflush(file_.get(), H5F_SCOPE_GLOBAL);
    const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
    if (size <= 0) fail("the file");
    Bytes bytes(static_cast<std::size_t>(size));
    H5Fget_file_image(file_.get(), bytes.data(), bytes.size());
    return bytes;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw_output("HDF5: {} cannot be written", what); }
  static void check(const Hdf5Id& id, const std::string& what) {
    if (!id) fail(what);
  }

  void write_attribute(const std::string& object, const std::string& name, const Hdf5Id& type,
                       const Hdf5Id& space, const void* data) {
    const Hdf5Id o(H5Oopen(file_.get(), object.c_str(), H5P_DEFAULT), H5Oclose);
    const Hdf5Id a(H5Acreate2(o.get(), name.c_str(), type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
    if (!a || H5Awrite(a.get(), type.get(), data) < 0) fail(object + "@" + name);
  }

  void list(const std::string& object, const std::string& name, const std::vector<std::string>& values,
            std::size_t length) {
    const hsize_t count = values.size();
    const Hdf5Id space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Id type(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(type.get(), length);
    H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
    std::string buffer(std::max<std::size_t>(1, count * length), '\0');
    for (std::size_t i = 0; i < values.size(); ++i) values[i].copy(buffer.data() + i * length, length);
    write_attribute(object, name, type, space, buffer.data());
  }

  Hdf5Id access_, links_, plan_, file_{-1, H5Fclose};
};

Bytes encode_h5(const PortableModel& p) {
  std::vector<std::vector<Tensor>> weights;  // read first: reading takes the library's lock itself
  for (const PortableLayer& l : p.layers) {
    weights.emplace_back();
    for (const Weight& w : l.weights) weights.back().push_back(w.data->read());
  }
  const Hdf5Lock lock;
  Hdf5Builder h5;
  h5.mark();
  h5.text("/", "keras_version", keras_version);
  h5.text("/", "backend", "tensorflow");
  h5.text("/", "model_config", p.config);
  h5.group("/model_weights");
  h5.text("/model_weights", "keras_version", keras_version);
  h5.text("/model_weights", "backend", "tensorflow");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < p.layers.size(); ++i) {
    const PortableLayer& l = p.layers[i];
    if (l.operation || (p.sequential && l.kind == "InputLayer")) continue;
    names.push_back(l.name);
    const std::string group = "/model_weights/" + l.name;
    h5.group(group);
    std::vector<std::string> weight_names;
    for (std::size_t k = 0; k < weights[i].size(); ++k) {
      weight_names.push_back(fmt::format("{}/{}:0", l.name, l.weight_names[k]));
      h5.dataset(group + "/" + weight_names.back(), weights[i][k]);
    }
    h5.texts(group, "weight_names", weight_names);
  }
  h5.texts("/model_weights", "layer_names", names);
  return h5.finish();
}

Bytes encode_weights(const PortableModel& p) {
  std::vector<std::pair<std::string, Tensor>> datasets;
  std::map<std::string, int> used;
  for (const PortableLayer& l : p.layers) {
    if (l.operation) continue;
    std::string group = "/layers/" + snake_case(l.kind);
    if (const int k = used[snake_case(l.kind)]++; k > 0) group += fmt::format("_{}", k);
    std::map<std::string, int> in_group;
    for (std::size_t k = 0; k < l.weights.size(); ++k) {
      // Layers with layers inside keep each one's weights in a folder of its own: "query_dense/kernel".
      const std::string& name = l.weight_names[k];
      const std::string place = name.substr(0, name.rfind('/') == std::string::npos ? 0 : name.rfind('/'));
      const std::string vars = fmt::format("{}{}{}/vars", group, place.empty() ? "" : "/", place);
      datasets.emplace_back(fmt::format("{}/{}", vars, in_group[vars]++), l.weights[k].data->read());
    }
  }
  const Hdf5Lock lock;
  Hdf5Builder h5;
  h5.group("/layers");
  for (const auto& [path, tensor] : datasets) h5.dataset(path, tensor);
  return h5.finish();
}

/// A zip archive of stored entries, without dates.
Bytes encode_archive(const std::vector<std::pair<std::string, Bytes>>& entries) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* sink = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* zip = sink == nullptr ? nullptr : zip_open_from_source(sink, ZIP_TRUNCATE, &error);
  if (zip == nullptr) throw_output("zip: {}", zip_error_strerror(&error));
  zip_source_keep(sink);
  for (const auto& [name, bytes] : entries) {
    zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_dostime(zip, static_cast<zip_uint64_t>(index), 0, 0x21, 0);  // 1980-01-01
  }
  if (zip_close(zip) != 0) throw_output("zip: {}", zip_strerror(zip));
  zip_stat_t info;
  zip_stat_init(&info);
  zip_source_open(sink);
  zip_source_stat(sink, &info);
  Bytes bytes(static_cast<std::size_t>(info.size));
  zip_source_read(sink, bytes.data(), bytes.size());
  zip_source_close(sink);
  zip_source_free(sink);
  return bytes;
}

Bytes bytes_of(const std::string& text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

}  // namespace

ModelFormat model_format(const std::string& file) {
  if (file.ends_with(".h5") || file.ends_with(".hdf5")) return ModelFormat::h5;
  if (file.ends_with(".keras")) return ModelFormat::keras;
  throw Error(ErrorKind::usage, fmt::format("{}: its ending says no format of models", file),
              "OUT.h5 or OUT.keras");
}

Bytes encode_model(const Model& model, ModelFormat format) {
  const PortableModel p = make_portable(model, format);
  if (format == ModelFormat::h5) return encode_h5(p);
  const std::string metadata =
      fmt::format("{{\"keras_version\": \"{}\", \"date_saved\": \"1980-01-01@00:00:00\", \"{}\": \"{}\"}}",
                  keras_version, mark_key, mark_value);
  return encode_archive({{"metadata.json", bytes_of(metadata)},
                         {"config.json", bytes_of(p.config)},
                         {"model.weights.h5", encode_weights(p)}});
}

}  // namespace nv
