// nv explain: formats, and the class that is explained.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "support.h"

using namespace nv::test;

TEST_CASE("explain --format: pictures in each format, and arrays") {
  const Folder folder;
  const std::string out = folder / "out";
  const Json json =
      nv_json("explain", {"explain", small, small_input, "-o", out, "--format", "svg,pdf,npy", "--json"});
  const Json& files = json["inputs"][0]["files"];
  CHECK(files.size() == 3);
  for (const auto& [format, beginning] :
       {std::pair{"svg", "<svg"}, std::pair{"pdf", "%PDF-"}, std::pair{"npy", "\x93NUMPY"}}) {
    CAPTURE(format);
    const std::string file = out + "/" + files[format].get<std::string>();
    CHECK(read(file).substr(0, 400).find(beginning) != std::string::npos);
  }
  CHECK(run_nv({"explain", small, small_input, "-o", out, "--format", "svg,pdf,npy"}).code ==
        0);  // replaces them
}

TEST_CASE("explain: every method gives a map and a sheet, or a table of channels") {
  const Folder folder;
  const std::string cat = example("photos/chelsea-32.png");
  for (const char* method : {"gradient-input", "integrated-gradients", "guided-backprop", "grad-cam",
                             "grad-cam++", "hires-cam", "layer-cam", "ablation-cam", "lrp-epsilon", "lrp"}) {
    CAPTURE(method);
    const std::string out = folder / method;
    const Json item = nv_json("explain", {"explain", vgg, cat, "--method", method, "--format", "png,npy",
                                          "-o", out, "--json"})["inputs"][0];
    CHECK(item["files"].size() == 3);
    CHECK(read(out + "/" + item["files"]["overlay"].get<std::string>()).starts_with("\x89PNG"));
    CHECK(item["label"] == "cat");
    CHECK(read(out + "/" + item["files"]["npy"].get<std::string>()).starts_with("\x93NUMPY"));
    CHECK(item.contains("completeness_gap") == (std::string(method) == "integrated-gradients"));
    CHECK(item.contains("conservation") == std::string(method).starts_with("lrp"));
  }
  const Json drawn =
      nv_json("explain", {"explain", vgg, example("photos/chelsea-32.png"), example("photos/rocket-32.png"),
                          "--method", "expected-gradients", "--set", "baselines=5", "--json"});
  CHECK(drawn["inputs"].size() == 2);
  CHECK(drawn["params"]["baselines"] == 5);
  const Json filters =
      nv_json("explain", {"explain", vgg, cat, "--method", "filters", "--layer", "block2_conv1", "--json"});
  CHECK(filters["inputs"][0]["channels"].size() == 32);
}

TEST_CASE("explain: random methods take a seed and parameters") {
  const auto map = [](const Arguments& more) {
    const Folder folder;
    Arguments words{"explain",   lenet,      seven, "--method", "smoothgrad", "--set",
                    "samples=3", "--format", "npy", "-o",       folder / "o", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Json item = nv_json("explain", words)["inputs"][0];
    return read(folder / ("o/" + item["files"]["npy"].get<std::string>()));
  };
  CHECK(map({}) == map({"--threads", "3"}));
  CHECK(map({}) != map({"--seed", "1"}));
  CHECK(map({}) != map({"--set", "sigma=0.3"}));
}

TEST_CASE("explain: what a method does not take is exit 2, and any output can be explained") {
  for (const Arguments& more : {Arguments{"--method", "lrp", "--layer", "conv2"},
                                {"--method", "rise", "--set", "masks=0"},
                                {"--method", "rise", "--set", "masks"},
                                {"--method", "lrp", "--set", "steps=3"},
                                {"--of", "0[10]"},
                                {"--of", "sum:nowhere"},
                                {"--method", "grad-cam", "--layer", "fc1"}}) {
    Arguments words{"explain", lenet, seven};
    words.insert(words.end(), more.begin(), more.end());
    INFO(typed(words));
    CHECK(run_nv(words).code == 2);
  }
  CHECK(nv_json("explain", {"explain", lenet, seven, "--of", "0[3]", "--json"})["inputs"][0]["class"]
            .is_null());
  CHECK(run_nv({"explain", lenet, seven, "--of", "sum:0"}).code == 0);
  const Outcome list = run_nv({"explain", "--list"});
  CHECK(list.code == 0);
  CHECK(list.out.find("arXiv:1610.02391") != std::string::npos);
}

TEST_CASE("explain: several methods and classes are on one sheet, each with its own array") {
  const Folder folder;
  const std::string cat = example("photos/chelsea-32.png"), out = folder / "out";
  const Json json =
      nv_json("explain", {"explain", vgg, cat, "--method", "grad-cam,lrp", "--class",
                          "predicted,second,dog,cat", "--format", "png,npy", "-o", out, "--json"});
  REQUIRE(json["runs"].size() == 2);
  CHECK(json["runs"][1]["method"] == "lrp");
  std::set<std::string> arrays, sheets;
  for (const Json& run : json["runs"]) {
    REQUIRE(run["inputs"].size() == 4);
    CHECK(run["inputs"][0]["label"] == "cat");
    CHECK(run["inputs"][3]["files"] == run["inputs"][0]["files"]);
    CHECK(run["inputs"][2]["label"] == "dog");
    for (const Json& item : run["inputs"]) {
      CHECK(item["method"] == run["method"]);
      arrays.insert(item["files"]["npy"].get<std::string>());
      sheets.insert(item["files"]["png"].get<std::string>());
    }
  }
  CHECK(arrays.size() == 6);  // the predicted class is cat
  CHECK(sheets.size() == 1);
  for (const std::string& file : arrays) CHECK(std::filesystem::exists(out + "/" + file));
}

TEST_CASE("explain --method all: methods that do not apply are left out and named") {
  const Folder folder;
  const Outcome all =
      run_nv({"explain", lenet, seven, "--method", "all", "--set", "masks=20", "-o", folder / "all.png"});
  CHECK(all.code == 0);
  CHECK(count_of(all.err, "expected-gradients") == 1);
  CHECK(count_of(all.out, "grad-cam++") == 1);
  CHECK(std::filesystem::exists(folder / "all.png"));
  CHECK(run_nv({"explain", lenet, seven, "--method", "expected-gradients"}).code == 2);
}

TEST_CASE("explain --take: a list for --freeze, and --freeze: after how many channels the label changes") {
  const Folder folder;
  const Outcome taken = run_nv({"explain", lenet, seven, "--method", "filters", "--take", "3", "-q"});
  CHECK(taken.code == 0);
  CHECK(taken.out.starts_with("conv2:"));
  CHECK(std::ranges::count(taken.out, ',') == 2);
  const std::string list = taken.out.substr(0, taken.out.find('\n'));
  const Json item = nv_json("explain", {"explain", lenet, seven, "--method", "filters", "--take", "3",
                                        "--freeze", "-o", folder / "out", "--json"})["inputs"][0];
  const Json& steps = item["freezing"]["steps"];
  REQUIRE(steps.size() == 4);
  const Json mutant = nv_json("mutate", {"mutate", lenet, seven, "--freeze", list, "--json"})["inputs"][0];
  CHECK(steps[0]["prediction"]["score"] == mutant["before"]["prediction"]["score"]);
  CHECK(steps[3]["prediction"]["score"] == mutant["after"]["prediction"]["score"]);
  CHECK(item["files"].contains("png"));
  CHECK(run_nv({"explain", lenet, seven, "--method", "lrp", "--take", "3"}).code == 2);
}

TEST_CASE("explain --freeze: of several inputs each has its line, and what is of all is named") {
  const Arguments words{lenet, seven, example("digits/4_0314.png"), "--method", "filters", "--freeze"};
  const Outcome outcome = run_nv(with("explain", words, {"--take", "3", "-q"}));
  CHECK(outcome.code == 0);
  const std::vector<std::string> all = lines(outcome.out);
  REQUIRE(all.size() == 4);
  CHECK(all[0].starts_with("7_0293 "));
  CHECK(all[0].find("label 7 stays with 3 channels frozen: conv2:") != std::string::npos);
  CHECK(all[1].starts_with("4_0314 "));
  CHECK(all[1].find("label 4 → ") != std::string::npos);
  CHECK(all[2] == "label changes: 1 of 2 inputs");
  CHECK(all[3].starts_with("largest mean relevance over 2 inputs (nv mutate --freeze takes it): conv2:"));
  CHECK(nv_json("explain", with("explain", words, {"--take", "3", "--json"}))["summary"]["label_changes"] ==
        1);
}

TEST_CASE("explain --freeze without --take: as many channels as it takes to change the label") {
  const Arguments words{lenet, seven, "--method", "filters", "--freeze"};
  const Json item = nv_json("explain", with("explain", words, {"--json"}))["inputs"][0];
  const Json& freezing = item["freezing"];
  const std::size_t frozen = freezing["label_changes_after"].get<std::size_t>();
  REQUIRE(freezing["steps"].size() == frozen + 1);
  const std::string text = run_nv(with("explain", words, {"-q"})).out;
  const std::string list =
      text.substr(text.find("frozen: ") + 8, text.find('\n') - text.find("frozen: ") - 8);
  const Json mutant = nv_json("mutate", {"mutate", lenet, seven, "--freeze", list, "--json"})["inputs"][0];
  CHECK(mutant["changed"] == true);
  CHECK(mutant["after"]["prediction"]["index"] == freezing["steps"][frozen]["prediction"]["index"]);
  const Folder folder;
  CHECK(run_nv(with("explain", words, {"-q", "-o", folder / "freezing.svg"})).code == 0);
  CHECK(std::filesystem::exists(folder / "freezing.svg"));
}

TEST_CASE("explain: the layer of class activation maps is printed, also without --layer") {
  const Json json = nv_json("explain", {"explain", lenet, seven, "--method", "grad-cam", "--json"});
  CHECK(json["params"]["layer"] == "conv2");
  CHECK(json["inputs"][0]["layer"] == "conv2");
  CHECK(run_nv({"explain", lenet, seven, "--method", "grad-cam"}).out.find("(maps of conv2)") !=
        std::string::npos);
  CHECK_FALSE(nv_json("explain", {"explain", lenet, seven, "--json"})["inputs"][0].contains("layer"));
}

TEST_CASE("explain: each picture of a model with two is in text, JSON, overlays and sheet") {
  const Folder folder;
  const std::string out = folder / "out";
  const Arguments words{fixture("two_pictures/model.keras"),
                        fixture("two_pictures/input.npz"),
                        "--items",
                        "0",
                        "--method",
                        "gradient,grad-cam"};
  const Json json =
      nv_json("explain", with("explain", words, {"-o", out, "--format", "svg,png,npz", "--json"}));
  for (const Json& run : json["runs"]) {
    const Json& item = run["inputs"][0];
    REQUIRE(item["maps"].size() == 2);
    CHECK(item["maps"][0]["input"] == "left");
    CHECK(item["maps"][1]["input"] == "right");
    CHECK(item["maps"][0]["overlay"] == item["files"]["overlay"]);
    std::set<std::string> pictures;
    for (const Json& map : item["maps"]) pictures.insert(read(out + "/" + map["overlay"].get<std::string>()));
    CHECK(pictures.size() == 2);
  }
  CHECK(json["runs"][1]["inputs"][0]["maps"][0]["layer"] == "left_conv");
  CHECK(json["runs"][1]["inputs"][0]["maps"][1]["layer"] == "right_conv");
  const std::string svg = read(out + "/" + json["runs"][0]["inputs"][0]["files"]["svg"].get<std::string>());
  CHECK(svg.find("input left") != std::string::npos);
  CHECK(svg.find("input right") != std::string::npos);
  CHECK(run_nv(with("explain", words, {})).out.find("; right: half of it") != std::string::npos);
}

TEST_CASE("explain --baseline: by name or file, for methods that compare") {
  const auto gap = [&](const std::string& baseline) {
    return nv_json("explain", {"explain", lenet, seven, "--method", "integrated-gradients", "--baseline",
                               baseline, "--json"})["inputs"][0]["completeness_gap"]
        .get<double>();
  };
  CHECK(gap("zero") == gap("black"));
  CHECK(gap("white") != gap("black"));
  CHECK(gap(seven) == doctest::Approx(0));
  CHECK(run_nv({"explain", lenet, seven, "--baseline", "white"}).code == 2);
  CHECK(run_nv({"explain", lenet, seven, "--method", "rise", "--baseline", "nowhere.png"}).code == 3);
}

TEST_CASE("explain --class: by name as by number") {
  const std::string cat = example("photos/chelsea-32.png");
  const auto explained = [&](const std::string& which) {
    return nv_json("explain", {"explain", vgg, cat, "--class", which, "--json"})["inputs"][0];
  };
  CHECK(explained("dog")["class"] == 5);
  CHECK(explained("dog") == explained("5"));
  const Outcome unknown = run_nv({"explain", vgg, cat, "--class", "dgo"});
  CHECK(unknown.code == 2);
  CHECK(not_one_error(unknown, "--class: no class 'dgo'") == "");
  CHECK(count_of(unknown.err, "did you mean dog") == 1);
  CHECK(run_nv({"explain", vgg, cat, "--class", "10"}).code == 2);
  const Outcome unnamed = run_nv({"explain", vgg, cat, "--class", "dog", "--no-defaults"});
  CHECK(unnamed.code == 2);
  CHECK(count_of(unnamed.err, "--labels") == 1);
}

TEST_CASE("attack --target: by name as by number") {
  const std::string cat = example("photos/chelsea-32.png");
  const auto attacked = [&](const std::string& target) {
    return run_nv({"attack", vgg, cat, "--method", "fgsm", "--eps", "0.01", "--target", target, "--json"});
  };
  CHECK(attacked("dog").out == attacked("5").out);
  CHECK(parse(attacked("dog").out)["params"]["target"] == 5);
  CHECK(attacked("dgo").code == 2);
  CHECK(not_one_error(attacked("dgo"), "--target: no class 'dgo'") == "");
}

TEST_CASE("explain: what is given twice, or to a method that does not take it, is reported") {
  const auto refused = [&](const Arguments& more, const std::string& text) {
    const Outcome outcome = run_nv(with("explain", {lenet, seven}, more));
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, text) == "");
  };
  refused({"--class", "1,1"}, "--class: 1 is given twice");
  refused({"--class", "predicted,predicted"}, "--class: predicted is given twice");
  refused({"--method", "smoothgrad", "--set", "samples=3", "--set", "samples=4"},
          "--set: samples is given twice");
  refused({"--method", "smoothgrad", "--set", "base=nosuch"}, "--set base: no method 'nosuch'");
  refused({"--method", "top-patches,gradient"}, "--method: top-patches is about a filter, and stands alone");
  refused({"--method", "gradient", "--take", "3"},
          "explain: --take is for the method filters, or top-patches");
  refused({"--judge", "--judge-step", "393"}, "--judge-step: expected at most 392");
  const Outcome seed = run_nv({"explain", lenet, seven, "--seed", "3"});
  CHECK(seed.code == 0);
  CHECK(count_of(seed.err, "--seed has no effect") == 1);
  CHECK(run_nv({"explain", lenet, seven, "--seed", "3", "--method", "rise", "--set", "masks=10"}).err == "");
}

TEST_CASE("explain --list: methods and the measures of --judge, as text and JSON") {
  const Outcome text = run_nv({"explain", "--list"});
  CHECK(text.code == 0);
  for (const char* name : {"grad-cam", "top-patches", "scaled-infidelity", "max-sensitivity"})
    CHECK_MESSAGE(text.out.find(name) != std::string::npos, name);
  const Json json = nv_json("explain-list", {"explain", "--list", "--json"});
  CHECK(json["methods"].size() > 15);
  CHECK(json["measures"].size() == 10);
  CHECK(run_nv({"explain", "--list", "--csv"}).code == 2);
}

TEST_CASE("explain --judge -o FILE: the sheet says how the methods compare") {
  const Folder folder;
  const Outcome outcome = run_nv({"explain", lenet, seven, "--method", "gradient,grad-cam", "--judge",
                                  "--judge-samples", "2", "-o", folder / "s.svg"});
  CHECK(outcome.code == 0);
  const std::string svg = read(folder / "s.svg");
  CHECK(svg.find("mean rank") != std::string::npos);
  CHECK(svg.find("judged by 1 input") != std::string::npos);
  CHECK(svg.find("deletion") != std::string::npos);
  CHECK(svg.find("InputLayer") == std::string::npos);
  CHECK(svg.find("deletion: share of the input replaced") != std::string::npos);
  CHECK(svg.find("insertion: share of the input shown") != std::string::npos);
}
