// nv compare: two inputs, two models, intact and frozen.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {}

TEST_CASE("compare: one pair, several pairs, and a pair with itself") {
  const Json pair = nv_json("compare", {"compare", lenet, seven, digit_one, "--json"});
  CHECK(pair["a"]["prediction"]["index"] == 7);
  CHECK(pair["b"]["prediction"]["index"] == 1);
  CHECK(pair["layers"].size() == 9);
  CHECK(pair["layers"][1]["ssim"].is_number());
  CHECK(pair["layers"][8]["ssim"].is_null());
  const Json many =
      nv_json("compare", {"compare", lenet, seven, digit_one, seven, "--json", "--layers", "fc1"});
  REQUIRE(many["pairs"].size() == 2);
  CHECK(many["pairs"][0]["layers"][0]["l2"] == pair["layers"][6]["l2"]);
  CHECK(many["pairs"][1]["layers"][0]["l2"] == 0);
  CHECK(many["summary"]["layers"][0]["max"] == pair["layers"][6]["relative_l2"]);
  CHECK(many["summary"]["layers"][0]["pair"] == "7_0293-1_0054");
  CHECK(many["summary"]["changed"] == 1);
}

TEST_CASE("compare: a converted model equals its source, and gates confirm it") {
  const Folder folder;
  REQUIRE(run_nv({"convert", lenet, "-o", folder / "b.keras"}).code == 0);
  const Json json = nv_json("compare", {"compare", lenet, seven, "--model-b", folder / "b.keras", "--json"});
  CHECK(json["first_that_errs"].is_null());
  CHECK(json["unmatched"].empty());
  for (const Json& layer : json["layers"]) CHECK(layer["l2"] == 0);
  CHECK(run_nv({"compare", lenet, seven, "--model-b", folder / "b.keras", "--fail-above", "relative_l2=1e-6"})
            .code == 0);
  const Outcome failed = run_nv({"compare", lenet, seven, digit_one, "--fail-above", "relative_l2=0.1"});
  CHECK(failed.code == 1);
  CHECK(failed.err.find("relative_l2 of layer image") != std::string::npos);
}

TEST_CASE("compare: the first divergent layer is reported, not those after it") {
  const Folder folder;
  REQUIRE(
      run_nv({"mutate", lenet, "--freeze", "conv2:1", "--freeze-as", "weights", "--save", folder / "b.h5"})
          .code == 0);
  const Json json = nv_json("compare", {"compare", lenet, seven, "--model-b", folder / "b.h5", "--json"});
  CHECK(json["first_that_errs"] == "conv2");
  for (const Json& layer : json["layers"]) {
    if (!layer.contains("own_relative_l2")) continue;
    CHECK((layer["own_relative_l2"] > 0) == (layer["path"] == "conv2"));
  }
  CHECK(json["layers"][6]["l2"] > 0);  // fc1 propagates the error of conv2
}

TEST_CASE("compare: linear CKA between two models over several inputs") {
  const Arguments words{"compare", lenet, digits, "--freeze", "conv1:0,1"};
  const Json json =
      nv_json("compare", with("compare", Arguments(words.begin() + 1, words.end()), {"--json"}));
  const Json& cka = json["summary"]["cka"];
  CHECK(cka["inputs"] == 20);
  CHECK(cka["of"] == 20);
  REQUIRE(cka["layers"].size() == 9);
  CHECK(cka["layers"][0]["cka"].get<double>() == doctest::Approx(1));  // the inputs are the same
  CHECK(cka["layers"][1]["path"] == "conv1");
  for (const Json& layer : cka["layers"]) {
    CHECK(layer["cka"].get<double>() <= 1.000001);
    CHECK(layer["chance"].get<double>() < layer["cka"].get<double>());
  }
  CHECK(cka["layers"][1]["cka"].get<double>() < 0.9999);

  const Outcome text = run_nv(words);
  CHECK(count_of(text.out, "linear CKA over 20 inputs") == 1);
  const std::vector<std::string> rows = lines(
      run_nv(with("compare", Arguments(words.begin() + 1, words.end()), {"--csv", "--layers", "conv1"})).out);
  REQUIRE(rows.size() == 21);
  CHECK(count_of(rows[0], ",cka,cka_debiased,cka_chance,") == 1);
  CHECK(count_of(rows[1], ",,,") == 0);

  // Between two inputs of one model, and for a single input, there is none.
  CHECK_FALSE(nv_json("compare", {"compare", lenet, seven, digit_one, "--json"})["summary"].contains("cka"));
  CHECK_FALSE(
      nv_json("compare", {"compare", lenet, seven, "--freeze", "conv1:0", "--json"})["summary"].contains(
          "cka"));
}

TEST_CASE("compare: too few inputs for CKA are noted") {
  const Outcome few = run_nv({"compare", lenet, seven, digit_one, "--freeze", "conv1:0"});
  CHECK(count_of(few.err, "too few inputs for CKA: unrelated outputs of ") == 1);
}

TEST_CASE("compare: intact and frozen, as one sheet in every format") {
  const Folder folder;
  for (const std::string extension : {"png", "svg", "pdf"}) {
    const std::string file = folder / ("sheet." + extension);
    REQUIRE(run_nv({"compare", lenet, seven, "--freeze", "conv1:0", "--layers", "conv2", "-o", file,
                    "--width", "84mm"})
                .code == 0);
    CHECK(std::filesystem::file_size(file) > 1000);
  }
  REQUIRE(run_nv({"compare", lenet, seven, digit_one, "-o", folder / "out", "--channel", "0"}).code == 0);
  CHECK(std::filesystem::exists(folder / "out/7_0293-1_0054/overview.png"));
  CHECK(std::filesystem::exists(folder / "out/7_0293-1_0054/growth.png"));
  CHECK(violations("compare", parse_file(folder / "out/compare.json")) == "");
}

TEST_CASE("compare: lines of JSON, bad inputs among many, and invalid command lines") {
  const Outcome streamed = run_nv({"compare", lenet, seven, digit_one, seven, "--jsonl"});
  CHECK(streamed.code == 0);
  CHECK(lines(streamed.out).size() == 3);
  const Folder folder;
  write(folder / "x.png", "no picture");
  const Outcome bad = run_nv({"compare", lenet, seven, digit_one, folder / "x.png", "--json"});
  CHECK(bad.code == 3);
  CHECK(violations("compare", parse(bad.out)) == "");
  for (const Arguments& wrong :
       std::vector<Arguments>{{"compare", lenet, seven},
                              {"compare", lenet, seven, digit_one, "--fail-above", "x=1"},
                              {"compare", lenet, seven, "--model-b", lenet, "--freeze", "conv1:0"}}) {
    CAPTURE(typed(wrong));
    CHECK(run_nv(wrong).code == 2);
  }
}

TEST_CASE("compare: samples of an attack are each compared with their original") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"attack", lenet, seven, digit_one, "--method", "pgd", "--eps", "0.25", "-o", out}).code ==
          0);
  const Json json = nv_json("compare", {"compare", lenet, out, "--json", "--layers", "0,predictions"});
  REQUIRE(json["pairs"].size() == 2);
  const Json attack = parse_file(out + "/attack.json");
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& pair = json["pairs"][i];
    const Json& input = attack["inputs"][i];
    CAPTURE(i);
    CHECK(pair["a"]["id"] == input["id"]);
    CHECK(pair["a"]["prediction"] == input["original"]);
    CHECK(pair["b"]["id"] == input["id"].get<std::string>() + ".pgd");
    CHECK(pair["b"]["prediction"] == input["adversarial"]);
    CHECK(pair["layers"][0]["l2"].get<double>() == doctest::Approx(input["l2"].get<double>()));
    CHECK(pair["layers"][0]["linf"].get<double>() == doctest::Approx(input["linf"].get<double>()));
  }
  // One pair fits one sheet; samples can also be one side of another comparison.
  CHECK(run_nv({"compare", lenet, out + "#7_0293.pgd", "-o", folder / "one.png"}).code == 0);
  CHECK(run_nv({"compare", lenet, out, "-o", folder / "two.png"}).code == 2);
  CHECK(nv_json("compare", {"compare", lenet, seven, out, "--json", "--layers", "0"})["pairs"].size() == 2);
  CHECK(nv_json("compare", {"compare", lenet, out, "--freeze", "conv1:0", "--json", "--layers", "0"})["pairs"]
            .size() == 2);
}

TEST_CASE("compare: a sheet says what A and B are, and what is frozen") {
  const Folder folder;
  const auto sheet = [&](Arguments arguments) {
    arguments.insert(arguments.begin(), {"compare", lenet});
    arguments.insert(arguments.end(), {"-o", folder / "x.svg"});
    REQUIRE(run_nv(arguments).code == 0);
    return read(folder / "x.svg");
  };
  const auto holds = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  for (const std::string layers : {"all", "conv1", "fc1", "none"}) {
    CAPTURE(layers);
    const std::string inputs = sheet({seven, digit_one, "--layers", layers});
    CHECK(holds(inputs, "A: 7_0293, 7 ("));
    CHECK(holds(inputs, "B: 1_0054, 1 ("));
    const std::string frozen =
        sheet({seven, "--freeze", "conv1:0,3", "--freeze", "conv2:5", "--layers", layers});
    CHECK(holds(frozen, "frozen (conv1 0, 3; conv2 5): "));
    CHECK(holds(frozen, "intact: 7 ("));
  }
  REQUIRE(run_nv({"convert", lenet, "-o", folder / "b.keras"}).code == 0);
  const std::string models = sheet({seven, "--model-b", folder / "b.keras"});
  CHECK(holds(models, "A: lenet5-mnist.h5, 7 ("));
  CHECK(holds(models, "B: b.keras, 7 ("));
}

TEST_CASE("compare: a sample whose original cannot be read again is one error, the others are compared") {
  const Folder folder;
  const std::string out = folder / "out";
  REQUIRE(run_nv({"attack", lenet, seven, digit_one, "--method", "pgd", "--eps", "0.25", "-o", out}).code ==
          0);
  std::string list = read(out + "/samples.jsonl");
  const std::size_t at = list.find(seven);
  REQUIRE(at != std::string::npos);
  list.replace(at, seven.size(), "-");
  write(out + "/samples.jsonl", list);
  const Outcome outcome = run_nv({"compare", lenet, out, "--json", "--layers", "0"});
  CHECK(outcome.code == 3);
  CHECK(outcome.err.find("its original was read from standard input") != std::string::npos);
  const Json json = parse(outcome.out);
  CHECK(violations("compare", json) == "");
  REQUIRE(json["pairs"].size() == 2);
  CHECK(json["pairs"][0]["id"] == "7_0293.pgd");
  CHECK(json["pairs"][0]["status"] == "error");
  CHECK(json["pairs"][1]["b"]["id"] == "1_0054.pgd");
}

TEST_CASE(
    "compare: the text of up to 20 inputs has a line per pair, of more the summary, --lines adds them") {
  const Arguments few{"compare", lenet, kept_images + "#0-19", "--freeze", "conv1:0"};
  CHECK(count_of(run_nv(few).out, " -> ") == 20);
  const Arguments many{"compare", lenet, kept_images + "#0-24", "--freeze", "conv1:0"};
  const Outcome summary = run_nv(many);
  CHECK(count_of(summary.out, " -> ") == 0);
  CHECK(count_of(summary.out, "predictions differ in ") == 1);
  CHECK(count_of(summary.out, " of 25 pairs\n") == 1);
  CHECK(count_of(summary.out, "kept-images-idx3-ubyte-") ==
        9);  // each layer's largest difference names its pair
  Arguments lined = many;
  lined.emplace_back("--lines");
  CHECK(count_of(run_nv(lined).out, " -> ") == 25);
}
