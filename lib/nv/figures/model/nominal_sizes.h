// Sizes to draw where a model leaves those of its inputs open.
#pragma once

#include <cstdint>
#include <optional>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv::figures {

constexpr std::int64_t nominal_size = 256;  ///< for each axis of an input that may have any size

/// The structure for inputs with `nominal_size` for open sizes; nullopt if there are none.
std::optional<Structure> nominal_structure(const Model& model);

}  // namespace nv::figures
