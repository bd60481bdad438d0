#include "nv/analysis/captions.h"

#include <doctest/doctest.h>

using namespace nv;

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
