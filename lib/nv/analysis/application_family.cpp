// Families of keras.applications by model and layer names, with the mode of their preprocess_input
// (keras/src/applications).
#include "nv/analysis/application_family.h"
#include "nv/core/bytes.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace nv {

namespace {

struct Signature {
  ApplicationFamily family;
  std::array<std::string_view, 4> models;  ///< prefixes of the model's name, in lower case
  std::array<std::string_view, 2> layers;  ///< layers that all its models have, and no family above
};

/// More specific entries come first: longer prefixes, and families with the layers of others (Xception has
/// blocks like VGG's).
constexpr Signature signatures[] = {
    {{"Xception", Scale::signed_unit}, {"xception"}, {"block2_sepconv1", "block14_sepconv2"}},
    {{"InceptionResNetV2", Scale::signed_unit},
     {"inception_resnet_v2", "inceptionresnetv2"},
     {"mixed_5b", "mixed_7a"}},
    {{"InceptionV3", Scale::signed_unit}, {"inception_v3", "inceptionv3"}, {"mixed0", "mixed10"}},
    {{"EfficientNetV2", Scale::raw}, {"efficientnetv2"}, {"block1a_project_conv", "block4a_dwconv2"}},
    {{"EfficientNet", Scale::raw}, {"efficientnet"}, {"block1a_dwconv", "block2a_expand_conv"}},
    {{"MobileNetV3", Scale::raw},
     {"mobilenetv3", "mobilenet_v3"},
     {"expanded_conv_1_expand", "expanded_conv_1_project"}},
    {{"MobileNetV3", Scale::raw}, {}, {"expanded_conv_1/expand", "expanded_conv_1/project"}},
    {{"MobileNetV2", Scale::signed_unit},
     {"mobilenetv2", "mobilenet_v2"},
     {"block_1_expand", "block_16_project"}},
    {{"MobileNet", Scale::signed_unit}, {"mobilenet"}, {"conv_dw_1", "conv_pw_13"}},
    {{"NASNet", Scale::signed_unit}, {"nasnet"}, {"stem_bn1", "normal_concat_0"}},
    {{"NASNet", Scale::signed_unit}, {}, {"stem_bn1", "normal_add_1_0"}},
    {{"ResNetV2", Scale::signed_unit},
     {"resnet50v2", "resnet101v2", "resnet152v2"},
     {"conv2_block1_preact_bn", "conv5_block1_preact_bn"}},
    {{"ResNet-RS", Scale::raw}, {"resnet-rs", "resnetrs"}, {}},
    {{"DenseNet", Scale::torch}, {"densenet"}, {"conv2_block1_concat", "pool2_conv"}},
    {{"ResNet", Scale::caffe},
     {"resnet50", "resnet101", "resnet152"},
     {"conv2_block1_1_conv", "conv5_block3_out"}},
    {{"ResNet", Scale::caffe}, {}, {"res2a_branch2a", "res5c_branch2c"}},
    {{"VGG", Scale::caffe}, {"vgg16", "vgg19"}, {"block1_conv2", "block5_conv3"}},
    {{"ConvNeXt", Scale::raw}, {"convnext"}, {}},
    {{"RegNet", Scale::raw}, {"regnet"}, {}},
};

/// Names of the model and of its nested models: paths of layers without their last part.
std::set<std::string> names_of_models(const Model& model) {
  std::set<std::string> names{ascii_lower(model.name)};
  for (const LayerSpec& layer : model.layers)
    if (layer.path.size() > layer.name.size() + 1)
      names.insert(ascii_lower(layer.path.substr(0, layer.path.size() - layer.name.size() - 1)));
  return names;
}

bool named_so(const Signature& s, const std::set<std::string>& names) {
  return std::ranges::any_of(s.models, [&](std::string_view model) {
    return !model.empty() && std::ranges::any_of(names, [&](const std::string& name) {
      const std::size_t last = name.rfind('/');
      return std::string_view(name).substr(last == std::string::npos ? 0 : last + 1).starts_with(model);
    });
  });
}

bool has_layers(const Signature& s, const std::set<std::string>& layers) {
  return !s.layers[0].empty() && std::ranges::all_of(s.layers, [&](std::string_view layer) {
    return layers.contains(std::string(layer));
  });
}

}  // namespace

std::optional<ApplicationFamily> application_family(const Model& model) {
  const std::set<std::string> names = names_of_models(model);
  std::set<std::string> layers;
  bool convnext = false;
  for (const LayerSpec& layer : model.layers) {
    std::string name = ascii_lower(layer.name);
    convnext = convnext || name.ends_with("_stage_0_block_0_depthwise_conv");
    layers.insert(std::move(name));
  }
  for (const Signature& s : signatures)
    if (has_layers(s, layers) || (s.family.name == "ConvNeXt" && convnext)) return s.family;
  for (const Signature& s : signatures)
    if (named_so(s, names)) return s.family;
  return std::nullopt;
}

}  // namespace nv
