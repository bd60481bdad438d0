// What both layouts of weights in files (weights.cpp, store_weights.cpp) are bound with.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/keras/hdf5/file.h"
#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// The dataset as a weight of a layer; its numbers are not read. Errors name the layer.
Weight weight_at(const std::shared_ptr<const Hdf5File>& file, const std::string& dataset,
                 const std::string& name, const std::string& layer, const std::string& kind);

/// What each layer expects, as far as the graph says without any weights. Worked out when it is first asked
/// for, and once: few files need it, and those with many layers need it often.
class ExpectedWeights {
 public:
  explicit ExpectedWeights(const Model& model) : model_(model) {}

  const std::vector<WeightSpec>& of(int layer);

 private:
  void find();

  const Model& model_;
  std::vector<std::vector<WeightSpec>> expected_;  // by Model::layers
};

}  // namespace nv
