#include "nv/layers/registry.h"

#include <map>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/kinds.h"

namespace nv {

namespace {

const std::map<std::string_view, LayerMaker>& makers() {
  static const std::map<std::string_view, LayerMaker> table = {
      {"Activation", make_activation},
      {"ActivityRegularization", make_identity},
      {"Add", make_add},
      {"AlphaDropout", make_identity},
      {"Average", make_average},
      {"AveragePooling2D", make_average_pooling2d},
      {"BatchNormalization", make_batch_normalization},
      {"Concatenate", make_concatenate},
      {"Conv2D", make_conv2d},
      {"Cropping2D", make_cropping2d},
      {"Dense", make_dense},
      {"DepthwiseConv2D", make_depthwise_conv2d},
      {"Dropout", make_identity},
      {"ELU", make_elu},
      {"Flatten", make_flatten},
      {"GaussianDropout", make_identity},
      {"GaussianNoise", make_identity},
      {"GlobalAveragePooling2D", make_global_average_pooling2d},
      {"GlobalMaxPooling2D", make_global_max_pooling2d},
      {"Identity", make_identity},
      {"InputLayer", make_input},
      {"LeakyReLU", make_leaky_relu},
      {"MaxPooling2D", make_max_pooling2d},
      {"Maximum", make_maximum},
      {"Minimum", make_minimum},
      {"Multiply", make_multiply},
      {"PReLU", make_prelu},
      {"Permute", make_permute},
      {"RandomBrightness", make_identity},
      {"RandomContrast", make_identity},
      {"RandomFlip", make_identity},
      {"RandomHeight", make_identity},
      {"RandomRotation", make_identity},
      {"RandomTranslation", make_identity},
      {"RandomWidth", make_identity},
      {"RandomZoom", make_identity},
      {"ReLU", make_relu},
      {"Rescaling", make_rescaling},
      {"Reshape", make_reshape},
      {"Softmax", make_softmax},
      {"SpatialDropout1D", make_identity},
      {"SpatialDropout2D", make_identity},
      {"SpatialDropout3D", make_identity},
      {"Subtract", make_subtract},
      {"ZeroPadding2D", make_zero_padding2d},
  };
  return table;
}

[[noreturn]] void refuse(const LayerSpec& spec) {
  const std::string kind = shortened(one_line(spec.kind), 60);
  if (spec.kind == "Lambda")
    throw Error(
        ErrorKind::unsupported, "a Lambda layer holds Python bytecode, which nv does not run",
        "replace it in Keras by layers that say what it does (Rescaling, Activation, ...) and save again");
  if (!spec.package.empty())
    throw_unsupported("a custom class ('{}' of '{}'), whose code is not in the file", kind,
                      shortened(one_line(spec.package), 60));
  for (const char* recurrent : {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM", "Bidirectional"})
    if (spec.kind.find(recurrent) != std::string::npos)
      throw_unsupported("recurrent layers are not supported");
  throw Error(ErrorKind::unsupported, fmt::format("layers of kind '{}' are not supported", kind),
              "nv inspect describes the model all the same");
}

}  // namespace

std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const Origin& origin, const Config& arguments) {
  const auto at = makers().find(spec.kind);
  if (at == makers().end() || !spec.package.empty()) refuse(spec);
  Options options(spec, origin, arguments);
  auto layer = at->second(options);
  options.finish();
  return layer;
}

std::vector<std::string> layer_kinds() {
  std::vector<std::string> kinds;
  for (const auto& maker : makers()) kinds.emplace_back(maker.first);
  return kinds;
}

}  // namespace nv
