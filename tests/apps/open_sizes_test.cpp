// Models with open sizes: multiply-adds, batch sizes, freezing.
#include <doctest/doctest.h>

#include <filesystem>

#include "nv/core/file.h"
#include "nv/data/npy.h"
#include "support.h"

using namespace nv::test;

namespace {

Json layer(const std::string& kind, const std::string& name, Json config = Json::object()) {
  config["name"] = name;
  return {{"class_name", kind}, {"config", config}};
}

/// Model for images of any size; a pass holds 99 numbers per pixel.
Arguments open_model(const Folder& folder) {
  Json layers = Json::array();
  layers.push_back(layer("InputLayer", "x", {{"batch_shape", {nullptr, nullptr, nullptr, 3}}}));
  layers.push_back(layer("Conv2D", "conv", {{"filters", 32}, {"kernel_size", {1, 1}}}));
  layers.push_back(layer("ReLU", "r1"));
  layers.push_back(layer("ReLU", "r2"));
  layers.push_back(layer("GlobalAveragePooling2D", "gap"));
  layers.push_back(layer("Dense", "fc", {{"units", 4}}));
  return json_model(folder, layers,
                    {{"layers/conv2d/vars/0", nv::Tensor(nv::Shape{1, 1, 3, 32}, 0.1F)},
                     {"layers/conv2d/vars/1", nv::Tensor(nv::Shape{32}, 0.0F)},
                     {"layers/dense/vars/0", nv::Tensor(nv::Shape{32, 4}, 0.1F)},
                     {"layers/dense/vars/1", nv::Tensor(nv::Shape{4}, 0.0F)}});
}

/// With open channels too.
Arguments open_channels(const Folder& folder) {
  Json layers = Json::array();
  layers.push_back(layer("InputLayer", "x", {{"batch_shape", {nullptr, nullptr, nullptr, nullptr}}}));
  layers.push_back(layer("DepthwiseConv2D", "dw", {{"kernel_size", {3, 3}}, {"activation", "sigmoid"}}));
  layers.push_back(layer("ReLU", "relu"));
  layers.push_back(layer("BatchNormalization", "bn"));
  layers.push_back(layer("GlobalAveragePooling2D", "gap"));
  return json_model(folder, layers,
                    {{"layers/depthwise_conv2d/vars/0", nv::Tensor(nv::Shape{3, 3, 2, 1}, 0.1F)},
                     {"layers/depthwise_conv2d/vars/1", nv::Tensor(nv::Shape{2}, 0.1F)},
                     {"layers/batch_normalization/vars/0", nv::Tensor(nv::Shape{2}, 1.0F)},
                     {"layers/batch_normalization/vars/1", nv::Tensor(nv::Shape{2}, 0.5F)},
                     {"layers/batch_normalization/vars/2", nv::Tensor(nv::Shape{2}, 0.0F)},
                     {"layers/batch_normalization/vars/3", nv::Tensor(nv::Shape{2}, 1.0F)}});
}

std::string picture(const Folder& folder, const nv::Shape& shape, const std::string& name) {
  nv::write_file(folder / name, nv::encode_npy(nv::Tensor(shape, 0.5F)));
  return folder / name;
}

}  // namespace

TEST_CASE("multiply-adds that depend on open sizes: null in the JSON, 'at least' in the text") {
  const Folder folder;
  const Arguments model = open_model(folder);
  const Json json = nv_json("inspect", with("inspect", model, {"--json"}));
  CHECK(json["model"]["macs"].is_null());
  CHECK(json["layers"][1]["macs"].is_null());
  for (const int free : {0, 2, 3, 4}) CHECK(json["layers"][free]["macs"] == 0);
  CHECK(json["layers"][5]["macs"] == 128);
  CHECK(count_of(run_nv(with("inspect", model, {})).out, ", at least 128 multiply-adds") == 1);
  CHECK(count_of(run_nv(with("inspect", model, {"--summary"})).out, "at least 128") == 1);
  CHECK(count_of(run_nv(with("inspect", model, {"--layer", "conv"})).out, "MACs        ?\n") == 1);
  // A layer that nv does not run.
  const Json lstm = nv_json("inspect", {"inspect", fixture("odd/lstm.h5"), "--json"});
  CHECK(lstm["model"]["macs"].is_null());
  CHECK(count_of(run_nv({"inspect", fixture("odd/lstm.h5")}).out, "at least ") == 1);
  CHECK(nv_json("inspect", {"inspect", lenet, "--json"})["model"]["macs"].is_number());
}

TEST_CASE("inputs of a model with open sizes run in batches that fit into memory") {
  const Folder folder;
  const Arguments model = open_model(folder);
  Arguments words = with("run", model, {"--json"});
  // 700 x 700: 194 MB per pass, 1.5 GB for all inputs as one batch.
  for (int i = 0; i < 8; ++i) words.push_back(picture(folder, {700, 700, 3}, std::to_string(i) + ".npy"));
  const Outcome o = run_nv(words);
  REQUIRE(o.code == 0);
  CHECK(parse(o.out)["inputs"].size() == 8);
  CHECK(o.peak_kb < 900'000);
}

TEST_CASE("an input whose pass exceeds the memory limit is refused, the others are done") {
  const Folder folder;
  const Arguments model = open_model(folder);
  const std::string large = picture(folder, {1200, 1200, 3}, "large.npy"),
                    other = picture(folder, {20, 20, 3}, "a.npy");
  const Outcome o = run_nv(with("run", model, {large, other, "--max-memory", "256M", "--json"}));
  CHECK(o.code == 3);
  CHECK(o.err.find(large + ": one pass through the model: needs ") != std::string::npos);
  const Json json = parse(o.out);
  CHECK(json["inputs"][0]["status"] == "error");
  CHECK(json["inputs"][1]["status"] == "ok");
  CHECK(o.peak_kb < 256'000);
}

TEST_CASE("inputs of many sizes, with bad ones between, keep their order") {
  const Folder folder;
  const Arguments model = open_model(folder);
  write(folder / "bad.npy", "no array");
  Arguments words = with("run", model, {"--json", "--layers", "none"});
  const std::vector<std::int64_t> sizes{8, 8, 0, 9, 8, 8, 8, 0, 8, 7};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    words.push_back(sizes[i] == 0 ? folder / "bad.npy"
                                  : picture(folder, {sizes[i], sizes[i], 3}, std::to_string(i) + ".npy"));
  const Json json = parse(run_nv(words).out);
  REQUIRE(json["inputs"].size() == sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    CAPTURE(i);
    if (sizes[i] == 0)
      CHECK(json["inputs"][i]["status"] == "error");
    else
      CHECK(json["inputs"][i]["shape"][0] == sizes[i]);
  }
}

TEST_CASE("mutate on open channels: by the weights, or refused, never a crash") {
  const Folder folder;
  const Arguments model = open_channels(folder);
  const std::string x = picture(folder, {5, 5, 2}, "x.npy");
  for (const std::string spec : {"dw:0", "bn:1", "relu:0", "x:1", "dw:2", "bn:7", "relu:9", "x:9"})
    for (const std::string as : {"output", "weights", "block"}) {
      CAPTURE(spec);
      CAPTURE(as);
      const bool beyond = spec.find_first_of("279") != std::string::npos;
      const Outcome run = run_nv(with("mutate", model, {x, "--freeze", spec, "--freeze-as", as, "--json"}));
      const bool has_weights = spec.starts_with("dw") || spec.starts_with("bn");
      CHECK(run.code == (beyond || (as == "weights" && !has_weights) ? 2 : 0));
      const std::string saved = folder / "saved.keras";
      std::filesystem::remove(saved);
      const Outcome save =
          run_nv(with("mutate", model, {"--freeze", spec, "--freeze-as", as, "--save", saved, "-q"}));
      CHECK(save.signal == 0);
      CHECK((save.code == 0 ||
             (save.code == 2 && not_one_error(save, "") == "" && count_of(save.err, folder.path()) > 0)));
      if (beyond) CHECK(save.code == 2);
      if (save.code == 0) {
        const Json a = nv_json("run", {"run", saved, x, "--json"});
        const Json b = nv_json("run", with("run", model, {x, "--freeze", spec, "--freeze-as", as, "--json"}));
        CHECK(a["inputs"][0]["prediction"] == b["inputs"][0]["prediction"]);
      }
    }
  const Outcome open = run_nv(with("mutate", model, {"--freeze", "x:0", "--save", folder / "no.keras"}));
  CHECK(open.code == 2);
  CHECK(count_of(open.err, "the model leaves the number of its channels open") == 1);
}

TEST_CASE("every operator of mutation testing works or is refused at every layer of models with open sizes") {
  const Folder first, second;
  const std::string x = picture(first, {5, 5, 2}, "x.npy"), y = picture(second, {6, 6, 3}, "x.npy");
  const Json list = parse(run_nv({"mutate", "--list", "--json"}).out)["operators"];
  REQUIRE(list.size() == 13);
  for (const auto& [folder, model, input] :
       {std::tuple{&first, open_channels(first), x}, {&second, open_model(second), y}})
    for (const Json& op : list)
      for (const char* at : {"0", "1", "2", "3", "4"})
        for (const char* filters : {"", R"(, "filters": [0, 99])"}) {
          const std::string entry =
              "{\"op\": \"" + op["name"].get<std::string>() + "\", \"layer\": \"" + at + "\"" + filters + "}";
          CAPTURE(entry);
          write(*folder / "m.config.json", R"({"mutations": [)" + entry + "]}");
          const Outcome o = run_nv(with("mutate", model,
                                        {input, "--config", *folder / "m.config.json", "--save",
                                         *folder / "s.keras", "--force", "--json"}));
          CHECK(o.signal == 0);
          CHECK((o.code == 0 || o.code == 2));
          if (o.code == 0) CHECK(violations("mutate", parse(o.out)) == "");
        }
}
