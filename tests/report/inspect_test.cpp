#include "nv/report/inspect.h"

#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "keras/support.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

Json inspected(const std::string& fixture, std::vector<bool> nodes = {}, bool statistics = false) {
  Model m = open_model(NV_FIXTURES "/" + fixture);
  if (nodes.empty()) nodes.assign(m.nodes.size(), true);
  return inspection_json(inspect(std::move(m), statistics ? nodes : std::vector<bool>{}), nodes);
}

std::vector<std::string> keys(const Json& json) {
  std::vector<std::string> list;
  for (const auto& item : json.items()) list.push_back(item.key());
  return list;
}

}  // namespace

TEST_CASE("the document of a model has the keys of the specification, in order") {
  const Json json = inspected("odd/intact.h5");
  CHECK(keys(json) == std::vector<std::string>{"model", "layers"});
  CHECK(keys(json["model"]) == std::vector<std::string>{"file", "format", "keras_version", "name", "kind",
                                                        "layer_count", "parameters", "trainable_parameters",
                                                        "macs", "inputs", "outputs", "notes"});
  CHECK(keys(json["layers"][1]) == std::vector<std::string>{"index", "path", "name", "kind", "inputs",
                                                            "input_shapes", "output_shape", "parameters",
                                                            "trainable", "macs", "receptive_field",
                                                            "activation", "supported", "config", "weights"});
}

TEST_CASE("the entry of a layer has its properties") {
  const Json json = inspected("odd/intact.h5");
  const Json& conv = json["layers"][1];
  CHECK(conv["index"] == 1);
  CHECK(conv["path"] == "conv");
  CHECK(conv["kind"] == "Conv2D");
  CHECK(conv["input_shapes"].dump() == "[[28,28,1]]");
  CHECK(conv["output_shape"].dump() == "[13,13,3]");
  CHECK(conv["parameters"] == 30);
  CHECK(conv["macs"] == 13 * 13 * 3 * 9);
  CHECK(conv["receptive_field"].dump() == R"({"size":[3,3],"stride":[2,2],"start":[0,0]})");
  CHECK(conv["activation"] == "relu");
  CHECK(conv["supported"] == true);
  CHECK(conv["config"]["filters"] == 3);
  CHECK(conv["weights"][0]["shape"].dump() == "[3,3,1,3]");
  CHECK_FALSE(conv["weights"][0].contains("mean"));
  CHECK(json["layers"][0]["inputs"].empty());
  CHECK(json["layers"][0]["input_shapes"].empty());
  CHECK(json["layers"][3]["receptive_field"].is_null());
  CHECK(json["model"]["inputs"].size() == 1);
  CHECK(json["model"]["outputs"][0]["layer"] == "predictions");
  CHECK(json["model"]["outputs"][0]["shape"].dump() == "[10]");
}

TEST_CASE("statistics are present if weights were read") {
  const Json weight = inspected("odd/intact.h5", {}, true)["layers"][1]["weights"][0];
  CHECK(keys(weight) == std::vector<std::string>{"name", "shape", "dtype", "min", "max", "mean", "std",
                                                 "zeros", "histogram"});
  CHECK(weight["histogram"]["counts"].size() == 32);
  CHECK(weight["min"].get<double>() <= weight["mean"].get<double>());
}

TEST_CASE("chosen layers keep their numbers, inputs are named by path") {
  const Json json = inspected("nested_shared/model.keras");
  std::map<std::string, Json> by_path;
  for (const Json& l : json["layers"]) by_path[l["path"].get<std::string>()] = l;
  CHECK(by_path.at("block/add#1")["inputs"].size() == 2);
  CHECK(by_path.at("block/conv#1")["inputs"][0] == "block/inner_image#1");
  CHECK(by_path.at("block/conv")["trainable"] == false);
  std::vector<bool> one(json["layers"].size(), false);
  one[4] = true;
  const Json chosen = inspected("nested_shared/model.keras", one);
  REQUIRE(chosen["layers"].size() == 1);
  CHECK(chosen["layers"][0] == json["layers"][4]);
}

TEST_CASE("an unsupported layer is described too") {
  const Json json = inspected("odd/lambda.h5");
  const Json& lambda = json["layers"][2];
  CHECK(lambda["kind"] == "Lambda");
  CHECK(lambda["supported"] == false);
  CHECK(lambda["problem"].get<std::string>().find("bytecode") != std::string::npos);
  CHECK(lambda["output_shape"].is_null());
  CHECK(json["layers"][3]["supported"] == true);
  CHECK(json["layers"][3]["output_shape"].is_null());
}

}  // namespace nv::test
