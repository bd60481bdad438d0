// nv explain --judge and --method top-patches, as users run them.
#include <doctest/doctest.h>

#include <algorithm>

#include "support.h"

using namespace nv::test;

TEST_CASE("explain --judge: a table of means, per input scores, curves as files") {
  const Folder folder;
  const Json json = nv_json("explain", {"explain", lenet, digits, "--method", "gradient", "--judge",
                                        "--judge-samples", "5", "-o", folder / "o", "--json"});
  const Json& judge = json["judge"];
  REQUIRE(judge["methods"].size() == 1);
  const Json& method = judge["methods"][0];
  CHECK(method["method"] == "gradient");
  CHECK(method["depends_on_weights"] == true);
  CHECK(judge["control"]["depends_on_weights"] == false);
  CHECK(judge["measures"].size() == 10);
  CHECK(judge["verdict"].get<std::string>().starts_with("gradient: removing what it marks lowers the class"));
  // The table is the mean of what each input has.
  for (const Json& m : judge["measures"]) {
    const std::string name = m["name"];
    CAPTURE(name);
    double sum = 0;
    for (const Json& item : json["inputs"]) sum += item["scores"][name].get<double>();
    CHECK(method["scores"][name]["inputs"] == json["inputs"].size());
    CHECK(method["scores"][name]["mean"].get<double>() ==
          doctest::Approx(sum / static_cast<double>(json["inputs"].size())));
    CHECK(method["scores"][name]["standard_error"].get<double>() > 0);
  }
  for (const char* name : {"deletion", "insertion", "pixel-flipping"}) {
    CAPTURE(name);
    CHECK(method["curves"][name].size() == 101);
    CHECK(read(folder / ("o/judge-" + std::string(name) + ".png")).starts_with("\x89PNG"));
  }
  // A digit loses its class faster by what the gradient marks than in a random order.
  CHECK(method["scores"]["deletion"]["mean"].get<double>() <
        judge["control"]["scores"]["deletion"]["mean"].get<double>());
}

TEST_CASE("explain --judge: the same bytes at any number of threads, another seed, other noise") {
  const auto judged = [](const Arguments& more) {
    Arguments words{"explain", lenet,          seven, "--judge", "--judge-samples",
                    "3",       "--judge-step", "49",  "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_nv(words).out;
  };
  CHECK(judged({}) == judged({"--threads", "3"}));
  CHECK(judged({}) != judged({"--seed", "1"}));
}

TEST_CASE("explain --judge: rows and text, one per method") {
  const Arguments words{"explain", lenet, seven, "--judge", "--judge-samples", "2", "--judge-step", "98"};
  Arguments csv = words;
  csv.emplace_back("--csv");
  const Outcome rows = run_nv(csv);
  CHECK(rows.code == 0);
  CHECK(count_of(rows.out, "\n") == 2);
  CHECK(rows.out.starts_with("method,rank,mean_rank,depends_on_weights,scores.deletion.mean,"));
  const Outcome text = run_nv(words);
  CHECK(text.out.find("random") != std::string::npos);
  CHECK(text.out.find("gradient: removing what it marks") != std::string::npos);
}

TEST_CASE("explain --judge: what cannot be judged is exit 2") {
  for (const Arguments& more :
       {Arguments{"--judge-samples", "3"}, Arguments{"--judge", "--method", "filters"},
        Arguments{"--judge", "--judge-samples", "0"}}) {
    Arguments words{"explain", lenet, seven};
    words.insert(words.end(), more.begin(), more.end());
    INFO(typed(words));
    CHECK(run_nv(words).code == 2);
  }
}

TEST_CASE("explain --method top-patches: the largest units of a channel, with the patches that they see") {
  const Folder folder;
  const Json json =
      nv_json("explain", {"explain", lenet, digits, "--method", "top-patches", "--layer", "conv2",
                          "--channel", "3", "--take", "4", "-o", folder / "o", "--json"});
  CHECK(json["of"] == "conv2:3");
  REQUIRE(json["inputs"].size() == 4);
  double last = 1e9;
  for (const Json& item : json["inputs"]) {
    const Json& patch = item["patch"];
    CHECK(patch["value"].get<double>() <= last);
    last = patch["value"];
    // conv1 5 x 5 with padding, pool 2, conv2 5 x 5: 14 pixels, less at the border.
    CHECK(patch["top"] == std::max<int>(0, 2 * patch["row"].get<int>() - 2));
    CHECK(patch["height"].get<int>() ==
          std::min(28, 2 * patch["row"].get<int>() + 12) - patch["top"].get<int>());
  }
  CHECK(read(folder / ("o/" + json["summary"]["files"]["png"].get<std::string>())).starts_with("\x89PNG"));
  const Json same =
      nv_json("explain", {"explain", lenet, digits, "--method", "top-patches", "--layer", "conv2",
                          "--channel", "3", "--take", "4", "--threads", "3", "--json"});
  CHECK(same["inputs"] == json["inputs"]);
}

TEST_CASE("explain --method top-patches: a chosen unit, and what does not exist") {
  const Json unit = nv_json("explain", {"explain", lenet, seven, "--method", "top-patches", "--layer",
                                        "conv1", "--channel", "0", "--unit", "10,20", "--json"});
  const Json& patch = unit["inputs"][0]["patch"];
  CHECK(patch["row"] == 10);
  CHECK(patch["top"] == 8);
  CHECK(patch["left"] == 18);
  CHECK(patch["height"] == 5);
  CHECK(patch["width"] == 5);
  for (const Arguments& more :
       {Arguments{}, Arguments{"--layer", "conv1"}, Arguments{"--layer", "conv1", "--channel", "6"},
        Arguments{"--layer", "conv1", "--channel", "0", "--unit", "28,0"},
        Arguments{"--layer", "conv1", "--channel", "0", "--unit", "x"}}) {
    Arguments words{"explain", lenet, seven, "--method", "top-patches"};
    words.insert(words.end(), more.begin(), more.end());
    INFO(typed(words));
    CHECK(run_nv(words).code == 2);
  }
  CHECK(run_nv({"explain", lenet, seven, "--channel", "0"}).code == 2);
  const Outcome none =
      run_nv({"explain", lenet, seven, "--method", "top-patches", "--layer", "conv1", "--channel", "6"});
  CHECK(not_one_error(none, lenet + ": layer conv1: no channel 6: the layer has 6, numbered from 0") == "");
}
