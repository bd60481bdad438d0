#include "nv/keras/memory_file.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "nv/analysis/computable.h"
#include "nv/core/error.h"
#include "nv/core/random.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// What the page's converter makes of an HDF5 file.
class Converter {
 public:
  explicit Converter(const Hdf5File& h5) : h5_(h5) { visit(""); }

  Bytes bytes(Json more = Json::object()) const {
    more["groups"] = groups_;
    more["datasets"] = datasets_;
    const std::string text = more.dump();
    Bytes all = to_bytes("nvfile01");
    for (std::size_t i = 0; i < 8; ++i) all.push_back(static_cast<std::byte>(text.size() >> 8 * i & 0xFF));
    const Bytes header = to_bytes(text);
    all.insert(all.end(), header.begin(), header.end());
    all.resize((all.size() + 3) / 4 * 4);
    const auto numbers = std::as_bytes(std::span(numbers_));
    all.insert(all.end(), numbers.begin(), numbers.end());
    return all;
  }

 private:
  void visit(const std::string& path) {
    Json texts = Json::object();
    for (const char* name : {"model_config", "keras_version", "backend"})
      if (const auto text = h5_.text(path, name)) texts[name] = *text;
    for (const char* name : {"layer_names", "weight_names"})
      if (h5_.has_attribute(path, name)) texts[name] = h5_.texts(path, name);
    groups_.push_back({{"path", path}, {"texts", texts}});
    for (const std::string& member : h5_.members(path)) {
      const std::string below = path.empty() ? member : path + "/" + member;
      if (h5_.is_group(below)) visit(below);
      if (!h5_.is_dataset(below)) continue;
      const Tensor t = h5_.read(below);
      const DatasetInfo info = h5_.describe(below);
      datasets_.push_back(
          {{"path", below}, {"shape", info.shape.axes()}, {"dtype", info.dtype}, {"at", numbers_.size()}});
      numbers_.insert(numbers_.end(), t.values().begin(), t.values().end());
    }
  }

  const Hdf5File& h5_;
  Json groups_ = Json::array(), datasets_ = Json::array();
  std::vector<float> numbers_;
};

Bytes converted(const std::string& file) {
  if (file.ends_with(".h5")) return Converter(*Hdf5File::open(file)).bytes();
  const Archive archive(std::make_shared<FileReader>(file));
  const auto h5 = Hdf5File::open_image(archive.read("model.weights.h5"), file);
  return Converter(*h5).bytes({{"config", as_text(archive.read("config.json"))},
                               {"metadata", as_text(archive.read("metadata.json"))}});
}

/// Paths of layers, names and bits of weights.
std::string described(const Model& model) {
  std::string text = model.keras_version + model.name;
  for (const LayerSpec& layer : model.layers) {
    text += "\n" + layer.path;
    for (const Weight& w : layer.weights) {
      const Tensor t = w.data->read();
      text += fmt::format(" {} {} {} {:x}", w.name, w.shape.str(), w.dtype,
                          hash_bytes(std::as_bytes(t.values())));
    }
  }
  return text;
}

std::string refusal(const Bytes& bytes) {
  try {
    const Model model = open_memory_file(std::make_shared<const Bytes>(bytes), "m.h5");
    (void)described(model);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string lenet() {
  return NV_FIXTURES "/sequential_lenet/model.h5";
}

}  // namespace

TEST_CASE("a model whose file was taken apart has the same layers and weights as from its file") {
  int models = 0;
  for (const auto& entry : fs::directory_iterator(NV_FIXTURES))
    for (const char* name : {"model.h5", "model.keras"}) {
      const std::string file = (entry.path() / name).string();
      if (!fs::exists(file)) continue;
      CAPTURE(file);
      CHECK(described(open_memory_file(std::make_shared<const Bytes>(converted(file)), file)) ==
            described(open_model(file)));
      ++models;
    }
  CHECK(models >= 20);
}

TEST_CASE("an archive without weights is a model whose weights are placeholders") {
  const std::string file = NV_FIXTURES "/sequential_lenet/model.keras";
  const Bytes json = Archive(std::make_shared<FileReader>(file)).read("config.json");
  const std::string config(as_text(json));
  const std::string text =
      Json{{"config", config}, {"groups", Json::array()}, {"datasets", Json::array()}}.dump();
  Bytes bytes = to_bytes("nvfile01");
  for (std::size_t i = 0; i < 8; ++i) bytes.push_back(static_cast<std::byte>(text.size() >> 8 * i & 0xFF));
  const Bytes header = to_bytes(text);
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
  const Model model = open_memory_file(std::make_shared<const Bytes>(bytes), "m.keras");
  CHECK(model.parameters() == open_model(file).parameters());
  CHECK(model.notes == std::vector<std::string>{"a Keras archive without weights (no model.weights.h5)"});
  CHECK(refusal(bytes) == "m.h5: a Keras archive without weights (no model.weights.h5)");
  const std::vector<Obstacle> all = obstacles(model, analyse(model));
  CHECK(std::ranges::count(all, std::string("its weights are missing in the file"), &Obstacle::problem) >= 2);
}

TEST_CASE("damaged blocks are refused") {
  const Bytes good = converted(lenet());
  CHECK(refusal(good) == "");
  for (const std::size_t size : {std::size_t{4}, std::size_t{12}, std::size_t{100}, good.size() - 4})
    CHECK(
        refusal(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))).starts_with("m.h5: "));
  Bytes claim = good;
  for (std::size_t i = 8; i < 16; ++i) claim[i] = std::byte{0xFF};
  CHECK(refusal(claim).find("cut short") != std::string::npos);
}

TEST_CASE("blocks with changed bytes end in an error, or in a model") {
  const Bytes good = converted(lenet());
  const auto header = static_cast<std::int64_t>(little_endian(good, 8, 8));
  Random random({2});
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    Bytes bytes = good;
    static constexpr std::string_view likely = "0123456789-[]{},\":nullAz";
    for (int change = 0; change < 3; ++change)
      bytes[static_cast<std::size_t>(8 + random.below(header + 8))] = static_cast<std::byte>(
          likely[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(likely.size())))]);
    refused += refusal(bytes).empty() ? 0 : 1;
  }
  CHECK(refused > 100);
}

}  // namespace nv::test
