#include "nv/keras/graph/keras1.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/core/error.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

// ---------------------------------------------------------------- configuration

const std::map<std::string_view, std::string_view> class_names = {
    {"Convolution1D", "Conv1D"},
    {"Convolution2D", "Conv2D"},
    {"Convolution3D", "Conv3D"},
    {"AtrousConvolution1D", "Conv1D"},
    {"AtrousConvolution2D", "Conv2D"},
    {"Deconvolution2D", "Conv2DTranspose"},
    {"SeparableConvolution2D", "SeparableConv2D"},
    {"TimeDistributedDense", "Dense"},
};

const std::map<std::string_view, std::string_view> option_names = {
    {"nb_filter", "filters"},
    {"border_mode", "padding"},
    {"subsample", "strides"},
    {"subsample_length", "strides"},
    {"bias", "use_bias"},
    {"atrous_rate", "dilation_rate"},
    {"pool_length", "pool_size"},
    {"stride", "strides"},
    {"filter_length", "kernel_size"},
    {"p", "rate"},
    {"sigma", "stddev"},
    {"W_regularizer", "kernel_regularizer"},
    {"b_regularizer", "bias_regularizer"},
    {"W_constraint", "kernel_constraint"},
    {"b_constraint", "bias_constraint"},
    {"beta_init", "beta_initializer"},
    {"gamma_init", "gamma_initializer"},
};

/// Name in Keras 2 of an option of Keras 1.
std::string renamed(std::string_view key, std::string_view kind) {
  if (key == "output_dim" && kind == "Dense") return "units";
  if (key == "length" && kind == "UpSampling1D") return "size";
  if (key == "dim_ordering") return "data_format";
  const auto at = option_names.find(key);
  return std::string(at == option_names.end() ? key : at->second);
}

void convert_merge(std::string& kind, Json& config) {
  static const std::map<std::string_view, std::string_view> modes = {
      {"sum", "Add"}, {"mul", "Multiply"}, {"ave", "Average"}, {"max", "Maximum"}, {"concat", "Concatenate"},
      {"dot", "Dot"}, {"cos", "Dot"}};
  const Json mode = config.value("mode", Json(nullptr));
  const auto at = mode.is_string() ? modes.find(mode.get<std::string>()) : modes.end();
  if (at == modes.end()) return;  // a function: the layer Merge is refused by name
  kind = at->second;
  Json fresh{{"name", config.value("name", Json(""))}};
  if (kind == "Concatenate") fresh["axis"] = config.value("concat_axis", Json(-1));
  if (kind == "Dot") {
    fresh["axes"] = config.value("dot_axes", Json(-1));
    fresh["normalize"] = mode == "cos";
  }
  config = std::move(fresh);
}

void convert_layer(Json& layer) {
  if (!layer.is_object() || !layer.contains("class_name") || !layer["class_name"].is_string()) return;
  std::string kind = layer["class_name"].get<std::string>();
  if (kind == "Sequential" || kind == "Model") {
    convert_keras1_config(layer);
    return;
  }
  if (const auto at = class_names.find(kind); at != class_names.end()) kind = at->second;
  if (!layer.contains("config") || !layer["config"].is_object()) return;
  const Json old = std::exchange(layer["config"], Json::object());
  Json& config = layer["config"];
  for (const auto& [key, value] : old.items()) {
    if (key == "dim_ordering" && value.is_string())
      config["data_format"] = value == "th" ? "channels_first" : "channels_last";
    else
      config[renamed(key, kind)] = value;
  }
  // Kernel sizes have a key per axis.
  Json kernel = Json::array();
  for (const char* key : {"nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3"})
    if (config.contains(key)) {
      kernel.push_back(config[key]);
      config.erase(key);
    }
  if (!kernel.empty()) config["kernel_size"] = std::move(kernel);
  if (kind == "BatchNormalization" && config.contains("mode")) {
    if (config["mode"] != 0)
      return;  // normalization per sample or batch: refused by the layer, which does not know the option
    config.erase("mode");
  }
  if (kind == "TimeDistributed" && config.contains("layer")) convert_layer(config["layer"]);
  if (kind == "Merge") convert_merge(kind, config);
  layer["class_name"] = kind;
}

// ---------------------------------------------------------------- weights

/// The numbers of another weight with its axes reordered and some of them reversed.
class Rearranged final : public WeightData {
 public:
  Rearranged(std::shared_ptr<const WeightData> data, const Shape& from, std::vector<int> order,
             std::vector<int> reversed)
      : data_(std::move(data)), from_(from), order_(std::move(order)), reversed_(std::move(reversed)) {}

  Shape shape() const {
    std::vector<std::int64_t> axes;
    for (int a : order_) axes.push_back(from_[a]);
    return Shape(std::span<const std::int64_t>(axes));
  }

  bool in_place() const override { return data_->in_place(); }
  void check_readable() const override { data_->check_readable(); }

  Tensor read() const override {
    const Tensor x = data_->read().reshaped(from_);
    std::array<std::int64_t, Shape::max_rank> strides{};
    std::int64_t stride = 1;
    for (int a = from_.rank() - 1; a >= 0; --a) {
      strides[static_cast<std::size_t>(a)] = stride;
      stride *= from_[a];
    }
    Tensor y(shape());
    for (std::int64_t i = 0; i < y.size(); ++i) {
      std::int64_t rest = i, from = 0;
      for (int a = y.shape().rank() - 1; a >= 0; --a) {
        std::int64_t at = rest % y.shape()[a];
        rest /= y.shape()[a];
        if (std::ranges::find(reversed_, a) != reversed_.end()) at = y.shape()[a] - 1 - at;
        from += at * strides[static_cast<std::size_t>(order_[static_cast<std::size_t>(a)])];
      }
      y[i] = x[from];
    }
    return y;
  }

 private:
  std::shared_ptr<const WeightData> data_;
  Shape from_;
  std::vector<int> order_;     // axes of the other weight, by axis of this one
  std::vector<int> reversed_;  // axes of this one
};

void rearrange(Weight& w, const Shape& from, std::vector<int> order, std::vector<int> reversed) {
  auto data = std::make_shared<Rearranged>(w.data, from, std::move(order), std::move(reversed));
  w.shape = data->shape();
  w.data = std::move(data);
}

bool is_channels_first(const LayerSpec& spec) {
  const Json& config = spec.config.json();
  return config.contains("data_format") && config["data_format"] == "channels_first";
}

/// Converts a kernel's order of axes from Keras 1 to Keras 2, as Keras 2 does when it loads such files.
void reorder_keras1(const LayerSpec& spec, Weight& kernel) {
  const Shape& s = kernel.shape;
  const bool first = is_channels_first(spec);
  if (spec.kind == "Conv1D" && s.rank() == 4) {
    // (length, 1, channels, filters), or in Keras 1.0 (filters, channels, length, 1).
    if (s[1] == 1)
      rearrange(kernel, {s[0], s[2], s[3]}, {0, 1, 2}, {});
    else if (s[3] == 1)
      rearrange(kernel, {s[0], s[1], s[2]}, {2, 1, 0}, {});
  } else if (spec.kind == "Conv2D" && s.rank() == 4 && first) {
    rearrange(kernel, s, {2, 3, 1, 0}, {});
  } else if (spec.kind == "Conv3D" && s.rank() == 5 && first) {
    rearrange(kernel, s, {2, 3, 4, 1, 0}, {});
  } else if (spec.kind == "Conv2DTranspose" && s.rank() == 4) {
    rearrange(kernel, s, first ? std::vector<int>{2, 3, 0, 1} : std::vector<int>{0, 1, 3, 2}, {});
  }
}

/// Reverses the spatial axes of a kernel of (axes..., channels, filters).
void flip(Weight& kernel) {
  std::vector<int> order, reversed;
  for (int a = 0; a < kernel.shape.rank(); ++a) {
    order.push_back(a);
    if (a < kernel.shape.rank() - 2) reversed.push_back(a);
  }
  rearrange(kernel, kernel.shape, std::move(order), std::move(reversed));
}

/// Keras 1 files do not name their backend; Theano's weights are named without the ":0" of TensorFlow's.
bool written_with_theano(const Model& model) {
  if (model.origin.backend == "theano") return true;
  if (model.origin.keras_major != 1) return false;
  for (const LayerSpec& spec : model.layers)
    for (const Weight& w : spec.weights) return !w.name.ends_with(":0");
  return false;
}

}  // namespace

void convert_keras1_config(Json& model) {
  if (!model.is_object() || !model.contains("config")) return;
  Json& config = model["config"];
  Json* layers = config.is_array()                                 ? &config
                 : config.is_object() && config.contains("layers") ? &config["layers"]
                                                                   : nullptr;
  if (layers == nullptr || !layers->is_array()) return;
  for (Json& layer : *layers) convert_layer(layer);
}

void reorder_kernels(Model& model) {
  const bool theano = written_with_theano(model);
  bool flipped = false;
  for (LayerSpec& spec : model.layers) {
    const bool convolution = spec.kind == "Conv1D" || spec.kind == "Conv2D" || spec.kind == "Conv3D" ||
                             spec.kind == "Conv2DTranspose";
    if (!convolution || spec.weights.empty()) continue;
    if (model.origin.keras_major == 1) reorder_keras1(spec, spec.weights[0]);
    if (theano && spec.weights[0].shape.rank() > 2) {
      flip(spec.weights[0]);
      flipped = true;
    }
  }
  if (flipped)
    model.notes.emplace_back("written with Theano, whose convolution is the true one: kernels are flipped");
}

}  // namespace nv
