// The option data_format of image layers.
#pragma once

#include <memory>
#include <utility>

#include "nv/layers/kinds.h"

namespace nv {

/// `layer`, which works on channels_last items, for the option `data_format`: itself, or wrapped so that it
/// takes and returns channels_first items. The wrapper of an ActivatedLayer is an ActivatedLayer, too.
std::unique_ptr<Layer> in_data_format(LayerOptions& options, std::unique_ptr<Layer> layer);

/// As make<L, args...>, with the option data_format.
template <class L, auto... args>
std::unique_ptr<Layer> make_spatial(LayerOptions& options) {
  return in_data_format(options, std::make_unique<L>(options, args...));
}

}  // namespace nv
