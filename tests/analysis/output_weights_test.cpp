#include "nv/analysis/output_weights.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "nv/core/error.h"
#include "nv/keras/reader.h"

namespace nv {
namespace {

NpzReader file_of(const std::string& key, const Tensor& numbers) {
  const std::pair<std::string, Tensor> array{key, numbers};
  return NpzReader(encode_npz({&array, 1}), "w.npz");
}

}  // namespace

TEST_CASE("weights of outputs: each item of a batch has those of its row") {
  Engine engine(open_model(NV_FIXTURES "/sequential_lenet/model.h5"), {1});
  const Shape input = *engine.structure().nodes[0].output;
  const Tensor batch(input.batched(2), 0.5F);
  const Trace trace = engine.forward({&batch, 1});
  const std::int64_t classes = trace.outputs.back().shape()[1];
  Tensor weights(Shape{3, classes});
  for (std::int64_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>(i);
  const OutputWeights of(file_of("0", weights), engine.model(), 3);
  const std::vector<std::int64_t> rows{2, 0};
  const std::vector<Seed> seeds = of.seeds(trace, rows);
  REQUIRE(seeds.size() == 1);
  CHECK(seeds[0].node == engine.model().outputs[0].value.node);
  CHECK_FALSE(seeds[0].before_activation);
  CHECK(std::ranges::equal(seeds[0].gradient.item(0).values(), weights.item(2).values()));
  CHECK(std::ranges::equal(seeds[0].gradient.item(1).values(), weights.item(0).values()));
  // Weights of one class are the gradient of that output.
  CHECK(engine.gradient(trace, seeds)[0].shape() == batch.shape());
}

TEST_CASE("weights of outputs: what does not fit is named") {
  Engine engine(open_model(NV_FIXTURES "/sequential_lenet/model.h5"), {1});
  const Tensor batch(engine.structure().nodes[0].output->batched(1), 0.5F);
  const Trace trace = engine.forward({&batch, 1});
  const std::int64_t classes = trace.outputs.back().shape()[1];
  CHECK_THROWS_WITH_AS(OutputWeights(file_of("1", Tensor(Shape{1, classes})), engine.model(), 1),
                       doctest::Contains("w.npz: no weights for output"), Error);
  const std::vector<std::int64_t> first{0}, second{1};
  const OutputWeights narrow(file_of("0", Tensor(Shape{1, classes + 1})), engine.model(), 1);
  CHECK_THROWS_WITH_AS((void)narrow.seeds(trace, first), doctest::Contains("for outputs of"), Error);
  const OutputWeights one(file_of("0", Tensor(Shape{1, classes})), engine.model(), 1);
  CHECK_THROWS_WITH_AS((void)one.seeds(trace, second), doctest::Contains("are for 1 inputs"), Error);
  CHECK_THROWS_WITH_AS(OutputWeights(file_of("0", Tensor(Shape{2, classes})), engine.model(), 1),
                       doctest::Contains("expected a first axis of 1, the number of inputs"), Error);
}

}  // namespace nv
