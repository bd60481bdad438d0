// Whether a model is one of keras.applications.
#pragma once

#include <optional>

#include "nv/analysis/input_scale.h"

namespace nv {

/// By layer names, else by the names of the model and its nested models; nullopt if it is none.
std::optional<ApplicationFamily> application_family(const Model& model);

}  // namespace nv
