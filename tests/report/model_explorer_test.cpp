#include "nv/report/model_explorer.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "keras/support.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

Inspection inspection_of(const std::string& fixture) {
  return inspect(open_model(NV_FIXTURES "/" + fixture), {});
}

/// Value of `key` in a list of {"key", "value"}.
std::string entry(const Json& list, const std::string& key) {
  for (const Json& item : list)
    if (item["key"] == key) return item["value"];
  return "no entry " + key;
}

}  // namespace

TEST_CASE("the graph has a node per call, with label, options, shape and edges") {
  const Json json = explorer_graph(inspection_of("odd/intact.h5"));
  CHECK(json["label"] == "intact.h5");
  const Json& graph = json["graphs"][0];
  const Json& conv = graph["nodes"][1];
  CHECK(conv["id"] == "conv");
  CHECK(conv["label"] == "conv (Conv2D)");
  CHECK(conv["namespace"] == "");
  CHECK(entry(conv["attrs"], "parameters") == "30");
  CHECK(entry(conv["attrs"], "filters") == "3");
  CHECK(entry(conv["attrs"], "activation") == "relu");
  CHECK(entry(conv["attrs"], "receptive field") == "3 x 3");
  CHECK(conv["incomingEdges"].dump() == R"([{"sourceNodeId":")" + graph["nodes"][0]["id"].get<std::string>() +
                                            R"(","sourceNodeOutputId":"0","targetNodeInputId":"0"}])");
  CHECK(conv["outputsMetadata"][0]["attrs"].dump() == R"([{"key":"shape","value":"13 x 13 x 3"}])");
}

TEST_CASE("nested models are namespaces, ids are unique, and every edge has its source") {
  for (const std::string fixture : {"nested_shared", "two_in_two_out", "functional_branches"}) {
    const Json graph = explorer_graph(inspection_of(fixture + "/model.keras"))["graphs"][0];
    std::set<std::string> ids;
    bool nested = false;
    for (const Json& node : graph["nodes"]) {
      CHECK(ids.insert(node["id"]).second);
      nested = nested || node["namespace"] != "";
      for (const Json& edge : node["incomingEdges"]) CHECK(ids.contains(edge["sourceNodeId"]));
      for (const Json& attribute : node["attrs"]) CHECK(attribute["value"].is_string());
    }
    CHECK(nested == (fixture == "nested_shared"));
  }
}

TEST_CASE("node data counts the parameters of a shared layer once") {
  const Inspection in = inspection_of("nested_shared/model.keras");
  std::int64_t sum = 0;
  const Json parameters = explorer_parameters(in);
  for (const auto& [id, result] : parameters["results"].items()) sum += result["value"].get<std::int64_t>();
  CHECK(sum == in.model.parameters());
  CHECK(parameters["name"] == "parameters");
  CHECK(parameters["gradient"].size() == 2);
  std::int64_t macs = 0;
  const Json data = explorer_macs(in);
  for (const auto& [id, result] : data["results"].items()) macs += result["value"].get<std::int64_t>();
  CHECK(macs == in.structure.macs());
}

}  // namespace nv::test
