#include "nv/analysis/computable.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <optional>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/engine/engine.h"

namespace nv::test {

namespace {

namespace fs = std::filesystem;

std::string refusal_of(const Model& model) {
  return complaint([&] { check_computable(model, analyse(model)); });
}

/// What a pass over zeros says.
std::string of_a_pass(const Model& model) {
  Engine engine(model, {1, false});
  std::vector<Tensor> inputs;
  for (const Port& p : model.inputs) {
    const auto& shape = engine.structure().nodes[static_cast<std::size_t>(p.value.node)].output;
    if (!shape || !shape->known()) return "open";
    inputs.emplace_back(shape->batched(1), 0.0F);
  }
  return complaint([&] { (void)engine.forward(inputs); });
}

}  // namespace

TEST_CASE("what keeps a model from being computed is known before the first pass, which says the same") {
  int good = 0, bad = 0;
  for (const auto& entry : fs::recursive_directory_iterator(NV_FIXTURES)) {
    const std::string file = entry.path().string();
    if (!file.ends_with(".h5") && !file.ends_with(".keras")) continue;
    std::optional<Model> model;
    try {
      model = open_model(file);
    } catch (const Error&) {  // no model at all
      continue;
    }
    CAPTURE(file);
    std::string expected;
    try {
      expected = of_a_pass(*model);
    } catch (const Error&) {  // no weights at all
      continue;
    }
    if (expected == "open") continue;
    CHECK(refusal_of(*model) == expected);
    (expected.empty() ? good : bad) += 1;
  }
  CHECK(good >= 20);
  CHECK(bad >= 4);
}

TEST_CASE("each layer has its own obstacle: a kind, an option, weights of another shape") {
  Model m = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 8, 8, 1]}},
      {"class_name": "Conv2D", "config": {"name": "wrong", "filters": 2, "kernel_size": [3, 3]}},
      {"class_name": "MaxPooling2D", "config": {"name": "bad", "pool_size": [0, 2]}},
      {"class_name": "Mystery", "config": {"name": "unknown"}},
      {"class_name": "Dense", "config": {"name": "later", "units": 3}}]}})");
  m.layers[1].weights = {{"kernel", Shape{5, 5, 1, 2}, "float32", nullptr},
                         {"bias", Shape{2}, "float32", nullptr}};
  m.layers[4].weights = {{"kernel", Shape{7, 3}, "float32", nullptr}, {"bias", Shape{3}, "float32", nullptr}};
  const std::vector<Obstacle> all = obstacles(m, analyse(m));
  REQUIRE(all.size() == 5);
  CHECK(all[0].problem == "");
  CHECK(all[1].problem == "weight kernel is 5 x 5 x 1 x 2 in the file, expected 3 x 3 x 1 x 2");
  CHECK(all[2].problem != "");
  CHECK(!all[2].unsupported);
  CHECK(all[3].problem != "");
  CHECK(all[3].unsupported);
  CHECK(all[4].problem == "");
  CHECK(refusal_of(m) == "input: m: layer wrong (Conv2D): " + all[1].problem);
}

}  // namespace nv::test
