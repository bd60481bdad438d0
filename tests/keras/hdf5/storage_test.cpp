// A model is the same in every storage of its numbers, and under any names.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/engine/engine.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/reader.h"

namespace nv::test {

namespace {

/// Sequential: 3 numbers, through Dense layers of 3 units with these names.
std::string sequential_json(const std::vector<std::string>& names) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  layers.push_back(
      {{"class_name", "InputLayer"}, {"config", {{"name", "x"}, {"batch_shape", {nullptr, 3}}}}});
  for (const std::string& name : names)
    layers.push_back({{"class_name", "Dense"}, {"config", {{"name", name}, {"units", 3}}}});
  return nlohmann::ordered_json{{"class_name", "Sequential"}, {"config", {{"name", "m"}, {"layers", layers}}}}
      .dump();
}

const std::vector<double> kernel{1, -2, 0.5, 4, 0.25, -1, 3, 2, -0.125}, bias{0.5, -1, 2};

/// How a file stores weights.
struct Storage {
  H5F_libver_t format = H5F_LIBVER_EARLIEST;
  hsize_t user_block = 0;
  hid_t type = H5T_IEEE_F32LE;
  bool packed = false;
};

/// A legacy .h5 model of Dense layers with these names, all with one kernel and bias.
std::string write_model(const Folder& folder, const std::vector<std::string>& names, const Storage& s = {}) {
  const std::string path = folder.path("m.h5");
  const Hdf5Maker m(path, s.format, s.user_block);
  m.text("/", "model_config", sequential_json(names));
  m.group("model_weights");
  m.variable_texts("model_weights", "layer_names", names);
  for (const std::string& name : names) {
    const std::string group = "model_weights/" + name;
    m.dataset(group + "/kernel:0", {3, 3}, kernel, s.type, s.packed);
    m.dataset(group + "/bias:0", {3}, bias, s.type, s.packed);
    m.variable_texts(group, "weight_names", {"kernel:0", "bias:0"});
  }
  return path;
}

std::vector<float> output_of(const Model& model) {
  Engine engine(model, {1});
  const Tensor y = engine.forward(std::vector{tensor({1, 3}, {1, 2, -1})}).outputs.back();
  return {y.values().begin(), y.values().end()};
}

const std::vector<float> expected{1 + 8 - 3 + 0.5F, -2 + 0.5F - 2 - 1, 0.5F - 2 + 0.125F + 2};

}  // namespace

TEST_CASE("a model runs the same in every format and number type of HDF5, plain or packed") {
  const Storage plain;
  std::vector<Storage> ways{plain,
                            {H5F_LIBVER_V18, 0, H5T_IEEE_F32LE, false},     // superblock 2
                            {H5F_LIBVER_LATEST, 0, H5T_IEEE_F32LE, false},  // superblock 3
                            {H5F_LIBVER_LATEST, 512, H5T_IEEE_F64BE, true},
                            {H5F_LIBVER_EARLIEST, 512, H5T_IEEE_F32LE, false},
                            {H5F_LIBVER_EARLIEST, 1 << 17, H5T_IEEE_F32LE, false}};
  const hid_t half = H5Tcopy(H5T_IEEE_F32LE);  // float16, as in h5py
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  H5Tset_ebias(half, 15);
  const hid_t half_big = H5Tcopy(half);
  H5Tset_order(half_big, H5T_ORDER_BE);
  for (const hid_t type : {hid_t{H5T_IEEE_F32LE}, hid_t{H5T_IEEE_F32BE}, hid_t{H5T_IEEE_F64LE},
                           hid_t{H5T_IEEE_F64BE}, half, half_big})
    for (const bool packed : {false, true}) ways.push_back({H5F_LIBVER_EARLIEST, 0, type, packed});
  for (const Storage& way : ways) {
    CAPTURE(static_cast<int>(way.format));
    CAPTURE(way.user_block);
    CAPTURE(way.packed);
    CAPTURE(H5Tget_size(way.type));
    const Folder folder;
    CHECK(output_of(open_model(write_model(folder, {"fc"}, way))) == expected);
  }
  H5Tclose(half_big);
  H5Tclose(half);
}

TEST_CASE("datasets that h5py compressed with LZF hold the same numbers") {
  const Model plain = open_model(NV_FIXTURES "/odd/intact.h5"),
              packed = open_model(NV_FIXTURES "/odd/lzf.h5");
  REQUIRE(plain.layers.size() == packed.layers.size());
  for (std::size_t i = 0; i < plain.layers.size(); ++i)
    for (std::size_t k = 0; k < plain.layers[i].weights.size(); ++k)
      CHECK(std::ranges::equal(plain.layers[i].weights[k].data->read().values(),
                               packed.layers[i].weights.at(k).data->read().values()));
}

TEST_CASE("the test files have the formats that they should have") {
  const Folder folder;
  const auto superblock = [&](const Storage& s) {
    return std::to_integer<int>(read_file(write_model(folder, {"fc"}, s)).at(8 + s.user_block));
  };
  CHECK(superblock({}) == 0);
  CHECK(superblock({H5F_LIBVER_EARLIEST, 512}) == 0);
  CHECK(superblock({H5F_LIBVER_V18}) == 2);
  CHECK(superblock({H5F_LIBVER_LATEST}) == 3);
}

TEST_CASE("layers may have any names: their weights are found, and their paths are on one line") {
  const std::vector<std::vector<std::string>> lists{{"a/b", "a", "a/b/c"},
                                                    {"my layer", " ", "trailing "},
                                                    {"größe", "層", "😀"},
                                                    {"..", "../..", "."},
                                                    {std::string(5000, 'L'), std::string(5000, 'L') + "2"},
                                                    {"Conv", "conv"},
                                                    {"a\\b", "a:b*?\"<>|#1@0"}};
  for (const std::vector<std::string>& names : lists) {
    CAPTURE(names[0]);
    const Folder folder;
    const Model model = open_model(write_model(folder, names));
    REQUIRE(model.nodes.size() == names.size() + 1);
    for (std::size_t i = 0; i < names.size(); ++i) CHECK(model.nodes[i + 1].path == names[i]);
    CHECK(model.notes.empty());
    CHECK(output_of(model).size() == 3);
  }
  const Folder folder;
  CHECK(open_model(write_model(folder, {"two\nlines\x1b[31m"})).nodes[1].path == "two lines\\x1b[31m");
}

TEST_CASE("two layers of one name are an input error") {
  const Folder folder;
  const std::string weights = write_model(folder, {"a"});
  const std::string path = folder.write("twice.json", sequential_json({"a", "a"}));
  CHECK(error_of([&] { (void)open_untrusted(path, weights); }) ==
        path + ": its model configuration has an unexpected form: two layers named a");
}

TEST_CASE("an architecture can take its weights from another file") {
  const Folder folder;
  const std::string odd = NV_FIXTURES "/odd/";
  const std::string json =
      folder.write("m.json", *Hdf5File::open(odd + "intact.h5")->text("/", "model_config"));
  for (const char* name : {"intact.h5", "intact.keras", "weights_only.h5", "weights_only_legacy.h5"}) {
    CAPTURE(name);
    const Model model = open_model(json, {.weights = odd + name});
    std::size_t weights = 0;
    for (const LayerSpec& l : model.layers) weights += l.weights.size();
    CHECK(weights == 4);
    CHECK(analyse(model).notes.empty());
  }
  CHECK(error_of([&] { (void)open_untrusted(json, odd + "text.h5"); }) ==
        odd + "text.h5: not a file of weights: it is text");
  CHECK(error_of([&] { (void)open_untrusted(json, odd + "empty.h5"); }) ==
        odd + "empty.h5: is empty (0 bytes)");
  CHECK(error_of([&] { (void)open_untrusted(json, odd + "no_model.h5"); }) ==
        odd + "no_model.h5: HDF5, but holds no weights of a Keras model");
}

TEST_CASE("an architecture that was made into JSON twice, or begins with a byte order mark, is read") {
  const Folder folder;
  const std::string json = sequential_json({"fc"}), weights = write_model(folder, {"fc"});
  for (const std::string& text : {json, "\xef\xbb\xbf\n " + json, nlohmann::json(json).dump()})
    CHECK(output_of(open_model(folder.write("m.json", text), {.weights = weights})) == expected);
}

TEST_CASE("a model with missing weights can be inspected, but not run") {
  const Folder folder;
  const auto notes = [&](const auto& write) {
    const std::string path = folder.path("m.h5");
    {
      const Hdf5Maker m(path);
      m.text("/", "model_config", sequential_json({"fc"}));
      m.group("model_weights");
      write(m);
    }
    const Model model = open_model(path);
    CHECK(error_of([&] { (void)output_of(model); }).find("m.h5: layer fc (Dense): ") != std::string::npos);
    return analyse(model).notes;
  };
  const std::vector<std::string> missing{"layer fc (Dense): its weights are missing in the file"};
  CHECK(notes([](const Hdf5Maker&) {}) == missing);
  CHECK(notes([](const Hdf5Maker& m) { m.variable_texts("model_weights", "layer_names", {"fc"}); }) ==
        missing);
  CHECK(notes([](const Hdf5Maker& m) {
          m.variable_texts("model_weights", "layer_names", {"fc"});
          m.group("model_weights/fc");
          m.numbers("model_weights/fc", "weight_names", {});
        }) == missing);
  CHECK(notes([](const Hdf5Maker& m) {
          m.variable_texts("model_weights", "layer_names", {"fc"});
          m.dataset("model_weights/fc", {1}, {1});
        }) == missing);
}

TEST_CASE("names in several attributes are one list") {
  const Folder folder;
  const std::string path = folder.path("m.h5");
  {
    const Hdf5Maker m(path);
    m.text("/", "model_config", sequential_json({"a", "b"}));
    m.group("model_weights");
    m.variable_texts("model_weights", "layer_names0", {"a"});
    m.variable_texts("model_weights", "layer_names1", {"b"});
    for (const std::string group : {"model_weights/a", "model_weights/b"}) {
      m.dataset(group + "/k", {3, 3}, kernel);
      m.dataset(group + "/b", {3}, bias);
      m.fixed_texts(group, "weight_names0", {"k"});
      m.fixed_texts(group, "weight_names1", {"b"});
    }
  }
  CHECK(output_of(open_model(path)).size() == 3);
}

TEST_CASE("NaN in a weight is noted and computed with") {
  const Folder folder;
  const std::string path = write_model(folder, {"fc"});
  Model model = open_model(path);
  struct Nan final : WeightData {
    Tensor read() const override { return tensor({3}, {0, NAN, NAN}); }
  };
  model.layers[1].weights[1].data = std::make_shared<Nan>();
  Engine engine(model);
  CHECK(engine.notes().empty());
  const Tensor y = engine.forward(std::vector{tensor({1, 3}, {1, 2, -1})}).outputs.back();
  CHECK(y[0] == 6);
  CHECK(std::isnan(y[1]));
  CHECK(engine.notes() ==
        std::vector<std::string>{"layer fc (Dense): weight bias:0 holds NaN (2 of 3 numbers)"});
}

TEST_CASE("a model of 2000 layers is opened and run") {
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i) names.push_back(fmt::format("layer_with_a_name_of_some_length_{}", i));
  const Folder folder;
  const std::string weights = write_model(folder, {"fc"});
  const Model model = open_model(write_model(folder, names));
  CHECK(model.nodes.size() == 2001);
  CHECK(model.parameters() == 2000 * 12);
  CHECK(analyse(model).notes.empty());
  CHECK(output_of(model).size() == 3);
}

}  // namespace nv::test
