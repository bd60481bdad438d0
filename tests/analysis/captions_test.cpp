#include "nv/analysis/captions.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace nv;

TEST_CASE("captions: a score below 1 is never 1.0000") {
  CHECK(score_text(1) == "1.0000");
  CHECK(score_text(0) == "0.0000");
  CHECK(score_text(0.99998) == "> 0.9999");
  CHECK(score_text(0.99995) == "> 0.9999");
  CHECK(score_text(0.5) == "0.5000");
  CHECK(score_text(2e-5) == "< 0.0001");
  CHECK(score_text(-3.25) == "-3.2500");
  CHECK(score_text(NAN) == "NaN");
}

TEST_CASE("a prediction is written with its probability, else with its score") {
  Prediction p;
  p.label = "cat";
  p.score = 12.34567F;
  CHECK(prediction_text(p) == "cat (12.35)");
  p.probability = 0.99999F;
  CHECK(prediction_text(p) == "cat (> 0.9999)");
  CHECK(prediction_text(std::nullopt) == "NaN");
  CHECK(prediction_text(std::nullopt, false) == "-");
}

TEST_CASE("probabilities have four decimals, and none that is not 0 or 1 is written as if it were") {
  CHECK(probability_text(0) == "0");
  CHECK(probability_text(1e-9) == "< 0.0001");
  CHECK(probability_text(0.61204) == "0.6120");
  CHECK(probability_text(0.99999) == "> 0.9999");
  CHECK(probability_text(1) == "1");
}

TEST_CASE("a model's title is its file's name") {
  Model model;
  model.file = "models/lenet5.h5";
  CHECK(model_title(model) == "lenet5.h5");
}

TEST_CASE("mutations as text: layers once, filters as ranges, the rest counted") {
  const auto freeze = [](std::string layer, std::vector<std::int64_t> filters) {
    Mutation m;
    m.op = "freeze";
    m.layer = std::move(layer);
    m.filters = std::move(filters);
    return m;
  };
  std::vector<Mutation> mutations{freeze("conv1", {3}), freeze("conv2", {5}), freeze("conv1", {0, 1, 2, 8})};
  CHECK(mutations_text(mutations) == "conv1 0-3, 8; conv2 5");
  CHECK(only_frozen(mutations));
  mutations[0].filters = {10, 12, 14, 16, 18, 20, 22};
  CHECK(mutations_text({mutations.data(), 1}) == "conv1 10, 12, 14, 16, 18, 20, 22");
  mutations[0].filters.insert(mutations[0].filters.end(), {24, 26, 28});
  CHECK(mutations_text({mutations.data(), 1}) == "conv1 10, 12, 14, 16, 18, 20, 22, 24, 2 more");
  mutations[1].op = "gaussian-fuzz";
  mutations[1].filters.clear();
  CHECK(mutations_text({mutations.data() + 1, 1}) == "gaussian-fuzz conv2");
  CHECK_FALSE(only_frozen(mutations));
  mutations.clear();
  for (const char* layer : {"a", "b", "c", "d", "e", "f"}) mutations.push_back(freeze(layer, {1}));
  CHECK(mutations_text(mutations) == "a 1; b 1; c 1; d 1; 2 more layers");
}
