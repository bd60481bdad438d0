// Shared by both layouts of weights in files: groups named by layers (named_groups.cpp) and groups numbered
// by class (numbered_groups.cpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/keras/weights/weight_file.h"
#include "nv/layers/layer.h"
#include "nv/model/model.h"

namespace nv {

/// The dataset as a weight of a layer; its numbers are not read. Errors name the layer.
Weight weight_at(const std::shared_ptr<const WeightFile>& file, const std::string& dataset,
                 const std::string& name, const std::string& layer, const std::string& kind);

/// The weights that each layer expects, as far as they follow from the graph alone. Computed once, at the
/// first call: few files need it.
class ExpectedWeights {
 public:
  explicit ExpectedWeights(const Model& model) : model_(model) {}

  const std::vector<WeightSpec>& of(int layer);

 private:
  void find();

  const Model& model_;
  std::vector<std::vector<WeightSpec>> expected_;  // by Model::layers
};

/// "GROUP/NAME", or "NAME" in the root.
std::string member_path(const std::string& group, const std::string& name);

}  // namespace nv
