// nv run: inputs, layers, text and JSON.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

/// The document of `nv run ... --json`, validated by the schema.
Json run_json(Arguments words) {
  words.insert(words.begin(), "run");
  words.emplace_back("--json");
  return nv_json("run", words);
}

std::vector<std::string> ids(const Json& json) {
  std::vector<std::string> list;
  for (const Json& input : json["inputs"]) list.push_back(input["id"]);
  return list;
}

std::vector<std::string> layer_paths(const std::string& model, const std::string& input,
                                     const std::string& selection) {
  std::vector<std::string> list;
  const Json json = run_json({model, input, "--layers", selection});
  for (const Json& layer : json["inputs"][0]["layers"]) list.push_back(layer["path"]);
  return list;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("run: best classes and one line per layer for one input") {
  const Outcome outcome = run_nv({"run", lenet, seven});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 17);
  CHECK(text[0] == "7_0293  28 x 28 x 1, unit");
  CHECK(text[1].starts_with("  7   > 0.9999  █"));
  CHECK(text[7].starts_with("#  layer"));
  CHECK(text[9].starts_with("1  conv1        Conv2D        28 x 28 x 6 "));
}

TEST_CASE("run --json: prediction, best classes and the statistics of every layer") {
  const Json json = run_json({lenet, seven});
  CHECK(json["model"]["file"] == lenet);
  CHECK(json["model"]["name"] == "lenet5");
  REQUIRE(json["inputs"].size() == 1);
  const Json& input = json["inputs"][0];
  CHECK(input["id"] == "7_0293");
  CHECK(input["file"] == seven);
  CHECK(input["status"] == "ok");
  CHECK(input["shape"] == Json{28, 28, 1});
  CHECK(input["preprocess"] == "unit");
  CHECK(input["prediction"]["index"] == 7);
  CHECK(input["prediction"]["label"] == "7");
  CHECK(input["prediction"]["score"].get<double>() > 0.99);
  CHECK(input["prediction"]["probability"] == input["prediction"]["score"]);
  REQUIRE(input["top"].size() == 5);
  CHECK(input["top"][0]["index"] == 7);
  for (std::size_t i = 1; i < 5; ++i) CHECK(input["top"][i - 1]["score"] >= input["top"][i]["score"]);
  CHECK(input["files"].empty());
  REQUIRE(input["layers"].size() == 9);
  const Json& conv1 = input["layers"][1];
  CHECK(conv1["index"] == 1);
  CHECK(conv1["path"] == "conv1");
  CHECK(conv1["kind"] == "Conv2D");
  CHECK(conv1["shape"] == Json{28, 28, 6});
  CHECK(conv1["min"] == 0.0);
  CHECK(conv1["mean"] < conv1["max"]);
  CHECK(conv1["active"].get<double>() < 1);
  CHECK(json["summary"]["inputs"] == 1);
  CHECK(json["summary"]["errors"] == 0);
  CHECK_FALSE(json["summary"].contains("accuracy"));
}

TEST_CASE("run: a channel with only zeros is dead, in the table, for all inputs") {
  const Json json = run_json({lenet, seven});
  const Json& fc2 = json["inputs"][0]["layers"][7];
  const double active = fc2["active"].get<double>();
  CHECK(fc2["dead"].size() == static_cast<std::size_t>(84 - active * 84 + 0.5));
  CHECK(std::ranges::is_sorted(fc2["dead"]));
}

TEST_CASE("run --predict: one line per input: id, class, name, score") {
  const Outcome outcome = run_nv({"run", lenet, digits, "--predict"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err == "");
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 20);
  CHECK(text[0].starts_with("0_0309\t0\t0\t0.9999"));
  for (const std::string& line : text) CHECK(count_of(line, "\t") == 3);
}

TEST_CASE("run --predict --top: followed by the next best classes, at any number") {
  for (const int top : {1, 2, 3, 5, 10}) {
    CAPTURE(top);
    const Outcome outcome = run_nv({"run", lenet, seven, "--predict", "--top", std::to_string(top)});
    CHECK(count_of(outcome.out, "\t") == static_cast<std::size_t>(3 * top));
    CHECK(run_json({lenet, seven, "--top", std::to_string(top)})["inputs"][0]["top"].size() ==
          static_cast<std::size_t>(top));
  }
  CHECK(run_json({lenet, seven, "--top", "99"})["inputs"][0]["top"].size() == 10);
}

TEST_CASE("run: one line per input, then one table of layers") {
  const Outcome outcome = run_nv({"run", lenet, seven, small_input});
  CHECK(outcome.code == 0);
  CHECK(count_of(outcome.out, "\n7_0293 ") + (outcome.out.starts_with("7_0293 ") ? 1 : 0) == 1);
  CHECK(count_of(outcome.out, "conv2 ") == 1);
}

TEST_CASE(
    "run: of up to 20 inputs one line each, of more a summary: predicted classes and the least certain") {
  const Outcome few = run_nv({"run", lenet, kept_images + "#0-19", "--layers", "none"});
  CHECK(lines(few.out).size() == 20);
  const Outcome many = run_nv({"run", lenet, kept_images + "#0-20", "--layers", "none"});
  CHECK(count_of(many.out, "kept-images-idx3-ubyte-") == 5);
  const std::vector<std::string> text = lines(many.out);
  REQUIRE(text.size() > 6);
  CHECK(text[0] == "predicted class  inputs   share  mean score");
  CHECK(text[text.size() - 6].starts_with("least certain inputs"));
  const Outcome asked = run_nv({"run", lenet, kept_images + "#0-20", "--layers", "none", "--lines"});
  CHECK(asked.out.starts_with(lines(few.out)[0] + "\n"));
  CHECK(count_of(asked.out, "kept-images-idx3-ubyte-") == 21);
}

TEST_CASE("run: columns of lines stay columns with long names") {
  const Folder folder;
  const std::string png = read(seven), longest(60, 'n');
  write(folder / ("in/a.png"), png);
  write(folder / ("in/" + longest + ".png"), png);
  const std::vector<std::string> text = lines(run_nv({"run", lenet, folder / "in", "--layers", "none"}).out);
  REQUIRE(text.size() == 2);
  CHECK(text[1].starts_with(longest + "  7     "));
  CHECK(text[0].find("> 0.9999") != std::string::npos);
  CHECK(text[0].find("> 0.9999") == text[1].find("> 0.9999"));
}

TEST_CASE("run --layers: names, globs, kinds, numbers, ranges, all and none") {
  CHECK(layer_paths(lenet, seven, "conv1") == Names{"conv1"});
  CHECK(layer_paths(lenet, seven, "fc2,conv1") == Names{"conv1", "fc2"});
  CHECK(layer_paths(lenet, seven, "conv*") == Names{"conv1", "conv2"});
  CHECK(layer_paths(lenet, seven, "@Dense") == Names{"fc1", "fc2", "predictions"});
  CHECK(layer_paths(lenet, seven, "@*Pool*") == Names{"pool1", "pool2"});
  CHECK(layer_paths(lenet, seven, "3") == Names{"conv2"});
  CHECK(layer_paths(lenet, seven, "2-4") == Names{"pool1", "conv2", "pool2"});
  CHECK(layer_paths(lenet, seven, "0, @Conv2D ,8") == Names{"image", "conv1", "conv2", "predictions"});
  CHECK(layer_paths(lenet, seven, "all").size() == 9);
  CHECK(layer_paths(lenet, seven, "none").empty());
}

TEST_CASE("run --layers: paths of nested models, a shared layer's name means each of its calls") {
  const std::string model = fixture("nested_shared/model.h5"),
                    input = fixture("nested_shared/input.npz") + "#0";
  CHECK(layer_paths(model, input, "block/conv#1") == Names{"block/conv#1"});
  CHECK(layer_paths(model, input, "block/conv*") == Names{"block/conv", "block/conv#1"});
  CHECK(layer_paths(model, input, "head/*") ==
        Names{"head/input_layer", "head/conv", "head/flatten", "head/predictions"});
}

TEST_CASE("run: a directory is its pictures in byte order of their paths, in place") {
  const Folder folder;
  const std::string png = read(seven);
  for (const char* name : {"b.png", "a.png", "a-b.png", "B.png", "a/x.png"})
    write(folder / ("in/" + std::string(name)), png);
  write(folder / "in/notes.txt", "mine");
  CHECK(ids(run_json({lenet, folder / "in", "--layers", "none"})) == Names{"B", "a-b", "a", "b"});
  CHECK(ids(run_json({lenet, folder / "in", "--layers", "none", "--recursive"})) ==
        Names{"B", "a-b", "a", "a-x", "b"});
  CHECK(ids(run_json({lenet, seven, folder / "in/a", small_input, "--layers", "none"})) ==
        Names{"7_0293", "x", "digit"});
}

TEST_CASE("run: a second input of the same name gets another id") {
  CHECK(ids(run_json({lenet, seven, seven, seven, "--layers", "none"})) ==
        Names{"7_0293", "7_0293.2", "7_0293.3"});
}

TEST_CASE("run: file is as typed, with the number of the item") {
  Setting setting;
  setting.folder = NV_EXAMPLES;
  const Json json = nv_json(
      "run",
      {"run", "models/lenet5-mnist.h5", "./digits/7_0293.png", "idx/kept-images-idx3-ubyte.gz#3", "--json"},
      setting);
  CHECK(json["model"]["file"] == "models/lenet5-mnist.h5");
  CHECK(json["defaults"] == "models/lenet5-mnist.nv.toml");
  CHECK(json["inputs"][0]["file"] == "./digits/7_0293.png");
  CHECK(json["inputs"][1]["file"] == "idx/kept-images-idx3-ubyte.gz#3");
  CHECK(json["inputs"][1]["id"] == "kept-images-idx3-ubyte-3");
  CHECK(count_of(json.dump(), NV_EXAMPLES) == 0);
}

TEST_CASE("run: #ITEMS and --items choose the same of a gzipped IDX file") {
  const Json marked = run_json({lenet, kept_images + "#3,5,8-9", "--layers", "none"});
  CHECK(ids(marked) == Names{"kept-images-idx3-ubyte-3", "kept-images-idx3-ubyte-5",
                             "kept-images-idx3-ubyte-8", "kept-images-idx3-ubyte-9"});
  CHECK(run_json({lenet, kept_images, "--items", "3,5,8-9", "--layers", "none"}) == marked);
}

TEST_CASE("run: a picture, the same as a uint8 array, and on standard input give the same prediction") {
  const Json picture = run_json({lenet, seven, "--layers", "none"});
  Setting setting;
  setting.input = read(seven);
  const Json piped = nv_json("run", {"run", lenet, "-", "--layers", "none", "--json"}, setting);
  CHECK(piped["inputs"][0]["file"] == "-");
  CHECK(piped["inputs"][0]["prediction"] == picture["inputs"][0]["prediction"]);
  setting.input = "";
  const Outcome nothing = run_nv({"run", lenet, "-", "--predict"}, setting);
  CHECK(nothing.code == 3);
  CHECK(not_one_error(nothing, "-: ") == "");
}

TEST_CASE("run: a float array is used unchanged, unless --preprocess is on the command line") {
  const Json plain = run_json({lenet, small_input});
  CHECK(plain["inputs"][0]["preprocess"] == "none");
  const Json scaled = run_json({lenet, small_input, "--preprocess", "unit"});
  CHECK(scaled["inputs"][0]["preprocess"] == "unit");
  CHECK(scaled["inputs"][0]["layers"][0]["max"] < plain["inputs"][0]["layers"][0]["max"]);
}

TEST_CASE("run: an .npy with one more axis is a batch, with the same results per item") {
  const Folder folder;
  nv::Tensor batch(nv::Shape{3, 28, 28});
  for (std::int64_t i = 0; i < batch.size(); ++i)
    batch.values()[static_cast<std::size_t>(i)] = static_cast<float>(i % 97) / 97;
  const nv::Bytes bytes = nv::encode_npy(batch);
  write(folder / "batch.npy", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const Json all = run_json({lenet, folder / "batch.npy"});
  CHECK(ids(all) == Names{"batch-0", "batch-1", "batch-2"});
  const Json one = run_json({lenet, folder / "batch.npy#1"});
  CHECK(one["inputs"][0] == all["inputs"][1]);
}

TEST_CASE(
    "run: text of a single sigmoid unit has the class by the threshold and its probability, JSON the value") {
  const std::string model = fixture("two_pictures/model.h5"), archive = fixture("two_pictures/input.npz");
  const Json prediction = run_json({model, archive, "--items", "0"})["inputs"][0]["prediction"];
  CHECK(prediction["index"] == 0);
  CHECK(prediction["score"].get<double>() < 0.45);
  const double probability = prediction["probability"].get<double>();
  CHECK(probability == doctest::Approx(1 - prediction["score"].get<double>()));
  const std::string shown = fmt::format("{:.4f}", probability),
                    other = fmt::format("{:.4f}", 1 - probability);
  const std::string one = run_nv({"run", model, archive, "--items", "0", "--layers", "none"}).out;
  CHECK(one.find("0     " + shown) < one.find("1     " + other));
  const std::string two = run_nv({"run", model, archive, "--layers", "none"}).out;
  CHECK(two.find(shown) != std::string::npos);
  CHECK(two.find(other) == std::string::npos);
  const Json explained = nv_json("explain", {"explain", model, archive, "--items", "0", "--json"});
  CHECK(explained["inputs"][0]["class"] == 0);
}

TEST_CASE(
    "run: an .npz has the inputs of a model with several, by number or name, every output is reported") {
  const std::string model = fixture("two_in_two_out/model.h5"), archive = fixture("two_in_two_out/input.npz");
  const Json json = run_json({model, archive});
  REQUIRE(json["inputs"].size() == 2);
  const Json& first = json["inputs"][0];
  CHECK(first["shape"] == Json{{8, 8, 3}, {5}});
  REQUIRE(first["outputs"].size() == 2);
  CHECK(first["outputs"][0]["name"] == "predictions");
  CHECK(first["outputs"][0]["prediction"] == first["prediction"]);
  CHECK(first["outputs"][1]["name"] == "maps");
  CHECK(first["outputs"][1]["shape"] == Json{6, 6, 2});
  CHECK(first["outputs"][1]["prediction"].is_null());
  const Json named = run_json({model, "extra=" + archive + ":1,image=" + archive + ":0"});
  REQUIRE(named["inputs"].size() == 2);
  CHECK(named["inputs"][0]["prediction"] == first["prediction"]);
  CHECK(run_nv({"run", model, "extra=" + archive + ":1", "--predict"}).code == 2);
}

TEST_CASE("run: a picture of another size and colour is converted to the model's input") {
  const Json json = run_json({vgg, example("photos/chelsea.png"), "--layers", "none"});
  CHECK(json["inputs"][0]["shape"] == Json{32, 32, 3});
  CHECK(run_json({lenet, example("photos/chelsea.png"), "--layers", "none"})["inputs"][0]["shape"] ==
        Json{28, 28, 1});
  CHECK(run_nv({"run", lenet, example("photos/chelsea.png"), "--resize", "none", "--predict"}).code == 3);
}

TEST_CASE("run: the JSON contains the preprocessing of pictures") {
  const auto done = [](Arguments options) {
    Arguments words{vgg, example("photos/chelsea-32.png"), "--layers", "none"};
    words.insert(words.end(), options.begin(), options.end());
    return run_json(words)["inputs"][0]["preprocess"].get<std::string>();
  };
  CHECK(done({}) == "unit");
  CHECK(done({"--preprocess", "caffe"}) == "caffe");
  CHECK(count_of(done({"--invert"}), "invert") == 1);
  CHECK(count_of(done({"--channels", "bgr"}), "bgr") == 1);
  CHECK(done({"--mean", "0.5", "--std", "0.25"}) != "unit");
}

TEST_CASE("run --jsonl: one line per input, in order, the summary last") {
  const Outcome outcome = run_nv({"run", lenet, seven, small_input, "--jsonl"});
  CHECK(outcome.code == 0);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 3);
  const Json document = run_json({lenet, seven, small_input});
  for (std::size_t i = 0; i < 2; ++i) {
    const Json item = parse(text[i]);
    CHECK(violations("run#item", item) == "");
    CHECK(item == document["inputs"][i]);
  }
  const Json last = parse(text[2]);
  CHECK(violations("run#last", last) == "");
  CHECK(last["summary"] == document["summary"]);
}

TEST_CASE("run --jsonl: a bad input is a line too") {
  const Outcome outcome = run_nv({"run", lenet, "no/such.png", seven, "--jsonl"});
  CHECK(outcome.code == 3);
  const std::vector<std::string> text = lines(outcome.out);
  REQUIRE(text.size() == 3);
  CHECK(violations("run#failed", parse(text[0])) == "");
  CHECK(violations("run#done", parse(text[1])) == "");
  CHECK(parse(text[2])["summary"]["errors"] == 1);
}

TEST_CASE("run --exact: accepted, and changes nothing") {
  CHECK(run_nv({"run", lenet, seven, "--exact", "--json"}).out ==
        run_nv({"run", lenet, seven, "--json"}).out);
}

TEST_CASE("run: NaN in an input is the string NaN in the JSON") {
  const Folder folder;
  nv::Tensor item(nv::Shape{28, 28, 1}, 0);
  item.values()[0] = std::numeric_limits<float>::quiet_NaN();
  const nv::Bytes bytes = nv::encode_npy(item);
  write(folder / "nan.npy", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const Outcome outcome = run_nv({"run", lenet, folder / "nan.npy", "--json"});
  CHECK(outcome.code == 0);
  const Json json = parse(outcome.out);
  CHECK(violations("run", json) == "");
  CHECK(json["inputs"][0]["layers"][0]["mean"] == "NaN");
  CHECK(json["inputs"][0]["prediction"].is_null());
  CHECK(json["inputs"][0]["reason"] == "the output holds NaN");
  CHECK(json["inputs"][0]["top"].empty());
  CHECK(outcome.err == "nv: note: " + (folder / "nan.npy") + ": holds NaN\n");
}
