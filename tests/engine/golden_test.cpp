// Models written by Keras (scripts/make_fixtures.py), with the outputs that Keras computes.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/data/npz.h"
#include "nv/engine/engine.h"
#include "nv/keras/reader.h"
#include "nv/keras/writer.h"

namespace nv {

namespace {

namespace fs = std::filesystem;

struct Fixture {
  std::string name;  ///< "pooling/model.keras"
  std::string file, folder;
};

const std::vector<Fixture>& fixtures() {
  static const std::vector<Fixture> all = [] {
    std::vector<Fixture> found;
    for (const auto& entry : fs::directory_iterator(NV_FIXTURES))
      for (const char* model : {"model.h5", "model.keras"})
        if (fs::exists(entry.path() / model) && fs::exists(entry.path() / "expected.npz"))
          found.push_back({entry.path().filename().string() + "/" + model, (entry.path() / model).string(),
                           entry.path().string()});
    std::sort(found.begin(), found.end(), [](const Fixture& a, const Fixture& b) { return a.name < b.name; });
    return found;
  }();
  return all;
}

NpzReader open_npz(const std::string& path) {
  return {read_file(path), path};
}

std::vector<Tensor> inputs_of(const Fixture& f) {
  const NpzReader npz = open_npz(f.folder + "/input.npz");
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < npz.names().size(); ++i)
    inputs.push_back(npz.read(std::to_string(i)).as_float());
  return inputs;
}

/// Nodes that can be computed: they and all nodes before them have a shape.
std::vector<bool> computable(const Engine& engine) {
  std::vector<bool> nodes;
  for (const NodeStructure& n : engine.structure().nodes) nodes.push_back(n.output.has_value());
  return nodes;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

/// max |got - expected| / max |expected|; infinite if the shapes differ.
double error_of(const Tensor& got, const Tensor& expected) {
  if (!(got.shape() == expected.shape())) return INFINITY;
  double worst = 0, most = 0;
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const double e = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    if (!(e <= worst)) worst = e;  // NaN too
    most = std::max(most, std::abs(static_cast<double>(expected[i])));
  }
  return worst / most;
}

std::vector<Tensor> items(const std::vector<Tensor>& inputs, std::int64_t first, std::int64_t count) {
  std::vector<Tensor> part;
  for (const Tensor& t : inputs) part.push_back(t.items(first, count));
  return part;
}

}  // namespace

TEST_CASE("the fixtures are there") {
  CHECK(fixtures().size() >= 27);
}

TEST_CASE("every layer and output is within 1e-5 of Keras, relative to the layer's largest value") {
  for (const Fixture& f : fixtures()) {
    SUBCASE(f.name.c_str()) {
      const NpzReader expected = open_npz(f.folder + "/expected.npz");
      Engine engine(open_model(f.file), {1});
      const Model& model = engine.model();
      const std::vector<bool> nodes = computable(engine);
      const Trace trace = engine.forward(inputs_of(f), nodes);
      int compared = 0;
      for (std::size_t i = 0; i < model.nodes.size(); ++i) {
        const std::string key = "layer/" + model.nodes[i].path;
        if (!nodes[i] || !expected.contains(key)) continue;
        const double e = error_of(trace.outputs[i], expected.read(key).as_float());
        CHECK_MESSAGE(e <= 1e-5,
                      f.name << ", " << key << " (" << model.layer_of(model.nodes[i]).kind << "): " << e);
        ++compared;
      }
      int named = 0;
      for (const std::string& key : expected.names()) named += key.starts_with("layer/") ? 1 : 0;
      CHECK(compared == named);
      for (std::size_t o = 0; o < model.outputs.size(); ++o) {
        const auto node = static_cast<std::size_t>(model.outputs[o].value.node);
        if (!nodes[node]) continue;
        const double e =
            error_of(trace.outputs[node], expected.read("output/" + std::to_string(o)).as_float());
        CHECK_MESSAGE(e <= 1e-5, f.name << ", output " << o << ": " << e);
      }
    }
  }
}

TEST_CASE("models written in either format have Keras's outputs too") {
  for (const Fixture& f : fixtures()) {
    for (const ModelFormat format : {ModelFormat::h5, ModelFormat::keras}) {
      const std::string file =
          (fs::temp_directory_path() / ("nv-golden-" + std::to_string(getpid()))).string();
      write_file(file, encode_model(open_model(f.file), format));
      Engine engine(open_model(file), {1});
      fs::remove(file);
      std::vector<bool> keep(engine.model().nodes.size(), false);
      for (const Port& port : engine.model().outputs) keep[static_cast<std::size_t>(port.value.node)] = true;
      const Trace trace = engine.forward(inputs_of(f), keep);
      const NpzReader expected = open_npz(f.folder + "/expected.npz");
      for (std::size_t o = 0; o < engine.model().outputs.size(); ++o) {
        const auto node = static_cast<std::size_t>(engine.model().outputs[o].value.node);
        const double e =
            error_of(trace.outputs[node], expected.read("output/" + std::to_string(o)).as_float());
        CHECK_MESSAGE(e <= 1e-5, f.name << ", output " << o << ": " << e);
      }
    }
  }
}

TEST_CASE("all layers can be computed") {
  for (const Fixture& f : fixtures()) {
    CAPTURE(f.name);
    const Model model = open_model(f.file);
    const Structure structure = analyse(model);
    std::set<std::string> problems;
    for (std::size_t i = 0; i < model.nodes.size(); ++i)
      if (!structure.nodes[i].problem.empty()) problems.insert(model.nodes[i].path);
    CHECK(problems == std::set<std::string>());
    CHECK(structure.notes.empty());
    CHECK(model.notes.empty());
  }
}

TEST_CASE("layers have the same kinds, shapes and order as in Keras") {
  for (const Fixture& f : fixtures()) {
    const auto about = nlohmann::json::parse(read_text(f.folder + "/about.json"));
    const Model model = open_model(f.file);
    const Structure structure = analyse(model);
    std::vector<std::string> ours, keras;
    for (std::size_t i = 0; i < model.nodes.size(); ++i) {
      const Node& n = model.nodes[i];
      if (model.layer_of(n).kind == "InputLayer" || !structure.nodes[i].output) continue;
      ours.push_back(n.path + " " + model.layer_of(n).kind + " " + structure.nodes[i].output->str(","));
    }
    std::size_t next = 0;
    for (const auto& layer : about["layers"]) {
      const Shape shape(std::span<const std::int64_t>(layer["shape"].get<std::vector<std::int64_t>>()));
      keras.push_back(layer["path"].get<std::string>() + " " + layer["kind"].get<std::string>() + " " +
                      shape.str(","));
    }
    CHECK_MESSAGE(ours.size() == keras.size(), f.name);
    for (const std::string& line : ours) {
      const auto at = std::find(keras.begin() + static_cast<std::ptrdiff_t>(next), keras.end(), line);
      CHECK_MESSAGE(at != keras.end(), f.name << ": " << line << " is not there, or out of order");
      if (at != keras.end()) next = static_cast<std::size_t>(at - keras.begin()) + 1;
    }
  }
}

TEST_CASE("results are the same bytes at 1 and at 4 threads, alone and in a batch") {
  for (const Fixture& f : fixtures()) {
    SUBCASE(f.name.c_str()) {
      Engine one(open_model(f.file), {1}), four(open_model(f.file), {4});
      const std::vector<Tensor> inputs = inputs_of(f);
      const std::vector<bool> nodes = computable(one);
      const Trace batch = one.forward(inputs, nodes), threads = four.forward(inputs, nodes);
      const std::int64_t count = inputs[0].shape()[0];
      REQUIRE(count > 1);
      for (std::int64_t item = 0; item < count; ++item) {
        const Trace alone = four.forward(items(inputs, item, 1), nodes);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
          if (!nodes[i]) continue;
          const std::string& path = one.model().nodes[i].path;
          CHECK_MESSAGE(same_bytes(alone.outputs[i], batch.outputs[i].items(item, 1)),
                        f.name << ", " << path << ", item " << item);
          CHECK_MESSAGE(same_bytes(threads.outputs[i], batch.outputs[i]), f.name << ", " << path);
        }
      }
    }
  }
}

TEST_CASE("a layer requested alone is the same as among all, and nothing else is kept") {
  for (const Fixture& f : fixtures()) {
    SUBCASE(f.name.c_str()) {
      Engine engine(open_model(f.file), {2});
      const std::vector<Tensor> inputs = inputs_of(f);
      const std::vector<bool> nodes = computable(engine);
      const Trace all = engine.forward(inputs, nodes);
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (!nodes[i]) continue;
        std::vector<bool> keep(nodes.size(), false);
        keep[i] = true;
        const Trace some = engine.forward(inputs, keep);
        CHECK_MESSAGE(same_bytes(some.outputs[i], all.outputs[i]),
                      f.name << ", " << engine.model().nodes[i].path);
        for (std::size_t k = 0; k < nodes.size(); ++k)
          if (k != i) CHECK(some.outputs[k].empty());
      }
    }
  }
}

TEST_CASE("the .h5 and the .keras file of a model are the same model") {
  int pairs = 0;
  for (const Fixture& f : fixtures()) {
    if (!f.file.ends_with(".keras")) continue;
    ++pairs;
    CAPTURE(f.name);
    const Model keras = open_model(f.file), h5 = open_model(f.folder + "/model.h5");
    REQUIRE(keras.nodes.size() == h5.nodes.size());
    CHECK(keras.parameters() == h5.parameters());
    for (std::size_t l = 0; l < keras.layers.size(); ++l) {
      const LayerSpec &a = keras.layers[l], &b = h5.layers[l];
      CHECK(a.path == b.path);
      CHECK(a.trainable == b.trainable);
      REQUIRE(a.weights.size() == b.weights.size());
      for (std::size_t w = 0; w < a.weights.size(); ++w)
        CHECK_MESSAGE(same_bytes(a.weights[w].data->read(), b.weights[w].data->read()), a.path << " " << w);
    }
  }
  CHECK(pairs >= 9);
}

}  // namespace nv
