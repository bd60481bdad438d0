#include "nv/analysis/run.h"

#include <doctest/doctest.h>

#include "keras/support.h"
#include "layers/support.h"

namespace nv::test {

namespace {

std::string chain(const std::string& layers, const std::string& shape) {
  return R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": )" +
         shape + "}}, " + layers + "]}}";
}

std::string simple(const std::string& name, const std::string& kind, const std::string& config = "") {
  return R"({"class_name": ")" + kind + R"(", "config": {"name": ")" + name + "\"" +
         (config.empty() ? "" : ", " + config) + "}}";
}

/// "conv-relu1 (bn, relu); pool": where a block ends elsewhere than it begins, both names.
std::string blocks(const Model& m, std::vector<bool> kept = {}, std::optional<std::size_t> except = {}) {
  if (kept.empty()) kept.assign(m.nodes.size(), true);
  std::string text;
  for (const LayerBlock& b : layer_blocks(m, analyse(m), kept, except)) {
    text += (text.empty() ? "" : "; ") + m.nodes[b.first].path;
    if (b.last != b.first) text += "-" + m.nodes[b.last].path;
    if (!b.folded.empty()) text += fmt::format(" ({})", fmt::join(b.folded, ", "));
  }
  return text;
}

const std::string conv = R"("filters": 2, "kernel_size": 1)";

/// A model that computes nothing but softmax.
Engine engine() {
  return Engine(graph(chain(simple("p", "Softmax"), "[null, 3]")), {1});
}

}  // namespace

TEST_CASE("a result has the prediction, the top classes and each chosen layer, of one item of the batch") {
  Engine e = engine();
  const Trace t = e.forward(std::vector{tensor({2, 3}, {9, 0, 0, 0, 0, 1})});
  const auto outputs = output_kinds(e.model(), e.structure());
  const std::vector<std::string> labels{"a", "b", "c"};
  const RunResult r = summarise(e, outputs, t, 1, {true, false}, labels, 2, {});
  REQUIRE(r.prediction.has_value());
  CHECK(r.prediction->label == "c");
  CHECK(r.prediction->probability == r.prediction->score);
  REQUIRE(r.top.size() == 2);
  CHECK(r.top[0].label == "c");
  CHECK(r.top[1].label == "a");
  REQUIRE(r.layers.size() == 1);
  CHECK(r.layers[0].path == "x");
  CHECK(r.layers[0].kind == "InputLayer");
  CHECK(r.layers[0].shape == Shape{3});
  CHECK(r.layers[0].values.max == 1.0F);
  CHECK(r.layers[0].active == doctest::Approx(1.0 / 3));
  CHECK(r.layers[0].dead == std::vector<std::int64_t>{0, 1});
  CHECK(r.layers[0].channels == 3);
  REQUIRE(r.outputs.size() == 1);
  CHECK(r.outputs[0].shape == Shape{3});
  CHECK_FALSE(r.truth.has_value());
}

TEST_CASE("with the true class, a result has whether it is predicted, or among the top five") {
  Engine e(graph(chain(simple("p", "Softmax"), "[null, 7]")), {1});
  const Trace t = e.forward(std::vector{counting({1, 7})});
  const auto outputs = output_kinds(e.model(), e.structure());
  const auto with = [&](std::int64_t truth) {
    const RunResult r = summarise(e, outputs, t, 0, {}, {}, 1, truth);
    return fmt::format("{} {} {}", *r.truth, r.correct, r.in_top5);
  };
  CHECK(with(6) == "6 true true");
  CHECK(with(2) == "2 false true");
  CHECK(with(1) == "1 false false");
  CHECK(with(99) == "99 false false");
}

TEST_CASE("a model whose output is an image has no prediction") {
  Engine e(graph(chain(simple("r", "ReLU"), "[null, 2, 2, 1]")), {1});
  const RunResult r = summarise(e, output_kinds(e.model(), e.structure()),
                                e.forward(std::vector{counting({1, 2, 2, 1})}), 0, {}, {}, 3, 1);
  CHECK_FALSE(r.prediction.has_value());
  CHECK_FALSE(r.truth.has_value());
  CHECK(r.top.empty());
  REQUIRE(r.outputs.size() == 1);
  CHECK_FALSE(r.outputs[0].prediction.has_value());
}

TEST_CASE("over several inputs: the extremes, the mean of means, and channels dead in all") {
  const auto result = [](float min, float mean, float max, double active, std::vector<std::int64_t> dead) {
    RunResult r;
    LayerResult l;
    l.path = "conv";
    l.values = {min, max, mean, 0, 0};
    l.active = active;
    l.dead = std::move(dead);
    r.layers.push_back(l);
    return r;
  };
  RunResult failed;
  failed.error = "no such file";
  const std::vector<RunResult> results{failed, result(0, 1, 5, 0.5, {1, 2, 4}),
                                       result(-1, 3, 4, 1, {2, 3, 4})};
  const auto sum = over_inputs(results);
  REQUIRE(sum.size() == 1);
  CHECK(sum[0].path == "conv");
  CHECK(sum[0].values.min == -1.0F);
  CHECK(sum[0].values.max == 5.0F);
  CHECK(sum[0].values.mean == 2.0F);
  CHECK(sum[0].active == 0.75);
  CHECK(sum[0].dead == std::vector<std::int64_t>{2, 4});
  CHECK(over_inputs(std::span(results).first(1)).empty());
  CHECK(over_inputs({}).empty());
}

TEST_CASE("a layer with the normalisation and activation that follow it is one block") {
  const Model m = graph(chain(simple("c1", "Conv2D", conv) + "," + simple("b1", "BatchNormalization") + "," +
                                  simple("r1", "ReLU") + "," + simple("drop", "Dropout") + "," +
                                  simple("pool", "MaxPooling2D") + "," +
                                  simple("c2", "Conv2D", conv + R"(, "activation": "tanh")") + "," +
                                  simple("flat", "Flatten") + "," + simple("fc", "Dense", R"("units": 2)") +
                                  "," + simple("a", "Activation", R"("activation": "softmax")"),
                              "[null, 4, 4, 1]"));
  CHECK(blocks(m) == "c1-r1 (bn, relu); pool; c2 (tanh); fc-a (softmax)");
}

TEST_CASE("a layer with other users, or that is left out, is not part of a block") {
  const Model m = graph(R"({"class_name": "Functional", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 4, 4, 2]}, "inbound_nodes": []},
      {"class_name": "Conv2D", "name": "c", "config": {"name": "c", "filters": 2, "kernel_size": 1}, "inbound_nodes": [[["x", 0, 0, {}]]]},
      {"class_name": "ReLU", "name": "r", "config": {"name": "r"}, "inbound_nodes": [[["c", 0, 0, {}]]]},
      {"class_name": "Add", "name": "sum", "config": {"name": "sum"}, "inbound_nodes": [[["c", 0, 0, {}], ["r", 0, 0, {}]]]}],
      "input_layers": [["x", 0, 0]], "output_layers": [["sum", 0, 0]]}})");
  CHECK(blocks(m) == "c; r; sum");
  CHECK(blocks(m, {true, false, true, true}) == "r; sum");
  CHECK(blocks(m, {}, 3) == "c; r");
}

}  // namespace nv::test
