#include "nv/report/run.h"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace nv {

namespace {

RunResult result() {
  RunResult r;
  r.id = "7";
  r.file = "pictures/7.png";
  r.shapes = {{28, 28, 1}};
  r.preprocess = "unit";
  Prediction p;
  p.index = 7;
  p.label = "seven";
  p.score = 0.9F;
  p.probability = 0.9F;
  r.prediction = p;
  r.top = {{7, "seven", 0.9F}, {1, "one", 0.1F}};
  r.outputs = {{"fc", {10}, p}};
  LayerResult l;
  l.index = 1;
  l.path = "conv";
  l.kind = "Conv2D";
  l.shape = {26, 26, 2};
  l.values = {0, INFINITY, NAN, 0.5F, 0.25};
  l.active = 0.75;
  l.dead = {1};
  r.layers = {l};
  return r;
}

}  // namespace

TEST_CASE("one input's result, as the schema has it") {
  CHECK(document(run_item_json(result())) == R"({
 "id": "7",
 "file": "pictures/7.png",
 "status": "ok",
 "shape": [28,28,1],
 "preprocess": "unit",
 "prediction": {
  "index": 7,
  "label": "seven",
  "score": 0.9,
  "probability": 0.9
 },
 "top": [
  {
   "index": 7,
   "label": "seven",
   "score": 0.9
  },
  {
   "index": 1,
   "label": "one",
   "score": 0.1
  }
 ],
 "files": {},
 "layers": [
  {
   "index": 1,
   "path": "conv",
   "kind": "Conv2D",
   "shape": [26,26,2],
   "min": 0.0,
   "max": "Infinity",
   "mean": "NaN",
   "std": 0.5,
   "active": 0.75,
   "dead": [1]
  }
 ]
}
)");
}

TEST_CASE("truth, files and several inputs and outputs are present if they exist") {
  RunResult r = result();
  r.truth = 1;
  r.files = {{"npz", "7/activations.npz"}};
  r.layers[0].file = "7/001-conv.png";
  r.shapes.push_back({5});
  r.outputs.push_back({"maps", {4, 4}, std::nullopt});
  const Json json = run_item_json(r);
  CHECK(json["truth"] == 1);
  CHECK(json["correct"] == false);
  CHECK(json["files"]["npz"] == "7/activations.npz");
  CHECK(json["layers"][0]["file"] == "7/001-conv.png");
  CHECK(json["shape"].dump() == "[[28,28,1],[5]]");
  CHECK(json["outputs"].size() == 2);
  CHECK(json["outputs"][0]["prediction"]["index"] == 7);
  CHECK(json["outputs"][1]["prediction"].is_null());
}

TEST_CASE("an input that could not be used has its error and nothing else") {
  RunResult r;
  r.id = "x";
  r.file = "x.png";
  r.error = "x.png: no such file";
  CHECK(line(run_item_json(r)) ==
        R"({"id":"x","file":"x.png","status":"error","error":"x.png: no such file"})"
        "\n");
}

TEST_CASE("a model without a prediction gives null") {
  RunResult r = result();
  r.prediction.reset();
  CHECK(run_item_json(r)["prediction"].is_null());
}

TEST_CASE("the summary has counts, and accuracies if the true classes are known") {
  CHECK(line(run_summary_json(3, 1, nullptr, {})) == R"({"inputs":3,"errors":1})"
                                                     "\n");
  TruthSummary truth{Confusion(2), {}};
  truth.confusion.add(0, 0, true);
  truth.confusion.add(0, 1, true);
  const std::vector<std::string> labels{"cat"};
  const Json json = run_summary_json(2, 0, &truth, labels);
  CHECK(json["accuracy"] == 0.5);
  CHECK(json["top5_accuracy"] == 1.0);
  CHECK(json["confusion"].dump() == "[[1,1],[0,0]]");
  CHECK(json["classes"][0].dump() == R"({"index":0,"label":"cat","count":2,"recall":0.5,"precision":1.0})");
  CHECK(json["classes"][1].dump() == R"({"index":1,"label":"1","count":0,"recall":"NaN","precision":0.0})");
  CHECK(!json.contains("calibration"));  // no output of probabilities
}

TEST_CASE("calibration: figures and bins, an empty bin has null") {
  TruthSummary truth;
  truth.calibration.add({0.75, 0.25, 0.125}, true);
  truth.calibration.add({0.75, 1.25, 0.625}, false);
  const Json json = run_summary_json(2, 0, &truth, {}, "reliability.png")["calibration"];
  CHECK(json["inputs"] == 2);
  CHECK(json["ece"] == 0.25);
  CHECK(json["nll"] == 0.75);
  CHECK(json["brier"] == 0.375);
  CHECK(json["confidence"] == 0.75);
  CHECK(json["file"] == "reliability.png");
  REQUIRE(json["bins"].size() == 15);
  CHECK(json["bins"][0].dump() ==
        R"({"lo":0.0,"hi":0.06666666666666667,"inputs":0,"confidence":null,"accuracy":null})");
  CHECK(json["bins"][11].dump() ==
        R"({"lo":0.7333333333333333,"hi":0.8,"inputs":2,"confidence":0.75,"accuracy":0.5})");
}

}  // namespace nv
