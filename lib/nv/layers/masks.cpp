#include "nv/layers/masks.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

namespace nv {

namespace {

bool is_one_of(std::string_view kind, std::initializer_list<std::string_view> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

/// The kind of the layer inside a TimeDistributed.
LayerSpec inner(const LayerSpec& spec) {
  const nlohmann::ordered_json layer = spec.config.json().value("layer", nlohmann::ordered_json());
  LayerSpec result;
  if (layer.is_object() && layer.contains("class_name") && layer["class_name"].is_string())
    result.kind = layer["class_name"].get<std::string>();
  return result;
}

}  // namespace

bool makes_mask(const LayerSpec& spec) {
  if (spec.kind == "Masking") return true;
  const nlohmann::ordered_json& config = spec.config.json();
  return spec.kind == "Embedding" && config.is_object() && config.contains("mask_zero") &&
         config["mask_zero"] == true;
}

bool passes_mask(const LayerSpec& spec) {
  return is_one_of(spec.kind, {"Activation",
                               "ActivityRegularization",
                               "Add",
                               "AlphaDropout",
                               "Average",
                               "BatchNormalization",
                               "SyncBatchNormalization",
                               "Concatenate",
                               "Dense",
                               "Dropout",
                               "ELU",
                               "GaussianDropout",
                               "GaussianNoise",
                               "GroupNormalization",
                               "Identity",
                               "InputLayer",
                               "LayerNormalization",
                               "LeakyReLU",
                               "Maximum",
                               "Minimum",
                               "Multiply",
                               "Normalization",
                               "PReLU",
                               "ReLU",
                               "Rescaling",
                               "SpatialDropout1D",
                               "Subtract",
                               "ThresholdedReLU",
                               "TimeDistributed",
                               "UnitNormalization"});
}

bool uses_mask(const LayerSpec& spec, const Origin& origin) {
  if (spec.kind == "TimeDistributed") return uses_mask(inner(spec), origin);
  if (spec.kind == "GroupNormalization") return origin.keras_major < 3;
  return is_one_of(spec.kind, {"AdditiveAttention", "Attention", "GlobalAveragePooling1D",
                               "MultiHeadAttention", "Softmax"});
}

}  // namespace nv
