// The inputs of a model as data/ reads them.
#pragma once

#include <vector>

#include "nv/data/preprocess.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// Name, shape without the batch axis and layout of each input, in the order of Model::inputs. `structure` is
/// that of the model. Throws Error(input), naming the layer, for an input whose shape is not known.
std::vector<InputSpec> input_specs(const Model& model, const Structure& structure);

}  // namespace nv
