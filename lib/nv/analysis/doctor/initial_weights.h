// Layers whose weights are what their initialisers draw: that were never trained.
#pragma once

#include <string>

#include "nv/model/model.h"

namespace nv::doctor {

struct InitialWeights {
  bool known = false;    ///< the initialiser of the kernel is known, and the kernel is large enough to tell
  bool initial = false;  ///< the kernel is distributed as by it, and the bias, if there is one, is 0
  std::string initialiser;  ///< "GlorotUniform"
};

/// Of dense and convolutional layers. Compares all weights with the distribution that the layer's own
/// configuration names (Kolmogorov-Smirnov at 1 %, and its bounds); without a bias only where that has
/// bounds, since the weights of large layers hardly move in training.
InitialWeights initial_weights(const LayerSpec& layer);

}  // namespace nv::doctor
