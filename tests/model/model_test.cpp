#include "nv/model/model.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

namespace nv {

TEST_CASE("parameters are counted once, however often a layer is called") {
  Model m;
  m.layers.resize(2);
  m.layers[0].weights = {{"kernel", {3, 3, 1, 6}, "float32", nullptr}, {"bias", {6}, "float32", nullptr}};
  m.layers[1].weights = {{"count", {}, "int64", nullptr}};
  m.nodes = {{"conv", 0, {}, {}}, {"conv#1", 0, {}, {}}, {"norm", 1, {}, {}}};
  CHECK(m.layers[0].parameters() == 60);
  CHECK(m.parameters() == 61);
  CHECK(m.layer_of(m.nodes[1]).weights.size() == 2);
  CHECK(m.node({2}).path == "norm");
}

TEST_CASE("a configuration is empty or the given JSON, and copies share it") {
  CHECK(Config().json().is_object());
  CHECK(Config().json().empty());
  const Config config(nlohmann::ordered_json{{"units", 3}});
  const Config copy = config;
  CHECK(&copy.json() == &config.json());
  CHECK(copy.json()["units"] == 3);
}

}  // namespace nv
