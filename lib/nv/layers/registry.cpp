#include "nv/layers/registry.h"

#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/kinds.h"
#include "nv/layers/operations.h"

namespace nv {

namespace {

const std::map<std::string_view, LayerMaker>& makers() {
  static const std::map<std::string_view, LayerMaker> table = {
      {"Activation", make_activation},
      {"ActivityRegularization", make_identity},
      {"Add", make_add},
      {"AdditiveAttention", make_additive_attention},
      {"AlphaDropout", make_identity},
      {"Attention", make_attention},
      {"AugMix", make_identity},
      {"Average", make_average},
      {"AveragePooling1D", make_average_pooling1d},
      {"AveragePooling2D", make_average_pooling2d},
      {"AveragePooling3D", make_average_pooling3d},
      {"BatchNormalization", make_batch_normalization},
      {"CenterCrop", make_center_crop},
      {"Concatenate", make_concatenate},
      {"Conv1D", make_conv1d},
      {"Conv1DTranspose", make_conv1d_transpose},
      {"Conv2D", make_conv2d},
      {"Conv2DTranspose", make_conv2d_transpose},
      {"Conv3D", make_conv3d},
      {"Conv3DTranspose", make_conv3d_transpose},
      {"Cropping1D", make_cropping1d},
      {"Cropping2D", make_cropping2d},
      {"Cropping3D", make_cropping3d},
      {"CustomScaleLayer", make_custom_scale_layer},
      {"CutMix", make_identity},
      {"Dense", make_dense},
      {"DepthwiseConv1D", make_depthwise_conv1d},
      {"DepthwiseConv2D", make_depthwise_conv2d},
      {"Dot", make_dot},
      {"Dropout", make_identity},
      {"ELU", make_elu},
      {"Embedding", make_embedding},
      {"Flatten", make_flatten},
      {"GaussianDropout", make_identity},
      {"GaussianNoise", make_identity},
      {"GlobalAveragePooling1D", make_global_average_pooling1d},
      {"GlobalAveragePooling2D", make_global_average_pooling2d},
      {"GlobalAveragePooling3D", make_global_average_pooling3d},
      {"GlobalMaxPooling1D", make_global_max_pooling1d},
      {"GlobalMaxPooling2D", make_global_max_pooling2d},
      {"GlobalMaxPooling3D", make_global_max_pooling3d},
      {"GroupNormalization", make_group_normalization},
      {"Identity", make_identity},
      {"InputLayer", make_input},
      {"LayerNormalization", make_layer_normalization},
      {"LayerScale", make_layer_scale},
      {"LeakyReLU", make_leaky_relu},
      {"Masking", make_masking},
      {"MaxPooling1D", make_max_pooling1d},
      {"MaxPooling2D", make_max_pooling2d},
      {"MaxPooling3D", make_max_pooling3d},
      {"Maximum", make_maximum},
      {"Minimum", make_minimum},
      {"MixUp", make_identity},
      {"MultiHeadAttention", make_multi_head_attention},
      {"Multiply", make_multiply},
      {"Normalization", make_normalization},
      {"PReLU", make_prelu},
      {"Permute", make_permute},
      {"RMSNormalization", make_rms_normalization},
      {"RandAugment", make_identity},
      {"RandomApply", make_identity},
      {"RandomBrightness", make_identity},
      {"RandomColorDegeneration", make_identity},
      {"RandomColorJitter", make_identity},
      {"RandomContrast", make_identity},
      {"RandomCrop", make_random_crop},
      {"RandomElasticTransform", make_identity},
      {"RandomErasing", make_identity},
      {"RandomFlip", make_identity},
      {"RandomGaussianBlur", make_identity},
      {"RandomGrayscale", make_identity},
      {"RandomHeight", make_identity},
      {"RandomHue", make_identity},
      {"RandomInvert", make_identity},
      {"RandomPerspective", make_identity},
      {"RandomPosterization", make_identity},
      {"RandomRotation", make_identity},
      {"RandomSaturation", make_identity},
      {"RandomSharpness", make_identity},
      {"RandomShear", make_identity},
      {"RandomTranslation", make_identity},
      {"RandomWidth", make_identity},
      {"RandomZoom", make_identity},
      {"ReLU", make_relu},
      {"RepeatVector", make_repeat_vector},
      {"Rescaling", make_rescaling},
      {"Reshape", make_reshape},
      {"Resizing", make_resizing},
      {"SeparableConv1D", make_separable_conv1d},
      {"SeparableConv2D", make_separable_conv2d},
      {"Softmax", make_softmax},
      {"Solarization", make_identity},
      {"SpatialDropout1D", make_identity},
      {"SpatialDropout2D", make_identity},
      {"SpatialDropout3D", make_identity},
      {"StochasticDepth", make_identity},
      {"Subtract", make_subtract},
      {"SyncBatchNormalization", make_batch_normalization},
      {"ThresholdedReLU", make_thresholded_relu},
      {"TimeDistributed", make_time_distributed},
      {"UnitNormalization", make_unit_normalization},
      {"UpSampling1D", make_up_sampling1d},
      {"UpSampling2D", make_up_sampling2d},
      {"UpSampling3D", make_up_sampling3d},
      {"ZeroPadding1D", make_zero_padding1d},
      {"ZeroPadding2D", make_zero_padding2d},
      {"ZeroPadding3D", make_zero_padding3d},
  };
  return table;
}

/// Whether the class is not Keras's. keras.applications registers its own under "Custom", as user code does.
bool foreign(const LayerSpec& spec) {
  const bool of_applications = spec.kind == "CustomScaleLayer" || spec.kind == "LayerScale";
  return !spec.package.empty() && !(spec.package == "Custom" && of_applications);
}

/// The name of the policy by which a layer's weights are quantized ("int8_from_float32"); "" where they are
/// not. Written as text, as {class_name, config}, or as a map of such by layer.
std::string quantization(const nlohmann::ordered_json& policy, int depth = 0) {
  if (depth > 8) return "";
  if (policy.is_string()) {
    const auto name = policy.get<std::string>();
    return name.find("_from_") != std::string::npos ? shortened(one_line(name), 40) : "";
  }
  if (!policy.is_object()) return "";
  if (policy.contains("mode") && policy.contains("source_name") && policy["mode"].is_string())
    return shortened(one_line(policy["mode"].get<std::string>()), 40);
  for (const auto& value : policy)
    if (std::string name = quantization(value, depth + 1); !name.empty()) return name;
  return "";
}

void refuse_quantized(const LayerSpec& spec) {
  const auto& config = spec.config.json();
  if (!config.is_object() || !config.contains("dtype")) return;
  if (const std::string name = quantization(config["dtype"]); !name.empty())
    throw Error(ErrorKind::unsupported,
                fmt::format("its weights are quantized ({}), which is not supported", name),
                "save the model as it was before quantize()");
}

[[noreturn]] void refuse(const LayerSpec& spec) {
  const std::string kind = shortened(one_line(spec.kind), 60);
  if (spec.kind == "Lambda")
    throw Error(
        ErrorKind::unsupported, "a Lambda layer holds Python bytecode, which nv does not run",
        "replace it in Keras by layers that say what it does (Rescaling, Activation, ...) and save again");
  if (foreign(spec))
    throw_unsupported("a custom class ('{}' of '{}'), whose code is not in the file", kind,
                      shortened(one_line(spec.package), 60));
  for (const char* recurrent : {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM", "Bidirectional"})
    if (spec.kind.find(recurrent) != std::string::npos)
      throw_unsupported("recurrent layers are not supported");
  throw Error(ErrorKind::unsupported, fmt::format("layers of kind '{}' are not supported", kind),
              "nv inspect describes the model all the same");
}

}  // namespace

std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                  int output) {
  if (is_operation(spec, origin, arguments)) return make_operation(spec, origin, arguments, output);
  const auto at = makers().find(spec.kind);
  if (at == makers().end() || foreign(spec)) refuse(spec);
  refuse_quantized(spec);
  Options options(spec, origin, arguments, output);
  auto layer = at->second(options);
  options.finish();
  return layer;
}

std::vector<std::string> relevant_options(const LayerSpec& spec, const Origin& origin,
                                          const Config& arguments) {
  if (is_operation(spec, origin, arguments)) return {};
  const auto at = makers().find(spec.kind);
  if (at == makers().end() || foreign(spec)) refuse(spec);
  Options options(spec, origin, arguments);
  (void)at->second(options);
  options.finish();
  return options.relevant();
}

std::vector<std::string> layer_kinds() {
  std::vector<std::string> kinds;
  for (const auto& maker : makers()) kinds.emplace_back(maker.first);
  return kinds;
}

}  // namespace nv
