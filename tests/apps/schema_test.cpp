// Checks the schemas of docs/schema, and that they detect errors.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

std::vector<std::string> all() {
  std::vector<std::string> list;
  for (const std::string& file : names(NV_SCHEMAS))
    list.push_back(std::filesystem::path(file).stem().string());
  return list;
}

/// Calls `visit` for every object of properties below `json`, with the schema that holds it.
template <typename Visit>
void each_object_schema(const Json& json, const Visit& visit) {
  if (json.is_object() && json.contains("properties")) visit(json);
  if (json.is_structured())
    for (const Json& part : json) each_object_schema(part, visit);
}

Json without(Json json, const std::string& key) {
  json.erase(key);
  return json;
}

Json with_member(Json json, const std::string& key) {
  json[key] = 1;
  return json;
}

}  // namespace

TEST_CASE("schema: every document has one, with dialect and description") {
  for (const std::string& name : all()) {
    CAPTURE(name);
    const Json schema = parse_file(std::filesystem::path(NV_SCHEMAS) / (name + ".json"));
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["$id"] == "urn:neuralvis:" + name + ":1");
    CHECK_FALSE(schema.value("title", "").empty());
    CHECK_FALSE(schema.value("description", "").empty());
  }
  for (const std::string name :
       {"activations", "attack",  "attack-list", "audit",  "compare", "doctor",     "explain", "explain-list",
        "rank-list",   "inspect", "manifest",    "bench",  "mutate",  "prediction", "rank",    "rank-sample",
        "run",         "sample",  "samples",     "sketch", "verify",  "version"})
    CHECK(std::filesystem::exists(std::filesystem::path(NV_SCHEMAS) / (name + ".json")));
}

TEST_CASE("schema: every key is described, and only the configuration of Keras may have others") {
  for (const std::string& name : all()) {
    const Json schema = parse_file(std::filesystem::path(NV_SCHEMAS) / (name + ".json"));
    each_object_schema(schema, [&](const Json& object) {
      INFO(name << ": " << object.dump());
      CHECK(object.value("additionalProperties", true) == false);
      CHECK(object["type"] == "object");
      for (const auto& property : object["properties"].items()) {
        INFO(property.key());
        CHECK(property.value().value("description", "").size() >= 5);
      }
    });
  }
}

TEST_CASE("schema: a missing key, an unknown key and a wrong first line are detected") {
  const Json run = nv_json("run", {"run", lenet, seven, "--json"});
  const Json inspect = nv_json("inspect", {"inspect", lenet, "--stats", "--json"});
  const Json version = nv_json("version", {"version", "--json"});
  for (const auto& part : run.items()) CHECK(violations("run", without(run, part.key())) != "");
  for (const auto& part : inspect.items()) CHECK(violations("inspect", without(inspect, part.key())) != "");
  for (const auto& part : version.items()) CHECK(violations("version", without(version, part.key())) != "");
  CHECK(violations("run", with_member(run, "time")) != "");
  CHECK(violations("inspect", with_member(inspect, "time")) != "");

  Json other = run;
  other["schema"] = "neuralvis/run/2";
  CHECK(violations("run", other) != "");
  other = run;
  other["inputs"][0]["layers"][1].erase("mean");
  CHECK(violations("run", other) != "");
  other = run;
  other["inputs"][0]["layers"][1]["mean"] = "NaN";
  CHECK(violations("run", other) == "");
  other["inputs"][0]["layers"][1]["mean"] = nullptr;
  CHECK(violations("run", other) != "");
  other = inspect;
  other["layers"][1]["weights"][0]["shape"] = {5, "5"};
  CHECK(violations("inspect", other) != "");
}

TEST_CASE("json: the first key of every document is its schema") {
  CHECK(nv_json("run", {"run", small, small_input, "--json"}).begin().key() == "schema");
  CHECK(nv_json("inspect", {"inspect", small, "--json"}).begin().key() == "schema");
  CHECK(nv_json("inspect", {"inspect", small, lenet, "--json"}).begin().key() == "schema");
  CHECK(nv_json("version", {"version", "--json"}).begin().key() == "schema");
}
