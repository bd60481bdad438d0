#include "nv/analysis/inspect.h"

#include <doctest/doctest.h>

#include <cmath>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/keras/reader.h"
#include "nv/model/held_weight.h"

namespace nv::test {

namespace {

/// Two inputs' worth of text in names, to see them quoted.
Model model() {
  Model m = graph(R"({"class_name": "Sequential", "config": {"name": "a \"net\"", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 2}},
      {"class_name": "BatchNormalization", "config": {"name": "bn", "trainable": true}},
      {"class_name": "LSTM", "config": {"name": "lstm"}}]}})");
  const auto weight = [](const std::string& name, const Tensor& t) {
    return Weight{name, t.shape(), "float32", std::make_shared<HeldWeight>(t)};
  };
  m.layers[1].weights = {weight("kernel", tensor({2, 2}, {0, 1, 2, 3})),
                         weight("bias", tensor({2}, {NAN, 1}))};
  for (const char* name : {"gamma", "beta", "mean", "variance"})
    m.layers[2].weights.push_back(weight(name, counting({2})));
  m.layers[3].weights = {weight("kernel", counting({5}))};
  return m;
}

}  // namespace

TEST_CASE("weights are read only of the requested layers") {
  const Inspection all = inspect(model(), {});
  CHECK(all.weights.empty());
  const Inspection one = inspect(model(), {false, true, false, false});
  REQUIRE(one.weights.size() == 1);
  const auto& list = one.weights.at(1);
  REQUIRE(list.size() == 2);
  CHECK(list[0].values.mean == 1.5F);
  CHECK(list[0].values.zeros == 0.25);
  CHECK(list[0].bins.counts.size() == 32);
  CHECK(list[0].bins.counts.front() == 1);
  CHECK(list[0].bins.counts.back() == 1);
}

TEST_CASE("NaN found in weights is noted beside what reader and structure noted") {
  Model m = model();
  m.notes = {"from the reader"};
  m.layers[2].weights.pop_back();
  const Inspection i = inspect(std::move(m), {true, true, true, true});
  CHECK(i.notes == std::vector<std::string>{
                       "from the reader", "layer bn (BatchNormalization): 3 of its 4 weights are in the file",
                       "layer fc (Dense): weight bias holds NaN (1 of 2 numbers)"});
}

TEST_CASE("trainable parameters exclude moving statistics and include layers that are not supported") {
  CHECK(inspect(model(), {}).trainable_parameters() == 6 + 4 + 5);
  Model frozen = model();
  frozen.layers[1].trainable = false;
  CHECK(inspect(std::move(frozen), {}).trainable_parameters() == 4 + 5);
}

TEST_CASE("trainable parameters are as Keras counts them, shared layers once") {
  // nested_shared: a frozen 3x3 convolution, and a block that is called twice.
  const Model m = open_model(NV_FIXTURES "/nested_shared/model.h5");
  const std::int64_t frozen = 3 * 3 * 3 * 3 + 3, moving = 3 + 3;
  CHECK(inspect(m, {}).trainable_parameters() == m.parameters() - frozen - moving);
}

TEST_CASE("the Graphviz graph has a node per call and an edge per input, names quoted") {
  CHECK(graphviz(inspect(model(), {})) == R"(digraph "a \"net\"" {
  node [shape=box, fontname="Helvetica"];
  n0 [label="x\nInputLayer\n2"];
  n1 [label="fc\nDense\n2"];
  n2 [label="bn\nBatchNormalization\n2"];
  n3 [label="lstm\nLSTM\n?"];
  n0 -> n1;
  n1 -> n2;
  n2 -> n3;
}
)");
}

}  // namespace nv::test
