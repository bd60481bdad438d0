// nv inspect: output and exit codes.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "support.h"

using namespace nv::test;

namespace {

const std::string nested = fixture("nested_shared/model.h5");
const std::string damaged = fixture("odd/truncated.h5");

std::vector<std::string> paths(const Json& json) {
  std::vector<std::string> list;
  for (const Json& layer : json["layers"]) list.push_back(layer["path"]);
  return list;
}

}  // namespace

TEST_CASE("inspect: the table has one line per layer, totals, inputs and outputs") {
  const Outcome outcome = run_nv({"inspect", lenet});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 16);
  CHECK(text[0] == lenet + "  Sequential 'lenet5', Keras 3.15.1, HDF5");
  CHECK(text[4] == "1  conv1        Conv2D relu    28 x 28 x 6          156   118 k    5 x 5  image");
  CHECK(text[13].starts_with("61,706 parameters (61,706 trainable), 417 k multiply-adds"));
  CHECK(text[14] == "inputs   image (28 x 28 x 1)");
  CHECK(text[15] == "outputs  predictions (10)");
}

TEST_CASE("inspect --json: the figures of LeNet-5") {
  const Json json = nv_json("inspect", {"inspect", lenet, "--json"});
  const Json& model = json["model"];
  CHECK(model["file"] == lenet);
  CHECK(model["format"] == "h5");
  CHECK(model["keras_version"] == "3.15.1");
  CHECK(model["name"] == "lenet5");
  CHECK(model["kind"] == "Sequential");
  CHECK(model["parameters"] == 61706);
  CHECK(model["trainable_parameters"] == 61706);
  CHECK(model["macs"] == 117600 + 240000 + 48000 + 10080 + 840);
  CHECK(model["inputs"][0]["shape"] == Json{28, 28, 1});
  CHECK(model["outputs"][0]["name"] == "predictions");
  const Json& conv2 = json["layers"][3];
  CHECK(conv2["path"] == "conv2");
  CHECK(conv2["kind"] == "Conv2D");
  CHECK(conv2["inputs"] == Json{"pool1"});
  CHECK(conv2["input_shapes"][0] == Json{14, 14, 6});
  CHECK(conv2["output_shape"] == Json{10, 10, 16});
  CHECK(conv2["parameters"] == 2416);
  CHECK(conv2["trainable"] == true);
  CHECK(conv2["macs"] == 240000);
  CHECK(conv2["receptive_field"]["size"] == Json{14, 14});
  CHECK(conv2["receptive_field"]["stride"] == Json{2, 2});
  CHECK(conv2["activation"] == "relu");
  CHECK(conv2["config"]["filters"] == 16);
  CHECK(conv2["weights"][0]["shape"] == Json{5, 5, 6, 16});
  CHECK(conv2["weights"][0]["dtype"] == "float32");
  CHECK_FALSE(conv2["weights"][0].contains("mean"));
  CHECK(json["layers"][0]["inputs"].empty());
  CHECK(json["layers"][6]["receptive_field"].is_null());
}

TEST_CASE("inspect --json: the same model gives the same document as .h5 and as .keras") {
  Json h5 = nv_json("inspect", {"inspect", lenet, "--json"});
  Json keras = nv_json("inspect", {"inspect", example("models/lenet5-mnist.keras"), "--json"});
  CHECK(keras["model"]["format"] == "keras");
  CHECK(paths(h5) == paths(keras));
  CHECK(h5["model"]["parameters"] == keras["model"]["parameters"]);
  for (std::size_t i = 0; i < h5["layers"].size(); ++i) {
    CHECK(h5["layers"][i]["output_shape"] == keras["layers"][i]["output_shape"]);
    CHECK(h5["layers"][i]["macs"] == keras["layers"][i]["macs"]);
  }
}

TEST_CASE("inspect --json: every fixture's document follows the schema, with and without statistics") {
  for (const std::string name :
       {"activations", "conv_options", "functional_branches", "merges", "nested_shared", "pooling",
        "sequential_lenet", "shapes", "two_in_two_out", "tfk_nested_shared", "tfk_shapes"}) {
    CAPTURE(name);
    const Json about = parse_file(fixture(name + "/about.json"));
    const Json json = nv_json("inspect", {"inspect", fixture(name + "/model.h5"), "--json", "--stats"});
    for (const Json& layer : about["layers"]) {
      const auto found =
          std::ranges::find(json["layers"], layer["path"], [](const Json& l) { return l["path"]; });
      CAPTURE(layer.dump());
      REQUIRE(found != json["layers"].end());
      CHECK((*found)["kind"] == layer["kind"]);
      // Shapes are unknown only after a layer that nv cannot run.
      if ((*found)["output_shape"].is_null())
        CHECK(count_of(json.dump(), "\"supported\":false") > 0);
      else
        CHECK((*found)["output_shape"] == layer["shape"]);
    }
  }
}

TEST_CASE("inspect: nested models and shared layers are listed flat, in execution order") {
  const Json json = nv_json("inspect", {"inspect", nested, "--json"});
  const std::vector<std::string> list = paths(json);
  CHECK(std::ranges::count(list, "block/conv") == 1);
  CHECK(std::ranges::count(list, "block/conv#1") == 1);
  CHECK(std::ranges::count(list, "block") == 0);
  for (std::size_t i = 0; i < json["layers"].size(); ++i) {
    const Json& layer = json["layers"][i];
    CHECK(layer["index"] == i);
    for (const Json& input : layer["inputs"])
      CHECK(std::ranges::find(list, input.get<std::string>()) <
            list.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

TEST_CASE("inspect --layer: details of one layer, by name, path or number") {
  const Outcome text = run_nv({"inspect", lenet, "--layer", "conv1"});
  CHECK(text.code == 0);
  CHECK(text.out.starts_with("conv1  Conv2D relu  (layer 1 of "));
  for (const char* part : {"5 x 5 x 1 x 6", "kernel_size", "\"same\"", "zeros", "float32"})
    CHECK(count_of(text.out, part) > 0);
  CHECK(run_nv({"inspect", lenet, "--layer", "1"}).out == text.out);
  CHECK(run_nv({"inspect", nested, "--layer", "block/conv#1"}).out.starts_with("block/conv#1 "));

  const Json json = nv_json("inspect", {"inspect", lenet, "--layer", "conv1", "--json"});
  REQUIRE(json["layers"].size() == 1);
  CHECK(json["layers"][0]["index"] == 1);
  CHECK(json["model"]["parameters"] == 61706);
  const Json& kernel = json["layers"][0]["weights"][0];
  CHECK(kernel["min"] < kernel["mean"]);
  CHECK(kernel["mean"] < kernel["max"]);
  int values = 0;
  for (const Json& count : kernel["histogram"]["counts"]) values += count.get<int>();
  CHECK(values == 150);
}

TEST_CASE("inspect --layer: an unknown name is exit 2 with the nearest, an ambiguous one too") {
  const Outcome unknown = run_nv({"inspect", lenet, "--layer", "convl"});
  CHECK(unknown.code == 2);
  CHECK(not_one_error(unknown, "--layer: " + lenet + ": no layer 'convl'") == "");
  CHECK(count_of(unknown.err, "hint: did you mean conv1, conv2?") == 1);
  CHECK(run_nv({"inspect", lenet, "--layer", "conv*"}).code == 2);
  CHECK(run_nv({"inspect", lenet, "--layer", "99"}).code == 2);
}

TEST_CASE("inspect --stats: the statistics of every weight are in the JSON") {
  const Json json = nv_json("inspect", {"inspect", lenet, "--stats", "--json"});
  for (const Json& layer : json["layers"])
    for (const Json& weight : layer["weights"])
      for (const char* key : {"min", "max", "mean", "std", "zeros"}) CHECK(weight[key].is_number());
}

TEST_CASE("inspect --summary: one row per model") {
  const Outcome outcome = run_nv({"inspect", lenet, nested, "--summary"});
  CHECK(outcome.code == 0);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 3);
  CHECK(text[0].starts_with("model "));
  CHECK(text[1].starts_with(lenet + " "));
  CHECK(count_of(text[1], "61,706") == 1);
  CHECK(text[2].starts_with(nested + " "));
}

TEST_CASE("inspect --json --summary: a list of models without layers, also of one, a bad file is an entry") {
  const Json one = nv_json("inspect", {"inspect", lenet, "--json", "--summary"});
  REQUIRE(one["models"].size() == 1);
  CHECK(one["models"][0]["model"]["parameters"] == 61706);
  CHECK(one["models"][0]["model"]["layer_count"] == 9);
  CHECK_FALSE(one["models"][0].contains("layers"));
  for (const Arguments& files : {Arguments{damaged}, Arguments{lenet, damaged}}) {
    const Outcome outcome = run_nv(with("inspect", files, {"--json", "--summary"}));
    CHECK(outcome.code == 3);
    const Json json = parse(outcome.out);
    CHECK(violations("inspect", json) == "");
    REQUIRE(json["models"].size() == files.size());
    CHECK(json["models"].back()["model"]["file"] == damaged);
    CHECK(outcome.err == "nv: error: " + json["models"].back()["error"].get<std::string>() + "\n");
  }
  CHECK(run_nv({"inspect", damaged, "--json"}).out == "");
}

TEST_CASE("inspect: a directory stands for the models below it, in order") {
  const Folder folder;
  std::filesystem::create_directories(folder / "models/deep");
  std::filesystem::create_directories(folder / "models/.hidden");
  for (const char* name : {"models/deep/b.h5", "models/z.h5", "models/.hidden/c.h5"})
    std::filesystem::copy_file(lenet, folder / name);
  write(folder / "models/readme.txt", "none");
  const Json json = nv_json("inspect", {"inspect", folder / "models", "--json"});
  REQUIRE(json["models"].size() == 2);
  CHECK(json["models"][0]["model"]["file"] == folder / "models/deep/b.h5");
  CHECK(json["models"][1]["model"]["file"] == folder / "models/z.h5");
  CHECK(nv_json("inspect", {"inspect", folder / "models/deep", "--json"})["models"].size() == 1);
  std::filesystem::create_directories(folder / "empty");
  CHECK(run_nv({"inspect", folder / "empty"}).code == 3);
}

TEST_CASE("inspect --jsonl: one line per model, in order, only the last has the key schema") {
  const Outcome outcome = run_nv({"inspect", lenet, damaged, nested, "--jsonl"});
  CHECK(outcome.code == 3);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 4);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(violations("inspect#line", parse(text[i])) == "");
    CHECK_FALSE(parse(text[i]).contains("schema"));
  }
  Json whole = nv_json("inspect", {"inspect", lenet, "--json"});
  whole.erase("schema");
  CHECK(parse(text[0]) == whole);
  CHECK(parse(text[1])["model"]["file"] == damaged);
  const Json last = parse(text[3]);
  CHECK(violations("inspect#last", last) == "");
  CHECK(last["summary"] == Json{{"models", 3}, {"errors", 1}});
  CHECK(lines(run_nv({"inspect", lenet, "--jsonl", "--summary"}).out).size() == 2);
}

TEST_CASE("inspect --dot: a graph with every layer and every edge") {
  const Outcome outcome = run_nv({"inspect", nested, "--dot"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("digraph"));
  CHECK(count_of(outcome.out, "{") == count_of(outcome.out, "}"));
  std::size_t edges = 0;
  const Json json = nv_json("inspect", {"inspect", nested, "--json"});
  for (const Json& layer : json["layers"]) {
    CHECK(count_of(outcome.out, layer["path"].get<std::string>()) > 0);
    edges += layer["inputs"].size();
  }
  CHECK(count_of(outcome.out, "->") == edges);
}

TEST_CASE("inspect: a bad model among several is reported, the others are done, and the exit code is 3") {
  const Arguments files{"inspect", lenet, damaged, nested};
  const Outcome text = run_nv(files);
  CHECK(text.code == 3);
  CHECK(lines(text.err).size() == 1);
  CHECK(text.err.starts_with("nv: error: " + damaged + ": "));
  CHECK(text.out == run_nv({"inspect", lenet}).out + "\n" + run_nv({"inspect", nested}).out);

  Arguments summary = files;
  summary.emplace_back("--summary");
  const Outcome rows = run_nv(summary);
  CHECK(rows.code == 3);
  CHECK(lines(rows.out).size() == 3);

  Arguments as_json = files;
  as_json.emplace_back("--json");
  const Outcome json_run = run_nv(as_json);
  CHECK(json_run.code == 3);
  const Json json = parse(json_run.out);
  CHECK(violations("inspect", json) == "");
  REQUIRE(json["models"].size() == 3);
  CHECK(json["models"][0]["model"]["name"] == "lenet5");
  CHECK(json["models"][1]["model"]["file"] == damaged);
  CHECK(json["models"][1]["error"].get<std::string>().starts_with(damaged));
  CHECK(json["models"][2]["model"]["file"] == nested);
}

TEST_CASE("inspect: several good models are exit 0, one element each, in order") {
  const Json json = nv_json("inspect", {"inspect", nested, lenet, "--json"});
  REQUIRE(json["models"].size() == 2);
  CHECK(json["models"][0]["layers"] == nv_json("inspect", {"inspect", nested, "--json"})["layers"]);
  CHECK(json["models"][1]["model"] == nv_json("inspect", {"inspect", lenet, "--json"})["model"]);
}

TEST_CASE("inspect: a layer that cannot run is not an error but supported: false, with the reason") {
  for (const std::string name : {"lstm", "lambda", "custom_layer"}) {
    CAPTURE(name);
    const std::string file = fixture("odd/" + name + ".h5");
    const Json json = nv_json("inspect", {"inspect", file, "--json"});
    std::size_t bad = 0;
    for (const Json& layer : json["layers"]) {
      if (layer["supported"] == true) continue;
      ++bad;
      CHECK(layer.value("problem", "").size() > 10);
    }
    CHECK(bad == 1);
    CHECK(count_of(run_nv({"inspect", file}).out, "(not supported)") == 1);
  }
}

TEST_CASE("inspect: the format is that of the contents, not of the file's name") {
  const Folder folder;
  write(folder / "model.png", read(small));
  CHECK(run_nv({"inspect", folder / "model.png"}).code == 0);
  write(folder / "model.h5", read(fixture("odd/intact.keras")));
  CHECK(nv_json("inspect", {"inspect", folder / "model.h5", "--json"})["model"]["format"] == "keras");
}

TEST_CASE("inspect --diff: a converted model is equal, a mutant differs in its changes") {
  const Folder folder;
  REQUIRE(run_nv({"convert", lenet, "-o", folder / "a.keras"}).code == 0);
  REQUIRE(run_nv({"mutate", lenet, "--freeze", "conv1:2", "--save", folder / "b.h5"}).code == 0);
  CHECK(run_nv({"inspect", lenet, folder / "a.keras", "--diff"}).code == 0);
  const Outcome changed = run_nv({"inspect", lenet, folder / "b.h5", "--diff", "--json"});
  CHECK(changed.code == 1);
  const Json json = parse(changed.out);
  CHECK(violations("inspect-diff", json) == "");
  CHECK(json["summary"]["changed"] == 1);
  CHECK(json["layers"][1]["path"] == "conv1");
  CHECK(json["layers"][1]["weights"][0]["name"] == "kernel");
  CHECK(json["layers"][1]["weights"][0]["changed"] == 25);
  const Outcome other = run_nv({"inspect", lenet, vgg, "--diff"});
  CHECK(other.code == 1);
  CHECK(other.out.find("+ ") != std::string::npos);
  CHECK(run_nv({"inspect", lenet, "--diff"}).code == 2);
}

TEST_CASE("inspect --model-explorer: a graph and its node data, as their schemas say") {
  const Folder folder;
  for (const Arguments& model : {Arguments{fixture("nested_shared/model.keras")},
                                 Arguments{fixture("two_in_two_out/model.keras")}, Arguments{vgg}}) {
    // From the second on, nv replaces its own files.
    REQUIRE(run_nv({"inspect", model[0], "--model-explorer", folder / "m.json"}).code == 0);
    CHECK(violations("model-explorer", parse_file(folder / "m.json")) == "");
    for (const std::string data : {"m.parameters.json", "m.macs.json"})
      CHECK(violations("model-explorer-data", parse_file(folder / data)) == "");
  }
  write(folder / "other.macs.json", "{}");
  CHECK(run_nv({"inspect", vgg, "--model-explorer", folder / "other.json"}).code == 5);
  CHECK(run_nv({"inspect", vgg, lenet, "--model-explorer", folder / "n.json"}).code == 2);
  CHECK(run_nv({"inspect", vgg, "--model-explorer", folder / "n.txt"}).code == 2);
  CHECK(names(folder.path()) ==
        std::vector<std::string>{"m.json", "m.macs.json", "m.parameters.json", "other.macs.json"});
}
