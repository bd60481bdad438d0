// nv run -o: files written, and their contents.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nv/core/file.h"
#include "nv/data/image.h"
#include "nv/data/npy.h"
#include "nv/data/npz.h"
#include "support.h"

using namespace nv::test;

namespace {

using Names = std::vector<std::string>;

nv::NpzReader open_npz(const std::string& file) {
  return {nv::read_file(file), file};
}

Json run_into(const std::string& folder, Arguments words) {
  words.insert(words.begin(), "run");
  words.insert(words.end(), {"-o", folder, "--json"});
  return nv_json("run", words);
}

bool is_png(const std::string& bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1a\n") && bytes.ends_with(std::string_view("IEND\xae\x42\x60\x82"));
}

}  // namespace

TEST_CASE("files: -o without --format draws a sheet per layer and the overview") {
  const Folder folder;
  const Json json = run_into(folder / "out", {lenet, seven});
  CHECK(names(folder / "out") == Names{"7_0293/000-image.png", "7_0293/001-conv1.png", "7_0293/002-pool1.png",
                                       "7_0293/003-conv2.png", "7_0293/004-pool2.png",
                                       "7_0293/005-flatten.png", "7_0293/006-fc1.png", "7_0293/007-fc2.png",
                                       "7_0293/008-predictions.png", "7_0293/overview.png",
                                       "7_0293/prediction.json", "nv-manifest.json", "run.json"});
  const Json& input = json["inputs"][0];
  CHECK(input["files"] ==
        Json{{"overview", "7_0293/overview.png"}, {"prediction", "7_0293/prediction.json"}});
  CHECK(input["layers"][1]["file"] == "7_0293/001-conv1.png");
  for (const Json& layer : input["layers"]) {
    const std::string bytes = read(folder / ("out/" + layer["file"].get<std::string>()));
    CHECK(is_png(bytes));
  }
  CHECK(is_png(read(folder / "out/7_0293/overview.png")));
}

TEST_CASE("files: run.json is the document of --json, prediction.json its part on the input") {
  const Folder folder;
  const Outcome outcome = run_nv({"run", lenet, seven, "-o", folder / "out", "--format", "npz", "--json"});
  CHECK(read(folder / "out/run.json") == outcome.out);
  const Json document = parse_file(folder / "out/run.json"),
             prediction = parse_file(folder / "out/7_0293/prediction.json");
  CHECK(violations("run", document) == "");
  CHECK(violations("prediction", prediction) == "");
  for (const auto& part : document["inputs"][0].items()) {
    CAPTURE(part.key());
    if (part.key() != "layers") CHECK(prediction[part.key()] == part.value());
  }
}

TEST_CASE("files: --format selects the files, every name in the JSON exists, relative to the folder") {
  const Folder folder;
  const Json json = run_into(folder / "out",
                             {lenet, seven, "--format", "npz,npy,h5,json", "--layers", "conv1,predictions"});
  CHECK(names(folder / "out") == Names{"7_0293/001-conv1.npy", "7_0293/008-predictions.npy",
                                       "7_0293/activations.h5", "7_0293/activations.json",
                                       "7_0293/activations.npz", "7_0293/prediction.json", "nv-manifest.json",
                                       "run.json"});
  const Json& input = json["inputs"][0];
  for (const char* kind : {"npz", "h5", "json", "prediction"})
    CHECK(std::filesystem::exists(folder / ("out/" + input["files"][kind].get<std::string>())));
  CHECK_FALSE(input["files"].contains("overview"));
  CHECK(input["layers"][0]["file"] == "7_0293/001-conv1.npy");
  CHECK(read(folder / "out/7_0293/activations.h5").starts_with("\x89HDF\r\n\x1a\n"));
}

TEST_CASE("files: .npz, .npy, .json and the document contain the same numbers") {
  const Folder folder;
  const Json json = run_into(folder / "out",
                             {lenet, seven, "--format", "npz,npy,json", "--layers", "conv1,fc2,predictions"});
  const nv::NpzReader archive = open_npz(folder / "out/7_0293/activations.npz");
  CHECK(archive.names() == Names{"conv1", "fc2", "predictions"});
  const Json values = parse_file(folder / "out/7_0293/activations.json");
  CHECK(violations("activations", values) == "");
  for (std::size_t i = 0; i < 3; ++i) {
    const Json& layer = values["layers"][i];
    const nv::NpyArray array = archive.read(layer["path"]);
    CHECK(array.type == nv::ScalarType::float32);
    CHECK(layer["shape"] == json["inputs"][0]["layers"][i]["shape"]);
    const nv::Tensor numbers = array.as_float();
    REQUIRE(layer["values"].size() == static_cast<std::size_t>(numbers.size()));
    std::size_t different = 0;
    for (std::int64_t k = 0; k < numbers.size(); ++k)
      different +=
          static_cast<float>(layer["values"][static_cast<std::size_t>(k)].get<double>()) == numbers[k] ? 0
                                                                                                       : 1;
    CHECK(different == 0);
    const std::string file = folder / ("out/" + json["inputs"][0]["layers"][i]["file"].get<std::string>());
    const nv::NpyArray alone = nv::parse_npy(nv::read_file(file), file);
    CHECK(alone.shape == array.shape);
    CHECK(alone.raw == array.raw);
  }
  const Json& prediction = json["inputs"][0]["prediction"];
  CHECK(static_cast<float>(prediction["score"].get<double>()) ==
        archive.read("predictions").as_float()[prediction["index"].get<std::int64_t>()]);
}

TEST_CASE("files: activations.npz holds the values of Keras, one key per layer, one item, no batch axis") {
  for (const std::string name : {"sequential_lenet", "functional_branches", "nested_shared"}) {
    CAPTURE(name);
    const Folder folder;
    run_into(folder / "out", {fixture(name + "/model.h5"), fixture(name + "/input.npz"), "--format", "npz"});
    const nv::NpzReader expected = open_npz(fixture(name + "/expected.npz"));
    for (const int item : {0, 1}) {
      const nv::NpzReader got = open_npz(folder / ("out/input-" + std::to_string(item) + "/activations.npz"));
      for (const std::string& key : expected.names()) {
        if (!key.starts_with("layer/")) continue;
        CAPTURE(key);
        const nv::Tensor want = expected.read(key).as_float().item(item),
                         have = got.read(key.substr(6)).as_float();
        REQUIRE(have.shape() == want.shape());
        float most = 0, apart = 0;
        for (std::int64_t i = 0; i < want.size(); ++i) {
          most = std::max(most, std::abs(want[i]));
          apart = std::max(apart, std::abs(want[i] - have[i]));
        }
        CHECK(apart <= 1e-5F * most);
      }
    }
  }
}

TEST_CASE("files: a layer's path becomes a safe file name, its number makes it unique") {
  const Folder folder;
  const Json json =
      run_into(folder / "out", {fixture("nested_shared/model.h5"), fixture("nested_shared/input.npz") + "#0",
                                "--format", "npy", "--layers", "block/conv*"});
  for (const Json& layer : json["inputs"][0]["layers"]) {
    const std::string file = layer["file"];
    CHECK(std::filesystem::exists(folder / ("out/" + file)));
    CHECK(std::ranges::count(file, '/') == 1);
    CHECK(file.find_first_of("#@ ") == std::string::npos);
  }
  CHECK(json["inputs"][0]["layers"][0]["file"] != json["inputs"][0]["layers"][1]["file"]);
}

TEST_CASE("files: --layers none gives only predictions, and names no missing picture") {
  const Folder folder;
  const Outcome outcome = run_nv({"run", lenet, seven, "-o", folder / "out", "--layers", "none"});
  CHECK(names(folder / "out") == Names{"7_0293/prediction.json", "nv-manifest.json", "run.json"});
  CHECK(count_of(outcome.out, folder / "out") > 0);
  CHECK(count_of(outcome.out, "overview.png") == 0);
}

TEST_CASE("files: similar ids have separate folders") {
  const Folder folder;
  const std::string png = read(seven);
  for (const char* name : {"a:b.png", "a_b.png", "a-b.png", "a b.png"})
    write(folder / ("in/" + std::string(name)), png);
  const Json json = run_into(folder / "out", {lenet, folder / "in", "--layers", "none"});
  Names files;
  for (const Json& input : json["inputs"]) files.push_back(input["files"]["prediction"]);
  for (const std::string& file : files) CHECK(std::ranges::count(files, file) == 1);
  CHECK(names(folder / "out").size() == 4 + 2);
}

TEST_CASE("files: -o NAME.png is a single sheet: the layer if only one is chosen, else the overview") {
  const Folder folder;
  const Outcome whole = run_nv({"run", lenet, seven, "-o", folder / "whole.png"});
  CHECK(whole.code == 0);
  CHECK(count_of(whole.out, "wrote " + (folder / "whole.png")) == 1);
  CHECK(
      run_nv({"run", lenet, seven, "-o", folder / "new/folder/conv1.png", "--layers", "conv1", "-q"}).code ==
      0);
  CHECK(names(folder.path()) == Names{"new/folder/conv1.png", "whole.png"});
  CHECK(is_png(read(folder / "whole.png")));
  // The same picture as in the folder.
  run_into(folder / "out", {lenet, seven, "--layers", "conv1"});
  CHECK(read(folder / "out/7_0293/001-conv1.png") == read(folder / "new/folder/conv1.png"));
}

TEST_CASE(
    "files: -o NAME.png is replaced if nv wrote it or with --force, never if it is an input or the model") {
  const Folder folder;
  write(folder / "sheet.png", "mine");
  CHECK(run_nv({"run", lenet, seven, "-o", folder / "sheet.png"}).code == 5);
  CHECK(read(folder / "sheet.png") == "mine");
  CHECK(run_nv({"run", lenet, seven, "-o", folder / "sheet.png", "--force"}).code == 0);
  CHECK(is_png(read(folder / "sheet.png")));
  CHECK(run_nv({"run", lenet, seven, "-o", folder / "sheet.png", "--layers", "conv1"}).code == 0);

  const std::string digit = read(seven), model = read(small);
  write(folder / "digit.png", digit);
  write(folder / "model.png", model);
  std::filesystem::create_symlink(folder / "digit.png", folder / "other.png");
  for (const Arguments& words : {Arguments{"run", lenet, folder / "digit.png", "-o", folder / "digit.png"},
                                 {"run", lenet, folder / "digit.png", "-o", folder / "./digit.png"},
                                 {"run", lenet, folder / "other.png", "-o", folder / "digit.png"},
                                 {"run", folder / "model.png", small_input, "-o", folder / "model.png"},
                                 {"run", folder / "model.png", small_input, "-o", folder / "./model.png"}}) {
    INFO(typed(words));
    const Outcome outcome = run_nv(words);
    CHECK(outcome.code == 2);
    CHECK(not_one_error(outcome, "-o " + words.back() + ": ") == "");
    CHECK(read(folder / "digit.png") == digit);
    CHECK(read(folder / "model.png") == model);
  }
}

TEST_CASE("files: one sheet shows one input and needs a layer to draw") {
  const Folder folder;
  CHECK(run_nv({"run", lenet, seven, seven, "-o", folder / "sheet.png"}).code == 2);
  CHECK(run_nv({"run", lenet, seven, "--layers", "none", "-o", folder / "sheet.png"}).code == 2);
  CHECK(names(folder.path()).empty());
}

TEST_CASE("files: --scale, --colormap, --theme, --dpi and --no-title each change the picture") {
  const Folder folder;
  const auto drawn = [&](Arguments options) {
    Arguments words{"run", lenet, seven, "--layers", "conv1", "-q", "-o", folder / "sheet.png"};
    words.insert(words.end(), options.begin(), options.end());
    CHECK(run_nv(words).code == 0);
    return read(folder / "sheet.png");
  };
  const std::string plain = drawn({});
  for (const Arguments& options : {Arguments{"--scale", "channel"},
                                   {"--scale", "symmetric"},
                                   {"--colormap", "magma"},
                                   {"--theme", "dark"},
                                   {"--dpi", "192"},
                                   {"--no-title"}}) {
    INFO(typed(options));
    CHECK(drawn(options) != plain);
  }
  const auto decoded = [](const std::string& bytes) {
    return nv::decode_image(std::as_bytes(std::span(bytes)), "sheet.png");
  };
  // The recorded command line differs, the picture does not.
  CHECK(decoded(drawn({"--scale", "layer", "--colormap", "viridis", "--theme", "light", "--dpi", "96"}))
            .pixels == decoded(plain).pixels);
  // Cells are whole pixels at any resolution, so that the sheet's width is not exactly doubled.
  CHECK(decoded(drawn({"--dpi", "192"})).width == doctest::Approx(2 * decoded(plain).width).epsilon(0.06));
}
