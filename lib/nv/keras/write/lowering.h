// Rewrites a Model with layers that all supported versions of Keras have.
#pragma once

#include "nv/keras/writer.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// A model that computes the same function, in which operations are layers if a layer does the same (x + 3 is
/// a Rescaling), hard_sigmoid is a Rescaling and a ReLU (the name means another function in Keras 3 than in
/// older versions), and ThresholdedReLU, which Keras 3 lacks, is a ReLU. Operations without such a layer
/// stay. `structure` is the model's.
Model lowered(const Model& model, const Structure& structure);

}  // namespace nv
