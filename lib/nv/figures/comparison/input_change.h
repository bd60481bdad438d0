// The input of two passes as pictures, and one layer's output in both as maps.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "nv/analysis/statistics.h"
#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/picture_change.h"
#include "nv/figures/style.h"

namespace nv::figures {

/// The pictures that an input node of A and its partner hold, for draw(), in pixel values of 0 to 255; the
/// heading and the captions are empty. nullopt for other nodes, for inputs that are no pictures, and for
/// arrays with values that no picture can have.
std::optional<PictureChange> input_change(const PassPair& pair, std::size_t node, const Style& style);

/// Maps of the output of `node` of a side's model; `output` has no batch axis.
std::vector<FeatureMap> side_maps(const Side& side, std::size_t node, const Tensor& output);

}  // namespace nv::figures
