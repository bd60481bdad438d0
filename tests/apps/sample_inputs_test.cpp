// Sample lists as inputs: DIR, DIR#ID, --items, --truth DIR.
#include <doctest/doctest.h>

#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

/// Samples of two digits by `nv attack`.
void make_two_samples(const std::string& folder) {
  REQUIRE(
      run_nv({"attack", lenet, seven, digit_one, "--method", "pgd", "--eps", "0.25", "-o", folder}).code ==
      0);
}

Json run_of_samples(Arguments words) {
  words.insert(words.begin(), {"run", lenet});
  words.insert(words.end(), {"--json", "--layers", "none"});
  return nv_json("run", words);
}

}  // namespace

TEST_CASE("sample list: every sample is an input with its own id and exactly its numbers") {
  const Folder folder;
  const std::string out = folder / "out";
  make_two_samples(out);
  const Json attack = parse_file(out + "/attack.json");
  const Json all = run_of_samples({out});
  REQUIRE(all["inputs"].size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string id = attack["inputs"][i]["id"].get<std::string>() + ".pgd";
    CHECK(all["inputs"][i]["id"] == id);
    CHECK(all["inputs"][i]["file"] == out + "#" + id);
    CHECK(all["inputs"][i]["prediction"] == attack["inputs"][i]["adversarial"]);
    CHECK(all["inputs"][i]["preprocess"] == attack["inputs"][i]["preprocess"]);
    CHECK(run_of_samples({out + "#" + id})["inputs"][0] == all["inputs"][i]);
  }
  CHECK(run_of_samples({out, "--items", "1"})["inputs"][0] == all["inputs"][1]);
}

TEST_CASE("sample list: --truth takes its labels") {
  const Folder folder;
  const std::string out = folder / "out";
  make_two_samples(out);
  const Json json = run_of_samples({out, "--truth", out});
  CHECK(json["inputs"][0]["truth"] == 7);
  CHECK(json["inputs"][1]["truth"] == 1);
  CHECK(json["summary"]["accuracy"] == 0);
  CHECK(not_one_error(run_nv({"run", lenet, seven, "--truth", out}),
                      out + ": its sample list has no label") == "");
}

TEST_CASE(
    "sample list: with another preprocessing samples are converted to pixels first, as the JSON records") {
  const Folder folder;
  const std::string out = folder / "out";
  make_two_samples(out);
  const auto run = [&](const std::string& input, const std::string& how) {
    return nv_json("run",
                   {"run", lenet, input, "--preprocess", how, "--layers", "image", "--json"})["inputs"][0];
  };
  const Json raw = run(out, "raw"), unit = run(out, "unit");
  CHECK(raw["preprocess"] == "raw, of a sample made as unit");
  CHECK(unit["preprocess"] == "unit");
  CHECK(raw["layers"][0]["max"].get<double>() ==
        doctest::Approx(255 * unit["layers"][0]["max"].get<double>()));
}

TEST_CASE("sample list: errors contain its name") {
  const Folder folder;
  const std::string out = folder / "out";
  make_two_samples(out);
  const Outcome unknown = run_nv({"run", lenet, out + "#7_0293.pdg"});
  CHECK(unknown.code == 3);
  CHECK(not_one_error(unknown, out + ": no sample '7_0293.pdg' in the list") == "");
  CHECK(unknown.err.find("7_0293.pgd") != std::string::npos);
  // A missing file does not affect the other samples.
  std::filesystem::remove(out + "/pgd/7_0293.npy");
  const Outcome gone = run_nv({"run", lenet, out, "--predict"});
  CHECK(gone.code == 3);
  CHECK(lines(gone.out).size() == 1);
  CHECK(count_of(gone.err, "pgd/7_0293.npy") >= 1);
  write(out + "/samples.jsonl", "{\"id\": \"a\", \"file\": \"../secret.npy\"}\n");
  CHECK(run_nv({"run", lenet, out}).code == 3);
}
