// Unusual but valid models: names of layers, number of layers, NaN in weights.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "nv/keras/hdf5/file.h"
#include "support.h"

using namespace nv::test;

TEST_CASE("unusual names: every layer has separate files inside the folder, in every format") {
  const std::vector<Arguments> lists{{"a/b", "a", "a/b/c", "a/output"},
                                     {"my layer", " ", "trailing "},
                                     {"größe", "層", "😀"},
                                     {"..", "../..", ".", "../../../../etc/passwd"},
                                     {std::string(5000, 'L'), std::string(5000, 'L') + "2"},
                                     {"Conv", "conv", "CONV"},
                                     {"a\\b", "a:b", "a*b?\"<>|@0", "a\nb\x1b[31m"},
                                     {"a", "a#1", "-o", "--json"}};
  for (const Arguments& layer_names : lists) {
    CAPTURE(layer_names[0]);
    const Folder folder;
    const Arguments model = dense_model(folder, layer_names);
    const Json inspected = nv_json("inspect", with("inspect", model, {"--json"}));
    REQUIRE(inspected["layers"].size() == layer_names.size() + 1);
    const Json json = nv_json("run", with("run", model,
                                          {vector_input(folder), "--json", "-o", folder / "out/deep",
                                           "--format", "png,npy,npz,json,h5"}));
    std::set<std::string> paths, files;
    for (const Json& layer : json["inputs"][0]["layers"]) {
      paths.insert(layer["path"].get<std::string>());
      const std::string file = layer["file"];
      files.insert(file);
      CHECK(std::filesystem::exists(folder / ("out/deep/" + file)));
      CHECK(std::ranges::count(file, '/') == 1);
      CHECK(std::filesystem::path(file).filename().string().size() < 200);
    }
    CHECK(paths.size() == layer_names.size() + 1);
    CHECK(files.size() == layer_names.size() + 1);
    // Nothing outside the folder; a picture and an array per layer.
    CHECK(names(folder.path()).size() == names(folder / "out/deep").size() + 3);
    CHECK(names(folder / "out/deep").size() == 2 * (layer_names.size() + 1) + 5 + 2);
  }
}

TEST_CASE("unusual names: in .h5 a layer whose path is a prefix of another is PATH/output") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a", "a/b", "c"});
  CHECK(
      run_nv(with("run", model, {vector_input(folder), "-q", "-o", folder / "out", "--format", "h5"})).code ==
      0);
  const auto h5 = nv::Hdf5File::open(folder / "out/v/activations.h5");
  CHECK(h5->members("") == Arguments{"a", "c", "x"});
  CHECK(h5->members("a") == Arguments{"b", "output"});
  CHECK(h5->read("a/output")[0] == 3.125F);  // (1 + 2 + 3) / 2 + 1 / 8
}

TEST_CASE("unusual: two layers of one name are exit 3") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a", "a"});
  const Outcome outcome = run_nv(with("inspect", model, {}));
  CHECK(outcome.code == 3);
  CHECK(not_one_error(outcome, model[0] + ": ") == "");
  CHECK(count_of(outcome.err, "two layers named a") == 1);
}

TEST_CASE("unusual: inspect and run note NaN in a weight, and run continues") {
  const Folder folder;
  const Arguments model = dense_model(folder, {"a"}, NAN);
  const std::string note =
      "nv: note: " + model[0] + ": layer a (Dense): weight layers/dense/vars/0 holds NaN (9 of 9 numbers)\n";
  const Outcome inspected = run_nv(with("inspect", model, {}));
  CHECK(inspected.code == 0);
  CHECK(inspected.err == note);
  CHECK(run_nv(with("inspect", model, {"--stats", "--json"})).err == note);
  const Outcome run = run_nv(with("run", model, {vector_input(folder), "--json"}));
  CHECK(run.code == 0);
  CHECK(run.err == note);
  const Json json = parse(run.out);
  CHECK(violations("run", json) == "");
  CHECK(json["inputs"][0]["layers"][1]["mean"] == "NaN");
  CHECK(run_nv(with("run", model, {vector_input(folder), "-q"})).err == "");
}

TEST_CASE("unusual: a model of 2000 layers is inspected and run") {
  const Folder folder;
  Arguments layer_names;
  for (int i = 0; i < 2000; ++i) layer_names.push_back("layer" + std::to_string(i));
  const Arguments model = dense_model(folder, layer_names, 0.25F);
  CHECK(nv_json("inspect", with("inspect", model, {"--json"}))["layers"].size() == 2001);
  CHECK(nv_json("run", with("run", model, {vector_input(folder), "--json"}))["inputs"][0]["layers"].size() ==
        2001);
}

TEST_CASE("unusual: --weights takes either layout, also of a whole model, and refuses other files") {
  const Folder folder;
  const auto h5 = nv::Hdf5File::open(small);
  const std::string json = folder / "m.json";
  write(json, *h5->text("/", "model_config"));
  const std::string expected = run_nv({"run", small, small_input, "--predict"}).out;
  CHECK(expected != "");
  for (const char* name : {"odd/intact.h5", "odd/intact.keras", "odd/weights_only.h5"}) {
    CAPTURE(name);
    CHECK(run_nv({"run", json, "--weights", fixture(name), small_input, "--predict"}).out == expected);
  }
  CHECK(run_nv({"run", json, "--weights", fixture("odd/weights_only_legacy.h5"), small_input}).code == 0);
  const std::string text = fixture("odd/text.h5");
  const Outcome none = run_nv({"run", json, "--weights", text, small_input});
  CHECK(none.code == 3);
  CHECK(not_one_error(none, text + ": not a file of weights: it is text") == "");
}

TEST_CASE("unusual: a cycle and a class that hides its structure are reported as such") {
  const std::string cycle = fixture("odd/cycle.h5");
  for (const Arguments& words : {Arguments{"inspect", cycle}, {"run", cycle, small_input}}) {
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 3);
    CHECK(not_one_error(outcome, cycle + ": the model's graph has a cycle through layer") == "");
  }
  const Folder folder;
  write(folder / "m.json", R"({"class_name": "MyNet", "config": {"name": "net"}})");
  const Arguments model{folder / "m.json", "--weights", small};
  for (const auto& [command, code] : {std::pair<std::string, int>{"inspect", 3}, {"run", 4}}) {
    const Outcome outcome =
        run_nv(with(command, model, command == "run" ? Arguments{small_input} : Arguments{}));
    CHECK(outcome.code == code);
    CHECK(not_one_error(outcome, folder / "m.json: the model is of class 'MyNet'") == "");
  }
}
