// nv mutate: documents, sheets and saved models.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

TEST_CASE("mutate: the document contains the changes and their effects") {
  const Json json =
      nv_json("mutate", {"mutate", lenet, digits, "--freeze", "conv1:0,3", "--truth", "from-name", "--json"});
  CHECK(json["mutations"][0] ==
        Json{{"op", "freeze"}, {"layer", "conv1"}, {"filters", {0, 3}}, {"as", "output"}});
  const Json& layers = json["inputs"][0]["layers"];
  CHECK(layers[0]["l2"] == 0);
  CHECK(layers[1]["path"] == "conv1");
  CHECK(layers[1]["l2"] > 0);
  CHECK(layers[1]["top_channels"].size() == 2);
  std::size_t changed = 0;
  for (const Json& input : json["inputs"]) {
    const bool flips = input["before"]["prediction"]["index"] != input["after"]["prediction"]["index"];
    CHECK(input["changed"] == flips);
    changed += flips ? 1 : 0;
  }
  CHECK(json["summary"]["changed"] == changed);
  CHECK(json["summary"]["accuracy_before"] == 1);
}

TEST_CASE("mutate: --freeze twice, a configuration and nv run give the same results") {
  const Folder folder;
  write(folder / "f.json",
        R"([{"layer_name": "conv1", "feature_index": 0}, {"layer_name": "conv2", "feature_index": 5}])");
  const auto after = [](const Json& json) { return json["inputs"][0]["after"]["prediction"]; };
  const Json a =
      nv_json("mutate", {"mutate", lenet, seven, "--freeze", "conv1:0", "--freeze", "conv2:5", "--json"});
  const Json b = nv_json("mutate", {"mutate", lenet, seven, "--config", folder / "f.json", "--json"});
  const Json c = nv_json("run", {"run", lenet, seven, "--config", folder / "f.json", "--json"});
  CHECK(after(a) == after(b));
  CHECK(after(a) == c["inputs"][0]["prediction"]);
}

TEST_CASE("mutate: many inputs are summed up, --lines lists them") {
  const Arguments words{"mutate", lenet, digits, "--freeze", "conv1:0-3", "--truth", "from-name"};
  const std::string text = run_nv(words).out;
  CHECK(count_of(text, "7_0293") <= 1);  // as the input of a largest difference
  CHECK(count_of(text, " -> ") == 1);    // of the accuracy
  CHECK(count_of(text, "of 20 predictions changed") == 1);
  CHECK(count_of(text, "conv1 ") == 1);
  Arguments with_lines = words;
  with_lines.push_back("--lines");
  CHECK(count_of(run_nv(with_lines).out, " -> ") == 21);
  CHECK(run_nv({"mutate", lenet, digits, "--rank-filters", "--lines"}).code == 2);
}

TEST_CASE("mutate: a saved mutant gives the same predictions") {
  for (const std::string extension : {".h5", ".keras"}) {
    const Folder folder;
    const std::string saved = folder / ("m" + extension);
    const Json json = nv_json("mutate", {"mutate", lenet, seven, "--freeze", "conv1:0", "--freeze", "pool2:3",
                                         "--save", saved, "--json"});
    const Json run = nv_json("run", {"run", saved, seven, "--json"});
    const double was = json["inputs"][0]["after"]["prediction"]["score"],
                 is = run["inputs"][0]["prediction"]["score"];
    CHECK(is == doctest::Approx(was).epsilon(1e-5));
    CHECK(run_nv({"mutate", lenet, "--freeze", "conv1:0", "--save", saved}).code ==
          0);  // replaced, no inputs needed
  }
  CHECK(run_nv({"mutate", lenet, "--freeze", "conv1:0", "--save", lenet}).code == 2);
}

TEST_CASE("mutate: sheets of every layer, and the overview") {
  const Folder folder;
  const Outcome outcome =
      run_nv({"mutate", small, small_input, "--freeze", "0:0", "-o", folder / "out", "--format", "png,svg"});
  if (outcome.code != 0) {  // layer 0 can be the input
    REQUIRE(
        run_nv({"mutate", small, small_input, "--freeze", "1:0", "-o", folder / "out", "--format", "png,svg"})
            .code == 0);
  }
  const auto files = names(folder / "out");
  CHECK(std::ranges::count_if(files, [](const std::string& f) { return f.ends_with(".png"); }) >= 4);
  CHECK(std::ranges::count_if(files, [](const std::string& f) { return f.ends_with("overview.svg"); }) == 1);
  CHECK(violations("mutate", parse_file(folder / "out/mutate.json")) == "");
}

TEST_CASE("mutate: a sheet says what is frozen or mutated, and needs no layers") {
  const Folder folder;
  const auto svg = [&](Arguments more) {
    Arguments arguments{"mutate", lenet, seven, "-o", folder / "x.svg"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    REQUIRE(run_nv(arguments).code == 0);
    return read(folder / "x.svg");
  };
  for (const std::string layers : {"all", "fc1", "none"})
    CHECK(svg({"--freeze", "conv1:0-2", "--layers", layers}).find("frozen (conv1 0-2): ") !=
          std::string::npos);
  write(folder / "f.json", R"({"mutations": [{"op": "gaussian-fuzz", "layer": "fc1", "sigma": 0.5}]})");
  CHECK(svg({"--config", folder / "f.json"}).find("mutated (gaussian-fuzz fc1") != std::string::npos);
  REQUIRE(run_nv({"mutate", lenet, seven, "--freeze", "conv1:0", "--layers", "none", "-o", folder / "out"})
              .code == 0);
  CHECK(std::filesystem::exists(folder / "out/7_0293/overview.png"));
  CHECK_FALSE(std::filesystem::exists(folder / "out/7_0293/growth.png"));
  CHECK(violations("mutate", parse_file(folder / "out/mutate.json")) == "");
}

TEST_CASE("mutate: importance of filters") {
  const Folder folder;
  const Json json = nv_json("mutate", {"mutate", lenet, seven, "--rank-filters", "--layers", "conv1",
                                       "--json", "-o", folder / "out"});
  CHECK(json["filters"].size() == 6);
  CHECK(std::filesystem::exists(folder / "out/filters.png"));
  const Json one = nv_json("mutate", {"mutate", lenet, seven, "--freeze", "conv1:4", "--json"});
  const double change = one["inputs"][0]["after"]["prediction"]["score"].get<double>() -
                        one["inputs"][0]["before"]["prediction"]["score"].get<double>();
  for (const Json& f : json["filters"])
    if (f["channel"] == 4) CHECK(f["score_change"].get<double>() == doctest::Approx(change).epsilon(1e-4));
}

TEST_CASE("mutate: random mutants are the same at any number of threads, another seed gives others") {
  const Arguments base{"mutate", lenet, digits, "--generate", "6", "--json"};
  const auto with = [&](Arguments more) {
    Arguments all = base;
    all.insert(all.end(), more.begin(), more.end());
    return run_nv(all).out;
  };
  const std::string one = with({"--threads", "1"});
  CHECK(one == with({"--threads", "4"}));
  CHECK(one != with({"--seed", "100"}));
  CHECK(violations("mutate", parse(one)) == "");
  CHECK(run_nv({"mutate", lenet, digits, "--generate", "3", "--fail-below", "mutation_score=0.99"}).code ==
        1);
  CHECK(run_nv({"mutate", lenet, "--list"}).out.find("gaussian-fuzz") != std::string::npos);
}

TEST_CASE("mutate: missing options are reported") {
  for (const Arguments& bad :
       std::vector<Arguments>{{"mutate", lenet, seven},
                              {"mutate", lenet},
                              {"mutate", lenet, "--freeze", "conv1:0"},
                              {"mutate", lenet, seven, "--freeze", "conv1:9"},
                              {"mutate", lenet, seven, "--freeze", "conv9:0"},
                              {"mutate", lenet, seven, "--freeze", "conv1:0", "--rank-filters"},
                              {"mutate", lenet, seven, "--generate", "2", "--operators", "melt"}}) {
    CAPTURE(typed(bad));
    const Outcome outcome = run_nv(bad);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "") == "");
  }
  const Folder folder;
  write(folder / "f.json", "{");
  CHECK(run_nv({"mutate", lenet, seven, "--config", folder / "f.json"}).code == 3);
}
