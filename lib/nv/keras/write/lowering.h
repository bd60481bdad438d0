// A Model said in layers that every living Keras has.
#pragma once

#include "nv/keras/writer.h"
#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// The same function of the inputs, in which operations are layers where a layer does the same (x + 3 is a
/// Rescaling), hard_sigmoid is a Rescaling and a ReLU (Keras 3 means another function by the name than older
/// versions), and ThresholdedReLU, which Keras 3 lacks, a ReLU. Operations without such a layer stay.
/// `structure` is the model's.
Model lowered(const Model& model, const Structure& structure);

}  // namespace nv
