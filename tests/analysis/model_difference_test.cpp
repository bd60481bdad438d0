#include "nv/analysis/model_difference.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/mutation/mutate.h"
#include "nv/keras/reader.h"
#include "nv/report/model_difference.h"

namespace nv {

TEST_CASE("model difference: a model and itself, and one with a filter of zeros") {
  const Model a = open_model(NV_FIXTURES "/sequential_lenet/model.h5");
  const std::vector<LayerChange> same = model_difference(a, a);
  CHECK(count_changes(same).none());
  CHECK(count_changes(same).same == static_cast<std::int64_t>(a.nodes.size()));
  const std::vector<Mutation> mutations{parse_freeze("conv1:1", "weights")};
  const Model b = mutate(a, mutations).model;
  const std::vector<LayerChange> layers = model_difference(a, b);
  const LayerChangeCounts counts = count_changes(layers);
  CHECK(counts.changed == 1);
  CHECK(counts.added + counts.removed == 0);
  CHECK_FALSE(counts.none());
  const auto changed = std::ranges::find(layers, LayerStatus::changed, &LayerChange::status);
  CHECK(changed->path == "conv1");
  const Json json = model_difference_json(a, b, layers);
  CHECK(json["schema"] == "neuralvis/inspect-diff/1");
  CHECK(json["summary"]["changed"] == 1);
  CHECK(json["layers"].size() == layers.size());
}

}  // namespace nv
