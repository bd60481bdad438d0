// Which numbers of a layer's weights make one channel of its output.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Whether the layer has weights of which a part makes one channel of its output: Dense, convolutions of any
/// kind (of a separable one the pointwise kernel), normalisations.
bool has_filters(const LayerSpec& spec);

/// Calls `change(name, numbers)` for each weight of the layer of `node` with the numbers that belong to
/// `channel` ("kernel": k * k * in of them; "bias": one), gathered, and puts back what it leaves there. The
/// model's weights become held in memory. Throws Error(usage) for a layer without filters or without that
/// channel.
void change_filter(Model& model, const Structure& structure, std::size_t node, std::int64_t channel,
                   const std::function<void(std::string_view name, std::span<float> numbers)>& change);

/// Numbers kept in memory instead of a file.
std::shared_ptr<const WeightData> held(Tensor numbers);

/// Channels of what the node gives; 0 for a scalar or where sizes are unknown.
std::int64_t channels_of(const NodeStructure& node);
/// The same, by the layer's weights where the model leaves the number open.
std::int64_t channels_of(const Model& model, const Structure& structure, std::size_t node);

}  // namespace nv
