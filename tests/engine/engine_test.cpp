#include "nv/engine/engine.h"

#include <doctest/doctest.h>

#include "keras/support.h"
#include "layers/support.h"

namespace nv::test {

namespace {

/// Numbers in memory that count how often they are read.
class Numbers final : public WeightData {
 public:
  explicit Numbers(Tensor t) : tensor_(std::move(t)) {}
  Tensor read() const override {
    ++reads;
    return tensor_;
  }
  mutable int reads = 0;

 private:
  Tensor tensor_;
};

/// x -> fc (kernel 3) -> fc again; x -> other (kernel -1)
Model model() {
  Model m = graph(R"({"class_name": "Functional", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, 1]}, "inbound_nodes": []},
      {"class_name": "Dense", "name": "fc", "config": {"name": "fc", "units": 1, "use_bias": false}, "inbound_nodes": [[["x", 0, 0, {}]], [["fc", 0, 0, {}]]]},
      {"class_name": "Dense", "name": "other", "config": {"name": "other", "units": 1, "use_bias": false}, "inbound_nodes": [[["x", 0, 0, {}]]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["fc", 1, 0], ["other", 0, 0]]}})");
  m.layers[1].weights = {{"kernel", {1, 1}, "float32", std::make_shared<Numbers>(tensor({1, 1}, {3}))}};
  m.layers[2].weights = {{"kernel", {1, 1}, "float32", std::make_shared<Numbers>(tensor({1, 1}, {-1}))}};
  return m;
}

/// A convolution over images of any size, flattened into a Dense that expects 4 values.
Model open_size(const std::string& shape) {
  Model m = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": )" +
                  shape + R"(}},
      {"class_name": "Conv2D", "config": {"name": "conv", "filters": 1, "kernel_size": 2, "use_bias": false}},
      {"class_name": "Flatten", "config": {"name": "flat"}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 1, "use_bias": false}}]}})");
  m.layers[1].weights = {
      {"kernel", {2, 2, 1, 1}, "float32", std::make_shared<Numbers>(tensor({2, 2, 1, 1}, {1, 1, 1, 1}))}};
  m.layers[3].weights = {
      {"kernel", {4, 1}, "float32", std::make_shared<Numbers>(tensor({4, 1}, {1, 1, 1, 1}))}};
  return m;
}

std::string trace_of(const Engine& engine, const Trace& trace) {
  std::string text;
  for (std::size_t i = 0; i < trace.outputs.size(); ++i)
    text += fmt::format("{} {}; ", engine.model().nodes[i].path,
                        trace.outputs[i].empty() ? "-" : str(trace.outputs[i]));
  return text;
}

int reads(const Engine& engine, std::size_t layer) {
  return static_cast<const Numbers&>(*engine.model().layers[layer].weights[0].data).reads;
}

template <typename Run>
std::string mistake(Model m, const Run& run) {
  return complaint([&] {
    Engine engine(std::move(m), {1});
    run(engine);
  });
}

}  // namespace

TEST_CASE("a forward pass returns the output of each node, in order, batch first") {
  Engine engine(model(), {1});
  const Trace t = engine.forward(std::vector{tensor({2, 1}, {1, 2})});
  CHECK(trace_of(engine, t) == "x 2 x 1: 1, 2; fc 2 x 1: 3, 6; other 2 x 1: -1, -2; fc#1 2 x 1: 9, 18; ");
  CHECK(engine.pool().threads() == 1);
}

TEST_CASE("only requested outputs are kept, and only what they depend on is computed") {
  Engine engine(model(), {1});
  const std::vector input{tensor({1, 1}, {2})};
  CHECK(trace_of(engine, engine.forward(input, {false, false, false, true})) ==
        "x -; fc -; other -; fc#1 1 x 1: 18; ");
  CHECK(reads(engine, 1) == 1);
  CHECK(reads(engine, 2) == 0);
  CHECK(trace_of(engine, engine.forward(input, {true, false, true, false})) ==
        "x 1 x 1: 2; fc -; other 1 x 1: -2; fc#1 -; ");
  CHECK(trace_of(engine, engine.forward(input, {false, false, false, false})) ==
        "x -; fc -; other -; fc#1 -; ");
}

TEST_CASE("weights are read once, when they are first needed") {
  Engine engine(model(), {1});
  CHECK(reads(engine, 1) == 0);
  for (int i = 0; i < 3; ++i) (void)engine.forward(std::vector{tensor({1, 1}, {1})});
  CHECK(reads(engine, 1) == 1);
}

TEST_CASE("an input that does not fit is an input error that names the expected shape") {
  const auto with = [](const std::vector<Tensor>& inputs) {
    return mistake(model(), [&](Engine& e) { (void)e.forward(inputs); });
  };
  CHECK(with({tensor({1, 1}, {1})}).empty());
  CHECK(with({}) == "input: m: the model takes 1 inputs, not 0");
  CHECK(with({tensor({1, 1}, {1}), tensor({1, 1}, {1})}) == "input: m: the model takes 1 inputs, not 2");
  CHECK(with({tensor({1, 2}, {1, 2})}) == "input: m: input x: expected 1, got 2");
  CHECK(with({tensor({1, 1, 1}, {1})}) == "input: m: input x: expected 1, got 1 x 1");
  CHECK(with({tensor({}, {1})}).find("input: m: input x") == 0);
}

TEST_CASE("several inputs must have the same batch size") {
  const Model two = graph(R"({"class_name": "Functional", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, 1]}, "inbound_nodes": []},
      {"class_name": "InputLayer", "name": "y", "config": {"name": "y", "batch_input_shape": [null, 1]}, "inbound_nodes": []},
      {"class_name": "Subtract", "name": "s", "config": {"name": "s"}, "inbound_nodes": [[["x", 0, 0, {}], ["y", 0, 0, {}]]]}],
      "input_layers": [["y", 0, 0], ["x", 0, 0]], "output_layers": [["s", 0, 0]]}})");
  Engine engine(two, {1});
  const Trace t = engine.forward(std::vector{tensor({2, 1}, {1, 2}), tensor({2, 1}, {10, 20})});
  CHECK(str(t.outputs[2]) == "2 x 1: 9, 18");  // inputs are in the order of the model's list: y, x
  CHECK(complaint([&] {
          (void)engine.forward(std::vector{tensor({2, 1}, {1, 2}), tensor({1, 1}, {10})});
        }) == "input: m: inputs of 2 and 1 items do not make one batch");
}

TEST_CASE("a model of open size takes any image that its weights fit") {
  Engine engine(open_size("[null, null, null, 1]"), {1});
  CHECK(str(engine.forward(std::vector{Tensor(Shape{1, 3, 3, 1}, 1.0F)}).outputs.back()) == "1 x 1: 16");
  CHECK(str(engine.forward(std::vector{Tensor(Shape{2, 2, 5, 1}, 1.0F)}).outputs.back()) == "2 x 1: 16, 16");
  CHECK(complaint([&] {
          (void)engine.forward(std::vector{Tensor(Shape{1, 4, 4, 1}, 1.0F)});
        }) == "input: m: layer fc (Dense): weight kernel is 4 x 1 in the file, expected 9 x 1");
  CHECK(complaint([&] {
          (void)engine.forward(std::vector{Tensor(Shape{1, 1, 4, 1}, 1.0F)});
        }) == "input: m: layer conv (Conv2D): its window of 2 does not fit into an input of 1");
  Engine channels(open_size("[null, 3, 3, null]"), {1});
  CHECK(complaint([&] {
          (void)channels.forward(std::vector{Tensor(Shape{1, 3, 3, 2}, 1.0F)});
        }) ==
        "input: m: layer conv (Conv2D): weight kernel is 2 x 2 x 1 x 1 in the file, expected 2 x 2 x 2 x 1");
}

TEST_CASE(
    "a layer that cannot be computed is an error, with its path and kind, only for nodes that depend on it") {
  Model m = model();
  m.layers[2].kind = "LSTM";
  Engine engine(std::move(m), {1});
  const std::vector input{tensor({1, 1}, {2})};
  CHECK(complaint([&] { (void)engine.forward(input); }) ==
        "unsupported: m: layer other (LSTM): recurrent layers are not supported");
  CHECK(str(engine.forward(input, {false, true, false, false}).outputs[1]) == "1 x 1: 6");
}

TEST_CASE(
    "weights that are missing or of the wrong shape are an input error with path and kind, before "
    "anything is computed") {
  Model missing = model();
  missing.layers[1].weights.clear();
  CHECK(mistake(missing, [](Engine& e) {
          (void)e.forward(std::vector{tensor({1, 1}, {1})});
        }) == "input: m: layer fc (Dense): its weights are missing in the file");
  Model wrong = model();
  wrong.layers[1].weights[0].shape = {2, 1};
  CHECK(mistake(wrong, [](Engine& e) {
          (void)e.forward(std::vector{tensor({1, 1}, {1})});
        }) == "input: m: layer fc (Dense): weight kernel is 2 x 1 in the file, expected 1 x 1");
}

}  // namespace nv::test
