// The layer kinds that nv computes, by file. To add a kind, write its class in a file FILE.cpp of a
// sub-folder, end that file with a table FILE_kinds(), and add the file's name to NV_LAYER_FILES.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// Makes a layer from the options of its configuration and call.
using LayerMaker = std::unique_ptr<Layer> (*)(LayerOptions&);

struct LayerKind {
  std::string_view name;  ///< Keras's class: "Conv2D"
  LayerMaker make;
};

/// The maker of a class L that is constructed from (LayerOptions&, args...).
template <class L, auto... args>
std::unique_ptr<Layer> make(LayerOptions& options) {
  return std::make_unique<L>(options, args...);
}

#define NV_LAYER_FILES(FILE)   \
  FILE(activation_layers)      \
  FILE(application_layers)     \
  FILE(attention)              \
  FILE(batch_normalization)    \
  FILE(convolution)            \
  FILE(dense)                  \
  FILE(depthwise)              \
  FILE(dot)                    \
  FILE(embedding)              \
  FILE(global_pooling)         \
  FILE(group_normalization)    \
  FILE(identity)               \
  FILE(input)                  \
  FILE(layer_normalization)    \
  FILE(masking)                \
  FILE(merging)                \
  FILE(multi_head_attention)   \
  FILE(normalization)          \
  FILE(padding)                \
  FILE(pooling)                \
  FILE(rescaling)              \
  FILE(reshaping)              \
  FILE(resizing)               \
  FILE(time_distributed)       \
  FILE(transposed_convolution) \
  FILE(up_sampling)

// Declares FILE_kinds() for each.
#define NV_DECLARE_KINDS(file) std::vector<LayerKind> file##_kinds();
NV_LAYER_FILES(NV_DECLARE_KINDS)
#undef NV_DECLARE_KINDS

}  // namespace nv
