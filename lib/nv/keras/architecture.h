// From the texts and groups of a model file to a Model, wherever they come from.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "nv/keras/graph/graph.h"
#include "nv/keras/weights/weight_file.h"
#include "nv/model/model.h"

namespace nv {

/// A model and the nesting of its layers, which weights in files follow.
struct Architecture {
  Model model;
  LayerTree tree;
  std::string missing;  ///< why there are no weights, if they were asked for
};

/// An .h5 file that holds a model. Throws Error(input) if it is another HDF5 file.
Architecture read_h5_model(const std::shared_ptr<const WeightFile>& h5, bool with_weights);

/// The texts config.json and metadata.json of a .keras archive; the weights are bound afterwards.
Architecture read_keras3_texts(std::string_view config, const std::optional<std::string>& metadata);

/// The architecture as model.to_json() writes it.
Architecture read_json_model(const std::string& json_text);

/// Binds the weights of an open HDF5 file of any layout. Returns false if it has none.
bool bind_any_weights(const std::shared_ptr<const WeightFile>& h5, Architecture& a);

}  // namespace nv
