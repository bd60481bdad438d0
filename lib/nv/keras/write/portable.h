// A Model in the words of today's Keras: what both file formats are written from.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "nv/keras/writer.h"
#include "nv/model/model.h"

namespace nv {

struct PortableLayer {
  int layer = -1;    ///< index into the layers of the lowered model
  std::string name;  ///< unique, and one that Keras takes
  std::string kind;
  bool operation = false;                 ///< none of the model's layers to Keras, so that it is not counted
  std::vector<Weight> weights;            ///< in Keras's order
  std::vector<std::string> weight_names;  ///< of each: "kernel", "bias"
};

struct PortableModel {
  std::vector<PortableLayer> layers;  ///< in the order that Keras gives them once it has loaded the model
  bool sequential = false;
  std::string config;  ///< JSON: {"class_name", "config"}
};

/// Throws as encode_model.
PortableModel make_portable(const Model& model, ModelFormat format);

}  // namespace nv
