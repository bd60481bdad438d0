// A Model in the format of the supported Keras versions, from which both file formats are written.
#pragma once

#include <string>
#include <vector>

#include "nv/keras/writer.h"
#include "nv/model/model.h"

namespace nv {

struct PortableLayer {
  int layer = -1;    ///< index into the layers of the lowered model
  std::string name;  ///< unique, and valid in Keras
  std::string kind;
  bool operation = false;                 ///< not one of the model's layers in Keras, which counts only those
  std::vector<Weight> weights;            ///< in Keras's order
  std::vector<std::string> weight_names;  ///< of each: "kernel", "bias"
};

struct PortableModel {
  std::vector<PortableLayer> layers;  ///< in the order of Model.layers after Keras loads the model
  bool sequential = false;
  std::string config;  ///< JSON: {"class_name", "config"}
};

/// Throws as encode_model (writer.h).
PortableModel make_portable(const Model& model, ModelFormat format);

}  // namespace nv
