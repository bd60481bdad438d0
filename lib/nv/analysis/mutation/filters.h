// Filters: the weights of a layer that compute one channel of its output.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Whether a part of the layer's weights computes one channel of its output: Dense, all convolutions (the
/// pointwise kernel of separable ones), BatchNormalization.
bool has_filters(const LayerSpec& spec);

/// Calls `change(name, numbers)` for each weight of the node's layer with a copy of the numbers of one
/// channel
/// ("kernel": k * k * in of them; "bias": one), and writes them back. The changed weights are kept in memory.
/// Throws Error(usage) for a layer without filters or without that channel.
void change_filter(Model& model, const Structure& structure, std::size_t node, std::int64_t channel,
                   const std::function<void(std::string_view name, std::span<float> numbers)>& change);

/// Weight data kept in memory instead of a file.
std::shared_ptr<const WeightData> held(Tensor numbers);

/// Channels of the node's output; 0 for a scalar or an unknown size.
std::int64_t channels_of(const NodeStructure& node);
/// The same, from the layer's weights if the model leaves the number open.
std::int64_t channels_of(const Model& model, const Structure& structure, std::size_t node);

}  // namespace nv
