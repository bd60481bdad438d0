// The maps of a layer that class activation mapping looks at.
#pragma once

#include "nv/analysis/explain/versions.h"

namespace nv::explain {

/// The last convolution with more than one position, after its own BatchNormalization and activation
/// function, that does not itself give the model's output: the node whose maps are meant without --layer.
/// Throws Error(usage) if there is none.
std::size_t last_convolution(const Model& model, const Structure& structure);

/// Settings::node, else last_convolution; of a model with several images the last that sees `image` (index in
/// Model::inputs), if that is given. Throws Error(usage) if there is none.
std::size_t layer_of_maps(const Settings& settings, const Model& model, const Structure& structure,
                          std::optional<std::size_t> image = std::nullopt);
/// The image inputs, as indices in Model::inputs, that have such a layer. `needs_layer`: Method::needs_layer;
/// without it all.
std::vector<std::size_t> explained_images(const Task& task, bool needs_layer);

/// The maps of a node for a batch, and the gradients of the scalar to them.
struct LayerMaps {
  std::size_t node = 0;
  std::int64_t height = 0, width = 0, channels = 0;
  bool channels_first = false;
  Trace trace;
  Tensor activations, gradients;  ///< batch first

  /// One number of a batch-first tensor of these maps.
  float at(const Tensor& t, std::int64_t item, std::int64_t position, std::int64_t channel) const {
    const std::int64_t positions = height * width;
    return t[item * positions * channels +
             (channels_first ? channel * positions + position : position * channels + channel)];
  }
};

/// Of layer_of_maps. Throws Error(usage) if its outputs are no images.
LayerMaps layer_maps(const Task& task);

/// `map`, height x width of `maps`, resized to height x width of the explained image (bilinear, half-pixel
/// centres).
Tensor to_input_size(const Task& task, const LayerMaps& maps, const std::vector<float>& map);

/// Height and width of the explained image: Task::image, else the model's first image input. Throws
/// Error(usage) if it has none.
std::array<std::int64_t, 2> input_size(const Task& task);
/// Index of that input in Model::inputs.
std::size_t image_input(const Task& task);

}  // namespace nv::explain
