// nv inspect --audit: output and exit codes.
#include <doctest/doctest.h>

#include <set>

#include "support.h"

using namespace nv::test;

namespace {

const std::string lambda = fixture("odd/lambda.h5");
const std::string custom = fixture("odd/custom_layer.h5");

std::string json_model(const Folder& folder, const std::string& name, const std::string& text) {
  const std::string file = folder / name;
  write(file, text);
  return file;
}

}  // namespace

TEST_CASE("inspect --audit: no findings are exit 0, one line") {
  const Outcome outcome = run_nv({"inspect", "--audit", lenet, fixture("odd/intact.keras")});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  CHECK(outcome.out == "nothing found in 2 files\n");
}

TEST_CASE("inspect --audit: one line per finding, exit 1") {
  const Outcome outcome = run_nv({"inspect", "--audit", lenet, lambda, custom});
  CHECK(outcome.code == 1);
  CHECK(outcome.err == "");
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 3);
  CHECK(text[0].starts_with(lambda + ": high lambda-bytecode: "));
  CHECK(text[0].ends_with("(CVE-2024-3660, CVE-2025-9905)"));
  CHECK(text[1].starts_with(custom + ": medium custom-object: "));
  CHECK(text[2] == "2 findings in 3 files");
}

TEST_CASE("inspect --audit --json: by its schema") {
  const Outcome outcome = run_nv({"inspect", "--audit", "--json", lenet, lambda});
  CHECK(outcome.code == 1);
  const Json json = parse(outcome.out);
  CHECK(violations("audit", json) == "");
  REQUIRE(json["findings"].size() == 1);
  CHECK(json["findings"][0]["file"] == lambda);
  CHECK(json["findings"][0]["rule"] == "lambda-bytecode");
  CHECK(json["findings"][0]["severity"] == "high");
  CHECK(json["findings"][0]["cves"] == Json{"CVE-2024-3660", "CVE-2025-9905"});
  CHECK(json["files"][0]["findings"] == 0);
  CHECK(json["summary"] == Json{{"files", 2}, {"findings", 1}, {"high", 1}, {"medium", 0}, {"low", 0}});
  CHECK(violations("audit", nv_json("audit", {"inspect", "--audit", "--json", lenet})) == "");
}

TEST_CASE("inspect --audit --sarif: required members of SARIF 2.1.0") {
  const Outcome outcome = run_nv({"inspect", "--audit", "--sarif", lambda, custom});
  CHECK(outcome.code == 1);
  const Json json = parse(outcome.out);
  CHECK(json["version"] == "2.1.0");
  CHECK(json["$schema"].get<std::string>().find("sarif-2.1.0") != std::string::npos);
  REQUIRE(json["runs"].size() == 1);
  const Json& run = json["runs"][0];
  const Json& rules = run["tool"]["driver"]["rules"];
  CHECK(run["tool"]["driver"]["name"] == "nv inspect --audit");
  std::set<std::string> ids;
  for (const Json& rule : rules) {
    CHECK(ids.insert(rule["id"]).second);
    CHECK(rule["shortDescription"]["text"].get<std::string>().size() > 10);
    CHECK(rule["fullDescription"]["text"].get<std::string>().size() > 20);
    CHECK(rule["helpUri"].get<std::string>().starts_with("https://"));
  }
  CHECK(run["invocations"][0]["executionSuccessful"] == true);
  REQUIRE(run["results"].size() == 2);
  for (const Json& result : run["results"]) {
    const std::size_t index = result["ruleIndex"];
    CHECK(rules[index]["id"] == result["ruleId"]);
    CHECK(result["level"] == rules[index]["defaultConfiguration"]["level"]);
    CHECK_FALSE(result["message"]["text"].get<std::string>().empty());
    const std::string uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    CHECK(uri.find(' ') == std::string::npos);
  }
}

TEST_CASE("inspect --audit: files that cannot be audited") {
  const std::string damaged = fixture("odd/truncated.h5");
  CHECK(not_one_error(run_nv({"inspect", "--audit", damaged}), damaged + ": damaged HDF5") == "");
  CHECK(run_nv({"inspect", "--audit", damaged}).code == 3);
  const Outcome outcome = run_nv({"inspect", "--audit", "--json", damaged, lambda});
  CHECK(outcome.code == 3);
  const Json json = parse(outcome.out);
  CHECK(violations("audit", json) == "");
  CHECK(json["files"][0]["error"].get<std::string>().starts_with(damaged));
  CHECK(json["findings"].size() == 1);
}

TEST_CASE("inspect --audit: files that nv cannot run, and text that could reach the terminal") {
  const Folder folder;
  const std::string evil = json_model(
      folder, "a.json",
      R"({"class_name": "\u001b[31mEvil\n", "module": "os", "config": {"name": "\u001b]0;x\u0007"}})");
  const Outcome outcome = run_nv({"inspect", "--audit", evil});
  CHECK(outcome.code == 1);
  CHECK(outcome.out.find("foreign-module") != std::string::npos);
  CHECK(outcome.out.find('\x1b') == std::string::npos);
  CHECK(outcome.out.find('\x07') == std::string::npos);
  CHECK(lines(outcome.out).size() == 2);
}

TEST_CASE("inspect --audit: other results in the same command are a usage error") {
  const std::vector<Arguments> others{Arguments{"--dot"},        Arguments{"--summary"},
                                      Arguments{"--layer", "x"}, Arguments{"--stats"},
                                      Arguments{"--diff"},       Arguments{"--json", "--sarif"}};
  for (const Arguments& more : others) {
    Arguments all{"inspect", "--audit", lenet};
    all.insert(all.end(), more.begin(), more.end());
    CHECK(run_nv(all).code == 2);
  }
  CHECK(run_nv({"inspect", "--sarif", lenet}).code == 2);
}
