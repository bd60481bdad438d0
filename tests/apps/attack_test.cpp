// nv attack: results, files, the sample list and exit codes.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

Json attack_json(Arguments words) {
  words.insert(words.begin(), {"attack", lenet});
  words.emplace_back("--json");
  return nv_json("attack", words);
}

}  // namespace

TEST_CASE("attack: a line per input of few, and a table with eps and the range of inputs") {
  const Outcome outcome = run_nv({"attack", lenet, seven, "--method", "pgd", "--eps", "0.3"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  const auto text = lines(outcome.out);
  REQUIRE(text.size() == 5);
  CHECK(text[0].starts_with("7_0293                   success  7 -> "));
  CHECK(text[1] == "1 input, values from 0 to 1");
  CHECK(text[3].starts_with("method  norm  eps  attacked  succeeded"));
  CHECK(text[4].starts_with("pgd     Linf  0.3         1          1   1.0000"));
}

TEST_CASE("attack --json: predictions before and after, the change by every norm, the cost") {
  const Json json = attack_json({digits, "--truth", "from-name", "--method", "bim", "--eps", "64/255"});
  CHECK(json["method"] == "bim");
  CHECK(json["params"]["norm"] == "Linf");
  CHECK(json["params"]["eps"].get<double>() == doctest::Approx(64.0 / 255));
  CHECK(json["params"]["bounds"] == Json({0.0, 1.0}));
  CHECK(json["params"]["steps"] == 10);
  const Json& summary = json["summary"];
  CHECK(summary["inputs"] == 20);
  CHECK(summary["attacked"].get<int>() + summary["skipped"].get<int>() == 20);
  CHECK(summary["clean_accuracy"].get<double>() >= summary["robust_accuracy"].get<double>());
  int succeeded = 0;
  for (const Json& input : json["inputs"]) {
    if (input["status"] == "skipped") continue;
    CHECK(input["original"]["index"] == input["truth"]);
    CHECK((input["adversarial"]["index"] != input["truth"]) == (input["status"] == "success"));
    CHECK(input["linf"].get<double>() <= 64.0 / 255 + 1e-6);
    CHECK(input["gradients"] == 10);
    succeeded += input["status"] == "success" ? 1 : 0;
  }
  CHECK(summary["succeeded"] == succeeded);
}

TEST_CASE("attack: several methods are several runs over the same inputs") {
  const Json json = attack_json({seven, "--method", "fgsm, bim", "--eps", "0.3"});
  REQUIRE(json["runs"].size() == 2);
  CHECK_FALSE(json.contains("method"));
  CHECK(json["runs"][0]["method"] == "fgsm");
  CHECK(json["runs"][1]["inputs"][0]["id"] == "7_0293");
}

TEST_CASE("attack: an input of another class than its truth is skipped and counted") {
  const Folder folder;
  write(folder / "truth.txt", "3\n7\n");
  const Json json = attack_json(
      {seven, digits + "/7_0414.png", "--truth", folder / "truth.txt", "--method", "fgsm", "--eps", "0.4"});
  CHECK(json["inputs"][0]["status"] == "skipped");
  CHECK(json["inputs"][0]["reason"] == "misclassified");
  CHECK(json["summary"]["skipped"] == 1);
  CHECK(json["summary"]["clean_accuracy"] == 0.5);
}

TEST_CASE("attack -o: the exact sample, the picture and a line in the sample list") {
  const Folder folder;
  const std::string out = folder / "out";
  const Json json = attack_json({seven, "--method", "bim", "--eps", "0.3", "-o", out});
  const Json& files = json["inputs"][0]["files"];
  CHECK(files["npy"] == "bim/7_0293.npy");
  CHECK(files["png"] == "bim/7_0293.png");
  const auto lines_of_list = lines(read(out + "/samples.jsonl"));
  REQUIRE(lines_of_list.size() == 1);
  const Json sample = parse(lines_of_list[0]);
  CHECK(violations("sample", sample) == "");
  CHECK(sample["id"] == "7_0293.bim");
  CHECK(sample["label"] == 7);
  CHECK(sample["origin"] == seven);
  CHECK(sample["params"] == json["params"]);
  CHECK(read(out + "/attack.json").find("\"bim/7_0293.npy\"") != std::string::npos);

  // The model misclassifies the sample, and the picture if it survives.
  const Json exact = nv_json("run", {"run", lenet, out + "/bim/7_0293.npy", "--layers", "none", "--json"});
  CHECK(exact["inputs"][0]["prediction"] == json["inputs"][0]["adversarial"]);
  const Json saved = nv_json("run", {"run", lenet, out + "/bim/7_0293.png", "--layers", "none", "--json"});
  CHECK((saved["inputs"][0]["prediction"]["index"] != 7) == json["inputs"][0]["survives_png"].get<bool>());
}

TEST_CASE("attack -o: samples of earlier runs stay, the same sample is replaced") {
  const Folder folder;
  const std::string out = folder / "out";
  const auto attack = [&](const std::string& input, const std::string& method, const std::string& eps) {
    CHECK(run_nv({"attack", lenet, digits + "/" + input, "--method", method, "--eps", eps, "-o", out}).code ==
          0);
  };
  attack("7_0293.png", "bim", "0.3");
  attack("1_0054.png", "bim", "0.4");
  attack("7_0293.png", "pgd", "0.3");
  attack("7_0293.png", "bim", "0.4");
  const auto list = lines(read(out + "/samples.jsonl"));
  REQUIRE(list.size() == 3);
  CHECK(parse(list[0])["id"] == "7_0293.bim");
  CHECK(parse(list[0])["params"]["eps"] == 0.4);
  CHECK(parse(list[1])["id"] == "1_0054.bim");
  CHECK(parse(list[2])["id"] == "7_0293.pgd");
  for (const std::string& text : list)
    CHECK(std::filesystem::exists(out + "/" + parse(text)["file"].get<std::string>()));
}

TEST_CASE("attack --keep all: failures are written too, but not listed") {
  const Folder folder;
  const std::string out = folder / "out";
  const Outcome outcome =
      run_nv({"attack", lenet, seven, "--method", "fgsm", "--eps", "1/255", "-o", out, "--keep", "all"});
  CHECK(outcome.code == 1);
  CHECK(std::filesystem::exists(out + "/fgsm/7_0293.npy"));
  CHECK_FALSE(std::filesystem::exists(out + "/samples.jsonl"));
  CHECK(run_nv({"attack", lenet, seven, "--method", "fgsm", "--eps", "1/255", "-o", out}).code == 1);
  CHECK_FALSE(std::filesystem::exists(out + "/fgsm/7_0293.npy"));
}

TEST_CASE("attack: exit 1 if no sample was found, unless a gate is given") {
  const Arguments weak{"attack", lenet, seven, "--truth", "from-name", "--method", "fgsm", "--eps", "1/255"};
  CHECK(run_nv(weak).code == 1);
  Arguments gated = weak;
  gated.insert(gated.end(), {"--fail-below", "robust_accuracy=0.6"});
  CHECK(run_nv(gated).code == 0);
  gated[8] = "0.5";
  const Outcome outcome = run_nv(gated);
  CHECK(outcome.code == 1);
  CHECK(outcome.err == "nv: error: robust_accuracy is 0.0000, below 0.6\n");
}

TEST_CASE("attack: the same bytes at any number of threads and any batch size") {
  const Arguments words{"attack", lenet, digits, "--method", "pgd", "--steps", "5", "--eps", "0.2", "--json"};
  Arguments one = words, two = words;
  one.insert(one.end(), {"--threads", "1", "--batch", "1"});
  two.insert(two.end(), {"--threads", "2", "--batch", "7"});
  CHECK(run_nv(one).out == run_nv(two).out);
}

TEST_CASE("attack: inputs with values outside the bounds are errors") {
  const Outcome outcome =
      run_nv({"attack", lenet, seven, "--method", "fgsm", "--preprocess", "raw", "--bounds", "0,1"});
  CHECK(outcome.code == 3);
  CHECK(outcome.err.starts_with("nv: error: " + seven +
                                ": values from 0 to 255 are out of the bounds 0 to 1\nhint: "));
  const Json raw = parse(run_nv({"attack", lenet, seven, "--method", "fgsm", "--preprocess", "raw", "--eps",
                                 "100/255", "--json"})
                             .out);
  CHECK(raw["params"]["eps"] == 100.0);
  CHECK(raw["params"]["bounds"] == Json({0.0, 255.0}));
}

TEST_CASE("attack --list: every attack with its parameters, as text and JSON") {
  const Json json = nv_json("attack-list", {"attack", "--list", "--json"});
  const Outcome text = run_nv({"attack", "--list"});
  CHECK(text.code == 0);
  for (const Json& m : json["methods"])
    CHECK(text.out.find("  " + m["name"].get<std::string>()) != std::string::npos);
}

TEST_CASE("attack --method universal: one change, written once, its fooling rate is the success rate") {
  const Folder folder;
  const std::string out = folder / "out";
  const Json json = attack_json({digits, "--method", "universal", "--eps", "0.3", "-o", out});
  const Json& change = json["perturbation"];
  CHECK(change["linf"].get<double>() == doctest::Approx(0.3));
  CHECK(change["files"] == Json({{"npy", "universal.npy"}, {"png", "universal.png"}}));
  CHECK(std::filesystem::exists(out + "/universal.npy"));
  CHECK(std::filesystem::exists(out + "/universal.png"));
  CHECK(json["summary"]["success_rate"].get<double>() > 0.2);
  CHECK(lines(read(out + "/samples.jsonl")).size() == json["summary"]["succeeded"]);
}

TEST_CASE("attack --method deepxplore: models that agree are made to differ, coverage before and after") {
  const Folder folder;
  const std::string out = folder / "out", other = folder / "other.h5";
  REQUIRE(
      run_nv({"mutate", lenet, "--freeze", "conv1:0,3", "--freeze-as", "weights", "--save", other}).code ==
      0);
  const Arguments words{digits, "--method", "deepxplore", "--models", other, "--set", "constraint=occlusion"};
  Arguments written = words;
  written.insert(written.end(), {"-o", out});
  const Json json = attack_json(written);
  CHECK(json["params"]["constraint"] == "occlusion");
  int found = 0;
  for (const Json& input : json["inputs"]) {
    const Json& there = input["others"][0];
    if (input["status"] == "skipped") {
      CHECK(input["reason"] == "the models disagree");
      CHECK(there["original"]["index"] != input["original"]["index"]);
      CHECK(there["adversarial"].is_null());
      continue;
    }
    CHECK(there["original"]["index"] == input["original"]["index"]);
    CHECK((there["adversarial"]["index"] != input["adversarial"]["index"]) == (input["status"] == "success"));
    if (input["status"] != "success") continue;
    ++found;
    const std::string sample = out + "/" + input["files"]["npy"].get<std::string>();
    const Json again = nv_json("run", {"run", other, sample, "--layers", "none", "--json"});
    CHECK(again["inputs"][0]["prediction"] == there["adversarial"]);
  }
  CHECK(found >= 3);
  REQUIRE(json["coverage"].size() == 2);
  CHECK(json["coverage"][0]["model"] == lenet);
  CHECK(json["coverage"][1]["model"] == other);
  for (const Json& c : json["coverage"]) {
    CHECK(c["before"].get<double>() > 0.5);
    CHECK(c["after"].get<double>() >= c["before"].get<double>());
  }
  Arguments text = words;
  text.insert(text.begin(), {"attack", lenet});
  CHECK(run_nv(text).out.find("neuron coverage of " + other + ": ") != std::string::npos);
}

TEST_CASE("attack: an invalid command line is exit 2") {
  const auto refused = [](Arguments words, const std::string& beginning) {
    words.insert(words.begin(), {"attack", lenet, seven});
    const Outcome outcome = run_nv(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, beginning) == "");
  };
  refused({}, "attack: --method is required");
  refused({"--method", "fsgm"}, "--method: no attack 'fsgm'");
  refused({"--method", "fgsm,fgsm"}, "--method: fgsm is given twice");
  refused({"--method", "fgsm", "--steps", "3"}, "--steps: fgsm has no such parameter");
  refused({"--method", "bim", "--set", "steps=3"}, "--set: steps is a separate option");
  refused({"--method", "bim", "--set", "momentum"}, "--set: expected NAME=VALUE, got 'momentum'");
  refused({"--method", "mi-fgsm", "--set", "momentum=a"}, "--set momentum: expected a number, got 'a'");
  refused({"--method", "fgsm", "--eps", "8/"}, "--eps: expected a positive number, got '8/'");
  refused({"--method", "fgsm", "--norm", "L7"}, "--norm: expected L0, L1, L2 or Linf, got 'L7'");
  refused({"--method", "fgsm", "--bounds", "1"}, "--bounds: expected LO,HI, got '1'");
  refused({"--method", "fgsm", "--bounds", "1,0"}, "--bounds: expected LO below HI, got 1,0");
  refused({"--method", "deepxplore"}, "--method: deepxplore attacks several models at once");
  refused({"--method", "deepxplore", "--models", lenet, "--set", "constraint=dark"},
          "--set constraint: expected ");
  refused({"--method", "deepxplore", "--models", lenet, "--restarts", "2"},
          "--restarts: expected 1, as deepxplore");
  refused({"--method", "fgsm", "--models", lenet}, "--models: none of the methods");
  refused({"--method", "bim", "--target", "10"}, "--target: ");
  refused({"--method", "bim", "--keep", "all"}, "attack: --keep needs a folder");
  refused({"--method", "bim", "--fail-below", "robust_accuracy=1"},
          "attack: --fail-below needs true classes");
  CHECK(run_nv({"attack", "--method", "fgsm"}).code == 2);
}
