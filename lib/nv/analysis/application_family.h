// Whether a model is one of keras.applications.
#pragma once

#include <optional>

#include "nv/analysis/input_scale.h"

namespace nv {

/// By the names of its layers, else by its own and those of the models in it; nullopt for any other.
std::optional<ApplicationFamily> application_family(const Model& model);

}  // namespace nv
