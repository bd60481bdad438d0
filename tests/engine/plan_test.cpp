#include "nv/engine/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/engine/engine.h"
#include "nv/model/held_weight.h"

namespace nv::test {

namespace {

/// A residual block on items of 4 x 4 x 2: a convolution, BatchNormalization, relu, a second convolution
/// whose result is added to the block's input; then pooling.
Model block(const std::string& size = "4, 4") {
  return graph(R"({"class_name": "Functional", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, )" +
               size + R"(, 2]}, "inbound_nodes": []},
      {"class_name": "Conv2D", "name": "a", "config": {"name": "a", "filters": 2, "kernel_size": 1}, "inbound_nodes": [[["x", 0, 0, {}]]]},
      {"class_name": "BatchNormalization", "name": "bn", "config": {"name": "bn", "axis": [-1]}, "inbound_nodes": [[["a", 0, 0, {}]]]},
      {"class_name": "ReLU", "name": "r", "config": {"name": "r"}, "inbound_nodes": [[["bn", 0, 0, {}]]]},
      {"class_name": "Conv2D", "name": "b", "config": {"name": "b", "filters": 2, "kernel_size": 1}, "inbound_nodes": [[["r", 0, 0, {}]]]},
      {"class_name": "Add", "name": "sum", "config": {"name": "sum"}, "inbound_nodes": [[["x", 0, 0, {}], ["b", 0, 0, {}]]]},
      {"class_name": "ReLU", "name": "end", "config": {"name": "end"}, "inbound_nodes": [[["sum", 0, 0, {}]]]},
      {"class_name": "MaxPooling2D", "name": "pool", "config": {"name": "pool"}, "inbound_nodes": [[["end", 0, 0, {}]]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["pool", 0, 0]]}})");
}

/// "a <- bn/a r; ...": the first node of each step and its followers, each with the node that it overwrites;
/// after a colon what is not needed any more.
std::string str(const Model& model, const ExecutionPlan& plan) {
  std::string text;
  for (const PlanStep& step : plan.steps) {
    text += (text.empty() ? "" : "; ") + model.nodes[step.node].path;
    if (!step.followers.empty()) text += " <-";
    for (const PlanFollower& f : step.followers)
      text += " " + model.nodes[f.node].path + (f.in_place_of ? "/" + model.nodes[*f.in_place_of].path : "");
    if (!step.last_used.empty()) text += " :";
    for (const std::size_t i : step.last_used) text += " " + model.nodes[i].path;
  }
  return text;
}

ExecutionPlan plan_of(const Model& model, const std::vector<std::string>& keep,
                      const std::string& altered = {}) {
  std::vector<bool> kept, changes;
  for (const Node& node : model.nodes) {
    kept.push_back(std::ranges::find(keep, node.path) != keep.end());
    changes.push_back(node.path == altered);
  }
  const std::vector<Shape> shapes{{4, 4, 2}};
  return plan_execution(model, analyse(model), shapes, keep.empty() ? std::vector<bool>() : kept, changes);
}

}  // namespace

TEST_CASE(
    "values are the same bytes in a small pass and in a large one, whose kept values bypass the caches") {
  Model m = block("512, 512");
  std::uint32_t seed = 0;
  for (LayerSpec& layer : m.layers) {
    const auto weight = [&](const std::string& name, const Shape& shape) {
      Tensor t = noise(shape, ++seed);
      if (name == "moving_variance")
        for (float& v : t.values()) v += 2;
      layer.weights.push_back({name, shape, "float32", std::make_shared<HeldWeight>(t)});
    };
    if (layer.kind == "Conv2D") {
      weight("kernel", {1, 1, 2, 2});
      weight("bias", {2});
    }
    if (layer.kind == "BatchNormalization")
      for (const char* name : {"gamma", "beta", "moving_mean", "moving_variance"}) weight(name, {2});
  }
  Engine engine(std::move(m), {2});
  const Tensor x = noise({2, 512, 512, 2});
  const Trace both = engine.forward(std::vector{x});
  for (std::int64_t item = 0; item < 2; ++item) {
    const Trace alone = engine.forward(std::vector{x.items(item, 1)});
    for (std::size_t i = 0; i < alone.outputs.size(); ++i) {
      CAPTURE(engine.model().nodes[i].path);
      CHECK(std::ranges::equal(alone.outputs[i].values(), both.outputs[i].items(item, 1).values()));
      const Node& node = engine.model().nodes[i];
      if (node.inputs.size() != 1) continue;
      const std::vector input{alone.outputs[static_cast<std::size_t>(node.inputs[0].node)]};
      CHECK(std::ranges::equal(engine.run_layer(i, input).values(), alone.outputs[i].values()));
    }
  }
}

TEST_CASE("elementwise layers are computed with the layer before them") {
  const Model m = block();
  CHECK(str(m, plan_of(m, {})) == "a <- bn/a r/bn; b <- sum/b end/sum; pool");
}

TEST_CASE("what no later step needs may be overwritten, and is freed if it is not kept") {
  const Model m = block();
  CHECK(str(m, plan_of(m, {"pool"})) == "a <- bn/a r/bn : a bn; b <- sum/b end/sum : x r b sum; pool : end");
  CHECK(str(m, plan_of(m, {"a", "sum"})) == "a <- bn/a r/bn : bn; b <- sum/b : x r b");
  CHECK(str(m, plan_of(m, {"bn"})) == "a <- bn/a : x a");
}

TEST_CASE("a layer whose output is altered ends its step, and what follows begins another") {
  const Model m = block();
  CHECK(str(m, plan_of(m, {}, "a")) == "a; bn <- r/bn; b <- sum/b end/sum; pool");
  CHECK(str(m, plan_of(m, {}, "sum")) == "a <- bn/a r/bn; b; sum; end; pool");
}

TEST_CASE("a plan counts the numbers that are held at once") {
  const Model m = block();
  const std::int64_t map = 4 * 4 * 2, pooled = 2 * 2 * 2;
  CHECK(plan_of(m, {}).numbers_held == 7 * map + pooled);
  CHECK(plan_of(m, {"pool"}).numbers_held == 3 * map);  // x, r, and b with what overwrites it
  CHECK(plan_of(m, {"a"}).numbers_held == 2 * map);
}

TEST_CASE("a layer whose inputs have other shapes than its output is no follower") {
  const Model m = graph(R"({"class_name": "Functional", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, 4, 4, 2]}, "inbound_nodes": []},
      {"class_name": "Conv2D", "name": "a", "config": {"name": "a", "filters": 1, "kernel_size": 1}, "inbound_nodes": [[["x", 0, 0, {}]]]},
      {"class_name": "Multiply", "name": "m", "config": {"name": "m"}, "inbound_nodes": [[["x", 0, 0, {}], ["a", 0, 0, {}]]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["m", 0, 0]]}})");
  CHECK(str(m, plan_of(m, {})) == "a; m");
}

}  // namespace nv::test
