#include "nv/keras/writer.h"

#include <algorithm>
#include <map>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/mark.h"
#include "nv/core/zip_writer.h"
#include "nv/keras/hdf5/builder.h"
#include "nv/keras/weights/weights.h"
#include "nv/keras/write/portable.h"

namespace nv {

namespace {

/// The version of Keras whose format the files have.
constexpr const char* keras_version = "3.15.1";

Bytes encode_h5(const PortableModel& p) {
  std::vector<std::vector<Tensor>> weights;  // read before the lock is taken, since reading takes it too
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
      // Layers that contain layers have a folder for the weights of each: "query_dense/kernel".
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

}  // namespace

ModelFormat model_format(const std::string& file) {
  if (file.ends_with(".h5") || file.ends_with(".hdf5")) return ModelFormat::h5;
  if (file.ends_with(".keras")) return ModelFormat::keras;
  throw_usage("expected a name that ends in .h5 or .keras, got '{}'", file);
}

Bytes encode_model(const Model& model, ModelFormat format) {
  const PortableModel p = make_portable(model, format);
  if (format == ModelFormat::h5) return encode_h5(p);
  const Bytes metadata = to_bytes(
      fmt::format("{{\"keras_version\": \"{}\", \"date_saved\": \"1980-01-01@00:00:00\", \"{}\": \"{}\"}}",
                  keras_version, mark_key, mark_value));
  const Bytes config = to_bytes(p.config), weights = encode_weights(p);
  return encode_zip(std::vector<ZipItem>{
      {"metadata.json", metadata}, {"config.json", config}, {"model.weights.h5", weights}});
}

}  // namespace nv
