// nv rank: order, scores, APFD, samples.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "nv/core/file.h"
#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

/// The example images that the model was not trained on, with their true classes.
const Arguments kept{lenet, kept_images, "--truth", kept_labels};

Json ranked(const Arguments& more) {
  Arguments words = with("rank", kept, more);
  words.emplace_back("--json");
  return nv_json("rank", words);
}

}  // namespace

TEST_CASE("rank: inputs by gini, highest first, with the scores of the model's own outputs") {
  const Json json = nv_json("rank", {"rank", lenet, digits, "--json"});
  CHECK(json["by"] == Json{"gini"});
  REQUIRE(json["inputs"].size() == 20);
  for (std::size_t i = 0; i < 20; ++i) {
    const Json& input = json["inputs"][i];
    CHECK(input["rank"] == i + 1);
    if (i > 0) CHECK(input["scores"]["gini"] <= json["inputs"][i - 1]["scores"]["gini"]);
  }
  const Json& first = json["inputs"][0];
  const Json run = nv_json("run", {"run", lenet, first["file"], "--layers", "none", "--top", "10", "--json"});
  double squares = 0;
  for (const Json& c : run["inputs"][0]["top"]) squares += std::pow(c["score"].get<double>(), 2);
  CHECK(first["scores"]["gini"].get<double>() == doctest::Approx(1 - squares).epsilon(1e-6));
  CHECK(first["prediction"] == run["inputs"][0]["prediction"]);
}

TEST_CASE("rank: several metrics, each with ranks of its own, and their APFD from the order") {
  const Json json = ranked({"--by", "margin,gini,entropy,least-confidence"});
  const auto n = json["inputs"].size();
  CHECK(json["summary"]["inputs"] == n);
  double faults = 0, sum = 0;
  for (const Json& input : json["inputs"]) {
    CHECK(input["correct"] == (input["truth"] == input["prediction"]["index"]));
    if (input["correct"]) continue;
    ++faults;
    sum += input["ranks"]["entropy"].get<double>();
  }
  REQUIRE(faults > 0);
  CHECK(json["summary"]["faults"] == faults);
  const auto size = static_cast<double>(n);
  CHECK(json["summary"]["apfd"]["entropy"].get<double>() ==
        doctest::Approx(1 - sum / (size * faults) + 1 / (2 * size)));
  for (const auto& apfd : json["summary"]["apfd"].items()) {
    CHECK(apfd.value() > 0.8);  // far from 0.5, that of a random order
    CHECK(apfd.value() <= json["summary"]["best_apfd"]);
  }
  for (std::size_t i = 1; i < n; ++i)
    CHECK(json["inputs"][i - 1]["scores"]["margin"] <= json["inputs"][i]["scores"]["margin"]);
}

TEST_CASE("rank: the same bytes at any number of threads") {
  const Arguments words = with("rank", kept, {"--by", "gini,margin", "--json"});
  CHECK(run_nv(with("rank", kept, {"--by", "gini,margin", "--json", "--threads", "1"})).out ==
        run_nv(with("rank", kept, {"--by", "gini,margin", "--json", "--threads", "3"})).out);
}

TEST_CASE(
    "rank --jsonl: a line per input in the order of the command line, without ranks, then the summary") {
  const std::vector<std::string> text = lines(run_nv({"rank", lenet, digits, "no.png", "--jsonl"}).out);
  REQUIRE(text.size() == 22);
  const Json whole = nv_json("rank", {"rank", lenet, digits, "--json"});
  std::map<std::string, Json> by_id;
  for (const Json& input : whole["inputs"]) by_id[input["id"]] = input;
  for (std::size_t i = 0; i < 20; ++i) {
    const Json one = parse(text[i]);
    if (i > 0) CHECK(one["id"] > parse(text[i - 1])["id"]);
    CHECK_FALSE(one.contains("rank"));
    CHECK(one["scores"] == by_id.at(one["id"])["scores"]);
  }
  CHECK(parse(text[20])["status"] == "error");
  CHECK(parse(text[21])["schema"] == "neuralvis/rank/1");
  CHECK(parse(text[21])["summary"]["errors"] == 1);
}

TEST_CASE("rank --csv: rows in the order of the ranking") {
  const std::vector<std::string> text = lines(run_nv({"rank", lenet, digits, "--csv"}).out);
  REQUIRE(text.size() == 21);
  CHECK(text[0].starts_with("rank,id,file,status,scores.gini,prediction.index,"));
  CHECK(text[1].starts_with("1,"));
  CHECK(text[20].starts_with("20,"));
}

TEST_CASE("rank: text lists the first 20, and all with --lines") {
  const Outcome few = run_nv(with("rank", kept, {})), all = run_nv(with("rank", kept, {"--lines"}));
  CHECK(few.code == 0);
  CHECK(few.out.find("more (--lines lists all)") != std::string::npos);
  CHECK(few.out.find("APFD gini") != std::string::npos);
  CHECK(lines(all.out).size() > 500);
}

TEST_CASE("rank --take: the first inputs become a sample list that every command reads") {
  const Folder folder;
  const std::string out = folder / "out";
  const Json json = ranked({"--take", "3", "-o", out});
  CHECK(violations("rank", parse_file(out + "/rank.json")) == "");
  const std::vector<std::string> list = lines(read(out + "/samples.jsonl"));
  REQUIRE(list.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const Json sample = parse(list[i]);
    CHECK(violations("rank-sample", sample) == "");
    CHECK(sample["id"] == json["inputs"][i]["id"]);
    CHECK(sample["label"] == json["inputs"][i]["truth"]);
    CHECK(sample["rank"] == i + 1);
    CHECK(std::filesystem::exists(out + "/" + sample["picture"].get<std::string>()));
  }
  const Json again = nv_json("run", {"run", lenet, out, "--layers", "none", "--json"});
  REQUIRE(again["inputs"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(again["inputs"][i]["prediction"] == json["inputs"][i]["prediction"]);
  CHECK(std::filesystem::exists(out + "/curve.png"));
  CHECK(std::filesystem::exists(out + "/first.png"));

  // A second run adds to the list, and replaces what it takes again.
  REQUIRE(run_nv({"rank", lenet, digits, "--take", "2", "-o", out}).code == 0);
  CHECK(lines(read(out + "/samples.jsonl")).size() == 5);
  REQUIRE(run_nv({"rank", lenet, digits, "--take", "2", "-o", out}).code == 0);
  CHECK(lines(read(out + "/samples.jsonl")).size() == 5);
  CHECK(nv_json("samples", {"samples", out, "--json"})["total"] == 5);
}

TEST_CASE("rank --fail-below: exit 1 below the bound, and without faults, the result is written") {
  CHECK(run_nv(with("rank", kept, {"--fail-below", "apfd=0.5"})).code == 0);
  const Outcome below = run_nv(with("rank", kept, {"--fail-below", "apfd=0.9999"}));
  CHECK(below.code == 1);
  CHECK(below.err.find("apfd of gini is 0.9") != std::string::npos);
  CHECK(below.out.find("APFD gini") != std::string::npos);
  const Outcome none = run_nv({"rank", lenet, digits, "--truth", "from-name", "--fail-below", "apfd=0.5"});
  CHECK(none.code == 1);
  CHECK(none.err.find("not defined without faults") != std::string::npos);
}

TEST_CASE("rank: the curve as a sheet and on a page") {
  const Folder folder;
  const Outcome outcome = run_nv(
      with("rank", kept, {"--by", "gini,entropy", "-o", folder / "c.svg", "--html", folder / "p.html"}));
  CHECK(outcome.code == 0);
  CHECK(read(folder / "c.svg").find("share of the faults found") != std::string::npos);
  const std::string page = read(folder / "p.html");
  CHECK(page.find("APFD of entropy") != std::string::npos);
  CHECK(page.find("share of the faults found") != std::string::npos);
}

TEST_CASE("rank --to: the nearest inputs by the activations of a layer, and their sheet") {
  const Folder folder;
  const Arguments words{"rank", lenet, digits, "--to", seven, "--layer", "fc1"};
  Arguments json_words = words;
  json_words.emplace_back("--json");
  const Json json = nv_json("rank", json_words);
  CHECK(json["by"] == Json{"cosine", "l2"});
  CHECK(json["layer"] == "fc1");
  CHECK(json["to"]["id"] == "7_0293");
  CHECK(json["inputs"][0]["id"] == "7_0293");
  CHECK(json["inputs"][0]["scores"]["l2"] == 0);
  CHECK(json["inputs"][1]["id"] == "7_0414");  // the other seven
  Arguments sheet = words;
  sheet.insert(sheet.end(), {"-o", folder / "near.svg"});
  REQUIRE(run_nv(sheet).code == 0);
  const std::string svg = read(folder / "near.svg");
  CHECK(svg.find("query: 7") != std::string::npos);
  CHECK(svg.find("nearest 20 of 20 inputs") != std::string::npos);
}

TEST_CASE("rank --to: distances are those of the layer's values") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a", "b"}, 1);  // every unit: sum of the inputs + 1/8
  const std::string query = vector_input(folder, {1, 0, 0}, "q.npy"),
                    near = vector_input(folder, {1, 1, 0}, "n.npy"),
                    far = vector_input(folder, {4, 0, 0}, "f.npy");
  const Json json = nv_json(
      "rank", with("rank", model, {far, near, "--to", query, "--layer", "a", "--by", "l2,cosine", "--json"}));
  CHECK(json["inputs"][0]["id"] == "n");
  CHECK(json["inputs"][0]["scores"]["l2"].get<double>() == doctest::Approx(std::sqrt(3.0)));
  CHECK(json["inputs"][1]["scores"]["l2"].get<double>() == doctest::Approx(3 * std::sqrt(3.0)));
  CHECK(json["inputs"][1]["scores"]["cosine"].get<double>() < 1e-12);
}

TEST_CASE("rank --model-b: the inputs that a changed model gets wrong") {
  const Folder folder;
  const std::string mutant = folder / "mutant.h5";
  REQUIRE(run_nv({"mutate", lenet, "--freeze", "conv2:0-7", "--save", mutant}).code == 0);
  const Json json = ranked({"--model-b", mutant});
  std::size_t wrong = 0, broken = 0, fixed = 0, changed = 0;
  for (const Json& input : json["inputs"]) {
    const Json& b = input["model_b"];
    CHECK(b["changed"] == (b["prediction"]["index"] != input["prediction"]["index"]));
    CHECK(b["correct"] == (b["prediction"]["index"] == input["truth"]));
    wrong += b["correct"] ? 0 : 1;
    broken += input["correct"] && !b["correct"] ? 1 : 0;
    fixed += !input["correct"] && b["correct"] ? 1 : 0;
    changed += b["changed"] ? 1 : 0;
  }
  CHECK(broken > 0);
  CHECK(json["summary"]["faults"] == wrong);
  CHECK(json["summary"]["model_b"] == Json{{"changed", changed}, {"broken", broken}, {"fixed", fixed}});
  const Json run =
      nv_json("run", {"run", mutant, kept_images, "--truth", kept_labels, "--layers", "none", "--json"});
  CHECK(run["summary"]["accuracy"].get<double>() ==
        doctest::Approx(1 - static_cast<double>(wrong) / static_cast<double>(json["inputs"].size())));

  const Json blind = nv_json("rank", {"rank", lenet, kept_images, "--model-b", mutant, "--json"});
  CHECK(blind["summary"]["faults"] == changed);
  const Outcome text = run_nv({"rank", lenet, kept_images, "--model-b", mutant, "--lines"});
  CHECK(text.out.find("changed by model B") != std::string::npos);
  CHECK(count_of(text.out, "kept-images") == changed);
  const Outcome other = run_nv({"rank", lenet, seven, "--model-b", fixture("two_in_two_out/model.h5")});
  CHECK(other.code == 2);
  CHECK(not_one_error(other, "--model-b: expected a model of 10 classes") == "");
}

TEST_CASE("rank -o: the sheet of the first inputs, without faults there is no curve") {
  const Folder folder;
  const Outcome none = run_nv({"rank", lenet, digits, "--truth", "from-name", "-o", folder / "curve.png"});
  CHECK(none.code == 0);
  CHECK(none.err.find("curve.png is not written: there is no curve without faults") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "curve.png"));
  REQUIRE(run_nv({"rank", lenet, digits, "-o", folder / "first.svg"}).code == 0);
  CHECK(read(folder / "first.svg").find("first 20 of 20 inputs") != std::string::npos);
  REQUIRE(run_nv({"rank", lenet, digits, "-o", folder / "out"}).code == 0);
  CHECK(std::filesystem::exists(folder / "out/first.png"));
}

TEST_CASE("rank: options that would have no effect are refused") {
  const auto refused = [](const Arguments& more, const std::string& beginning) {
    const Outcome outcome = run_nv(with("rank", {lenet, seven}, more));
    CAPTURE(typed(more));
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, beginning) == "");
  };
  const Folder folder;
  refused({"--by", "nothing"}, "--by: no metric 'nothing'");
  refused({"--by", "gini,gini"}, "--by: the metric gini is given twice");
  refused({"--take", "3"}, "rank: --take needs a folder");
  refused({"--take", "3", "-o", folder / "x.png", "--truth", "from-name"}, "rank: --take needs a folder");
  refused({"--fail-below", "apfd=0.5"}, "rank: --fail-below needs true classes");
  const std::string two = fixture("two_in_two_out/");
  CHECK(not_one_error(
            run_nv({"rank", two + "model.h5", two + "input.npz", "--take", "1", "-o", folder / "two"}),
            "rank: --take: sample lists hold single inputs") == "");
  refused({"--by", "cosine"}, "rank: cosine needs an input to compare with");
  refused({"--by", "gini", "--to", seven}, "rank: no metric of --by compares with --to");
  refused({"--to", digits}, "--to: " + digits + ": expected one input, got 20");
}

TEST_CASE("rank: a model without class probabilities is refused with what would do") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a", "b"});  // linear outputs: taken as logits
  const Outcome logits = run_nv(with("rank", model, {vector_input(folder)}));
  CHECK(logits.code == 0);
  CHECK(logits.err.find("the softmax of its outputs") != std::string::npos);
}

TEST_CASE("rank --make-profile, --profile: metrics of distance and coverage") {
  const Folder folder;
  const std::string profile = folder / "p.npz";
  const Json made =
      nv_json("rank", {"rank", lenet, kept_images, "--items", "0-249", "--make-profile", profile, "--json"});
  CHECK(made["profile"]["inputs"] == 250);
  CHECK(made["profile"]["activations"] == "fc2");
  const Arguments others{lenet, kept_images, "--items", "250-349", "--profile", profile};
  const Json json =
      nv_json("rank", with("rank", others, {"--by", "dsa,mdsa,lsa,nc,kmnc,nbc,snac,tknc", "--json"}));
  CHECK(json["layer"] == "fc2");
  CHECK(json["layers"] == Json{"conv1", "pool1", "conv2", "pool2", "fc1", "fc2", "predictions"});
  CHECK(json["settings"]["kmnc-sections"] == 1000);
  REQUIRE(json["inputs"].size() == 100);
  for (const Json& input : json["inputs"]) {
    CHECK(input["scores"]["dsa"] > 0);
    CHECK(input["scores"]["mdsa"] > 0);
    CHECK(input["scores"]["tknc"] == 21);
  }
  for (const auto& share : json["summary"]["coverage"].items()) {
    CHECK(share.value() > 0);
    CHECK(share.value() < 1);
  }
  // More inputs cover more; each input's score does not depend on the others.
  const Json fewer =
      nv_json("rank", with("rank", {lenet, kept_images, "--items", "250-299", "--profile", profile},
                           {"--by", "kmnc", "--json"}));
  CHECK(fewer["summary"]["coverage"]["kmnc"] < json["summary"]["coverage"]["kmnc"]);
  std::map<std::string, Json> by_id;
  for (const Json& input : json["inputs"]) by_id[input["id"]] = input["scores"]["kmnc"];
  for (const Json& input : fewer["inputs"]) CHECK(input["scores"]["kmnc"] == by_id.at(input["id"]));

  const std::string one =
      run_nv(with("rank", others, {"--by", "dsa,lsa,kmnc-cam", "--json", "--threads", "1"})).out;
  CHECK(one == run_nv(with("rank", others, {"--by", "dsa,lsa,kmnc-cam", "--json", "--threads", "3"})).out);
}

TEST_CASE("rank: profiles of another model, for other layers or metrics, and missing ones are refused") {
  const Folder folder;
  const std::string profile = folder / "p.npz";
  const Outcome made =
      run_nv({"rank", lenet, digits, "--make-profile", profile, "--by", "kmnc", "--layers", "conv1"});
  CHECK(made.code == 0);
  CHECK(made.out.find("ranges of 4,704 units of 1 layer") != std::string::npos);
  const auto refused = [&](const Arguments& words, int code, const std::string& beginning) {
    const Outcome outcome = run_nv(words);
    CAPTURE(typed(words));
    CHECK(outcome.code == code);
    CHECK(not_one_error(outcome, beginning) == "");
  };
  refused({"rank", lenet, seven, "--by", "dsa"}, 2, "rank: dsa needs a profile");
  refused({"rank", lenet, seven, "--by", "dsa", "--profile", profile}, 3, profile + ": was not made for");
  refused({"rank", lenet, seven, "--profile", profile}, 2, "rank: --profile: no metric of --by needs one");
  refused({"rank", vgg, example("photos/chelsea-32.png"), "--by", "kmnc", "--profile", profile}, 3,
          profile + ": is of another model");
  refused({"rank", lenet, seven, "--by", "kmnc", "--profile", profile, "--layers", "conv2"}, 2,
          "--layers: layer conv2 is not in the profile");
  refused({"rank", lenet, seven, "--by", "kmnc", "--profile", seven}, 3, seven + ": ");
  refused({"rank", lenet, seven, "--set", "kmnc-sections=5"}, 2,
          "rank: --set: no metric of --by reads kmnc-sections");
  refused({"rank", lenet, seven, "--by", "nc", "--set", "nc-threshold=2"}, 2,
          "--set: nc-threshold: expected a number from 0 to 1");
  refused({"rank", lenet, seven, "--by", "nc-cam", "--jsonl"}, 2,
          "rank: --jsonl prints an input as it is done");
  refused({"rank", lenet, seven, "--layers", "conv1"}, 2, "rank: --layers is for metrics of coverage");
  refused({"rank", lenet, seven, "--layer", "fc1"}, 2, "rank: --layer is for metrics of distance");
  refused({"rank", lenet, seven, "--make-profile", folder / "q.npz", "--take", "1", "-o", folder / "o"}, 2,
          "rank: -o has no meaning with --make-profile");
  refused({"rank", lenet, seven, "--make-profile", folder / "q.h5"}, 2, "--make-profile ");
}

TEST_CASE("rank --select datis: a selection of its own, --measure: the set as a whole") {
  const Folder folder;
  const std::string profile = folder / "p.npz";
  REQUIRE(run_nv({"rank", lenet, kept_images, "--items", "0-249", "--truth", kept_labels, "--make-profile",
                  profile, "--by", "datis"})
              .code == 0);
  const Json json =
      nv_json("rank", {"rank", lenet, kept_images, "--items", "250-449", "--profile", profile, "--select",
                       "datis", "--take", "10", "-o", folder / "out", "--measure", "nlc", "--json"});
  CHECK(json["by"] == Json{"datis-select"});
  CHECK(json["summary"]["set"]["nlc"] > 0);
  CHECK(lines(read(folder / "out/samples.jsonl")).size() == 10);
  const Json fewer = nv_json("rank", {"rank", lenet, seven, "--measure", "nlc", "--json"});
  CHECK(fewer["summary"]["set"]["nlc"] == 0);  // one input does not vary
  const Outcome alone = run_nv({"rank", lenet, digits, "--select", "gini"});
  CHECK(alone.code == 2);
  CHECK(not_one_error(alone, "rank: --select needs --take") == "");
}

TEST_CASE("rank --make-profile: of a model without classes only what coverage needs") {
  const Folder folder;
  const std::string model = fixture("pooling/model.h5"), input = fixture("pooling/input.npz");
  const Json inspected = nv_json("inspect", {"inspect", model, "--json"});
  const Json made = nv_json("rank", {"rank", model, input, "--make-profile", folder / "p.npz", "--json"});
  if (inspected["layers"].back()["output_shape"].size() != 1)
    CHECK(made["profile"]["activations"] == nullptr);
  const Json json = nv_json(
      "rank", {"rank", model, input, "--profile", folder / "p.npz", "--by", "kmnc,nbc-cam", "--json"});
  CHECK(json["summary"]["coverage"]["kmnc"] > 0);
}

TEST_CASE("rank --list: every metric with its paper, and the numbers that can be set") {
  const Outcome list = run_nv({"rank", "--list"});
  CHECK(list.code == 0);
  for (const char* text : {"least-confidence", "kmnc-cam", "Kim 2019", "kmnc-sections", "nlc", "1000"})
    CHECK(list.out.find(text) != std::string::npos);
}

TEST_CASE("rank --to: --items chooses from the inputs, not from the query, a query of NaN is exit 3") {
  const Outcome some = run_nv({"rank", lenet, kept_images, "--items", "10-19", "--to", kept_images + "#7"});
  CHECK(some.code == 0);
  const Folder folder;
  const nv::Tensor nan(nv::Shape{28, 28, 1}, std::numeric_limits<float>::quiet_NaN());
  nv::write_file(folder / "nan.npy", nv::encode_npy(nan));
  const Outcome bad = run_nv({"rank", lenet, digits, "--to", folder / "nan.npy"});
  CHECK(bad.code == 3);
  CHECK(not_one_error(bad, folder / "nan.npy") == "");
}

TEST_CASE("rank: bounds are finite numbers, --list --json, the first inputs with their true classes") {
  for (const char* gate : {"apfd=nan", "apfd=inf", "apfd=NaN"})
    CHECK(run_nv({"rank", lenet, digits, "--truth", "from-name", "--fail-below", gate}).code == 2);
  const Json json = nv_json("rank-list", {"rank", "--list", "--json"});
  CHECK(json["metrics"].size() > 5);
  const Folder folder;
  CHECK(run_nv({"rank", lenet, kept_images, "--truth", kept_labels, "-o", folder / "r", "--format", "svg"})
            .code == 0);
  CHECK(count_of(read(folder / "r/first.svg"), "(true ") >= 2);
}
