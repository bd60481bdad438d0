#include "nv/model/packed.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/half.h"
#include "nv/core/random.h"
#include "nv/data/npz.h"
#include "nv/engine/engine.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

namespace fs = std::filesystem;

PackedModel unpacked(Bytes bytes) {
  return unpack_model(std::make_shared<const Bytes>(std::move(bytes)), "m.h5");
}

std::vector<Tensor> outputs_of(const Model& model, const std::vector<Tensor>& inputs) {
  Engine engine(model, {1, false});
  return engine.forward(inputs).outputs;
}

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(float)) == 0;
}

/// The error's text; "" if there is none. Anything but an Error(input) fails the test.
std::string refusal(const Bytes& bytes) {
  try {
    Engine engine(unpacked(bytes).model, {1, false});
    engine.load();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

std::string lenet() {
  return NV_FIXTURES "/sequential_lenet/model.h5";
}

}  // namespace

TEST_CASE("a packed model computes the same bits in every node as the file that it was packed from") {
  int models = 0;
  for (const auto& entry : fs::directory_iterator(NV_FIXTURES)) {
    const fs::path inputs_file = entry.path() / "input.npz";
    for (const char* name : {"model.h5", "model.keras"}) {
      const std::string file = (entry.path() / name).string();
      if (!fs::exists(file) || !fs::exists(inputs_file)) continue;
      CAPTURE(file);
      const NpzReader npz(read_file(inputs_file.string()), inputs_file.string());
      std::vector<Tensor> inputs;
      for (std::size_t i = 0; i < npz.names().size(); ++i)
        inputs.push_back(npz.read(std::to_string(i)).as_float());
      const Model model = open_model(file);
      const Model again = unpacked(pack_model(model, {}, WeightPrecision::single)).model;
      std::vector<Tensor> a, b;
      std::string error_a, error_b;
      try {
        a = outputs_of(model, inputs);
      } catch (const Error& e) {  // layers that nv does not run
        error_a = std::string(e.what()).substr(file.size());
      }
      try {
        b = outputs_of(again, inputs);
      } catch (const Error& e) {
        error_b = std::string(e.what()).substr(4);
      }
      CHECK(error_a == error_b);
      REQUIRE(a.size() == b.size());
      for (std::size_t i = 0; i < a.size(); ++i) CHECK(same(a[i], b[i]));
      ++models;
    }
  }
  CHECK(models >= 15);
}

TEST_CASE("packing keeps what the model says, and gives the same bytes again") {
  const Model model = open_model(lenet());
  const Config about(nlohmann::ordered_json{{"labels", {"a", "b"}}});
  const Bytes bytes = pack_model(model, about, WeightPrecision::single);
  const PackedModel packed = unpacked(bytes);
  CHECK(packed.about.json() == about.json());
  CHECK(packed.precision == WeightPrecision::single);
  CHECK(packed.model.file == "m.h5");
  CHECK(packed.model.keras_version == model.keras_version);
  CHECK(packed.model.parameters() == model.parameters());
  CHECK(pack_model(packed.model, about, WeightPrecision::single) == bytes);
}

TEST_CASE("weights of single precision are views of the packed bytes: they are in memory once") {
  const auto bytes =
      std::make_shared<const Bytes>(pack_model(open_model(lenet()), {}, WeightPrecision::single));
  const Model model = unpack_model(bytes, "m.h5").model;
  int weights = 0;
  for (const LayerSpec& layer : model.layers)
    for (const Weight& w : layer.weights) {
      const Tensor numbers = w.data->read();
      const auto* const at = reinterpret_cast<const std::byte*>(numbers.data());
      CHECK(at >= bytes->data());
      CHECK(at + numbers.size() * 4 <= bytes->data() + bytes->size());
      ++weights;
    }
  CHECK(weights == 8);
}

TEST_CASE("half precision: weights are the nearest halves, in half the bytes") {
  const Model model = open_model(lenet());
  const Bytes whole = pack_model(model, {}, WeightPrecision::single),
              half = pack_model(model, {}, WeightPrecision::half);
  const auto weights = static_cast<std::size_t>(model.parameters());
  CHECK(whole.size() - half.size() + 16 > 2 * weights);
  const PackedModel packed = unpacked(half);
  CHECK(packed.precision == WeightPrecision::half);
  const Tensor before = model.layers[1].weights[0].data->read(),
               after = packed.model.layers[1].weights[0].data->read();
  REQUIRE(before.size() == after.size());
  for (std::int64_t i = 0; i < before.size(); ++i) CHECK(after[i] == from_half(to_half(before[i])));
}

TEST_CASE("a weight that no half can hold is refused by --half") {
  class Large final : public WeightData {
    Tensor read() const override { return Tensor(Shape{1}, 1e6F); }
  };
  Model model = open_model(lenet());
  model.layers[1].weights = {{"kernel", {1}, "float32", std::make_shared<Large>()}};
  std::string what;
  try {
    (void)pack_model(model, {}, WeightPrecision::half);
  } catch (const Error& e) {
    what = e.what();
  }
  CHECK(what.find("too large for float16") != std::string::npos);
}

TEST_CASE("damaged packed models are refused: cut short, longer, other JSON") {
  const Bytes good = pack_model(open_model(lenet()), {}, WeightPrecision::single);
  CHECK(refusal(good) == "");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{15}, std::size_t{40}, good.size() - 4}) {
    CAPTURE(size);
    CHECK(refusal(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))) != "");
  }
  Bytes longer = good;
  longer.resize(good.size() + 4);
  CHECK(refusal(longer).find("does not end with its last weight") != std::string::npos);
  Bytes claim = good;
  for (std::size_t i = 8; i < 16; ++i) claim[i] = std::byte{0xFF};
  CHECK(refusal(claim).find("cut short") != std::string::npos);
}

TEST_CASE("packed models with changed bytes end in an error, or still run") {
  const Bytes good = pack_model(open_model(lenet()), {}, WeightPrecision::single);
  const std::size_t header = static_cast<std::size_t>(little_endian(good, 8, 8));
  Random random({1});
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    Bytes bytes = good;
    for (int change = 0; change < 3; ++change) {
      static constexpr std::string_view likely = "0123456789-[]{},\":nullAz";
      const auto at = 8 + static_cast<std::size_t>(random.below(static_cast<std::int64_t>(header) + 8));
      bytes[at] = static_cast<std::byte>(
          likely[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(likely.size())))]);
    }
    refused += refusal(bytes).empty() ? 0 : 1;
  }
  CHECK(refused > 200);
}

}  // namespace nv::test
