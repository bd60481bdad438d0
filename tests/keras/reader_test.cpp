#include "nv/keras/reader.h"

#include <doctest/doctest.h>

#include <bit>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "keras/support.h"
#include "nv/data/npy.h"
#include "nv/engine/engine.h"

namespace nv::test {

namespace {

const std::string odd_files = NV_FIXTURES "/odd/";

/// 0 if `action` succeeds, else the exit code of its error; any other exception fails the test.
template <typename Action>
int exit_code(const Action& action) {
  try {
    action();
  } catch (const Error& e) {
    CAPTURE(e.what());
    CHECK(std::string(e.what()).find('\n') == std::string::npos);
    return e.kind() == ErrorKind::input ? 3 : e.kind() == ErrorKind::unsupported ? 4 : -1;
  }
  return 0;
}

void run(const std::string& file) {
  Engine engine(open_untrusted(file), {1});
  const Tensor digit = parse_npy(read_file(odd_files + "digit.npy"), "digit.npy").as_float();
  (void)engine.forward(std::vector{digit.reshaped(digit.shape().batched(1))});
}

std::string what_of(const std::string& name) {
  return error_of([&] { (void)open_untrusted(odd_files + name); }).substr(odd_files.size() + name.size());
}

}  // namespace

TEST_CASE("damaged and unusual files: inspect and run end with the code that about.json expects") {
  const auto about = nlohmann::json::parse(read_text(odd_files + "about.json"));
  CHECK(about.size() >= 10);
  for (const auto& entry : about.items()) {
    const std::string file = odd_files + entry.key();
    CAPTURE(file);
    CHECK(exit_code([&] { (void)analyse(open_untrusted(file)).macs(); }) ==
          entry.value()["inspect"].get<int>());
    CHECK(exit_code([&] { run(file); }) == entry.value()["run"].get<int>());
  }
}

TEST_CASE("errors of reading begin with the file and say what kind of file it is") {
  CHECK(what_of("empty.h5") == ": is empty (0 bytes)");
  CHECK(what_of("text.h5") == ": not a Keras model: it is text");
  CHECK(what_of("picture.h5") == ": not a Keras model: it is a PNG picture");
  CHECK(what_of("digit.npy") == ": not a Keras model: it is a NumPy array");
  CHECK(what_of("no_model.h5") == ": HDF5, but not a Keras model (no model_config)");
  CHECK(what_of("weights_only.h5") == ": holds the weights of a Keras model, without its architecture");
  CHECK(what_of("weights_only_legacy.h5") == what_of("weights_only.h5"));
  CHECK(what_of("bad_json.h5") == ": its model_config is not JSON");
  CHECK(what_of("truncated.h5") == ": damaged HDF5: truncated, or its header is broken");
  CHECK(what_of("truncated.keras").find(": damaged zip archive") == 0);
  CHECK(what_of("cycle.h5").find(": the model's graph has a cycle") == 0);
  CHECK(what_of("nowhere.h5") == ": no such file");
  CHECK(error_of([] { (void)open_untrusted(odd_files); }) == odd_files + ": is a directory");
}

TEST_CASE("without a child process the same errors are thrown") {
  for (const char* name :
       {"empty.h5", "text.h5", "no_model.h5", "bad_json.h5", "truncated.h5", "truncated.keras"})
    CHECK(error_of([&] { (void)open_model(odd_files + name); }) == odd_files + name + what_of(name));
}

TEST_CASE("files that are not models are recognized by their content") {
  const Folder folder;
  const auto message = [&](std::string_view content) {
    const std::string path = folder.write("m.h5", content);
    return error_of([&] { (void)open_untrusted(path); }).substr(path.size() + 2);
  };
  CHECK(message("{\"a\": 1}") == "not a Keras model: it is JSON text");
  for (const char* text : {"{\"class_name\": \"Sequential\"}", "\xef\xbb\xbf\n {\"class_name\": 1}",
                           "\"{\\\"class_name\\\": \\\"Model\\\"}\""})
    CHECK(message(text).starts_with("its model configuration has an unexpected form"));
  CHECK(message("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n") ==
        "not a Keras model: it is a Git LFS pointer: the file itself was not fetched");
  CHECK(message("\x80\x04\x95") == "not a Keras model: it is a Python pickle");
  CHECK(message(std::string_view("\x08\x00\x00\x00\x00\x00\x00\x00{\"w\": 1}", 16)) ==
        "not a Keras model: it is a safetensors file (weights without an architecture)");
  CHECK(message("\x08\x08\x12\x07pytorch") ==
        "not a Keras model: it is an ONNX model or another protocol buffer");
  for (const char* name : {"cp.index", "cp.data-00000-of-00001", "saved_model.pb", "keras_metadata.pb"}) {
    const std::string path = folder.write(name, std::string_view("\0\1\2\3", 4));
    CHECK(error_of([&] { (void)open_untrusted(path); }).find("part of a TensorFlow ") != std::string::npos);
  }
  CHECK(message(std::string_view("\x1c\0\0\0TFL3....", 12)) ==
        "not a Keras model: it is a TensorFlow Lite model");
  CHECK(message("\x1f\x8b\x08") == "not a Keras model: it is gzip data");
  CHECK(message(std::string_view("\0\1\2\3", 4)) == "not a Keras model: it is of no known kind");
  CHECK(message(std::string_view("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22)) ==
        "a zip archive, but not a Keras model (no config.json)");
  std::filesystem::create_directory(folder.path("saved"));
  folder.write("saved/saved_model.pb", "x");
  CHECK(error_of([&] { (void)open_untrusted(folder.path("saved")); }).find("SavedModel") !=
        std::string::npos);
}

TEST_CASE("a model has its file, format and version") {
  const Model h5 = open_model(odd_files + "intact.h5"), keras = open_model(odd_files + "intact.keras");
  CHECK(h5.file == odd_files + "intact.h5");
  CHECK(h5.format == "h5");
  CHECK(keras.format == "keras");
  CHECK(h5.keras_version.starts_with("3."));
  CHECK(h5.keras_version == keras.keras_version);
  CHECK(h5.origin.keras_major == 3);
  CHECK(h5.origin.backend == "tensorflow");
  CHECK(h5.kind == "Sequential");
  CHECK(h5.name == "small");
  CHECK(open_model(NV_FIXTURES "/tfk_pooling/model.h5").origin.keras_major == 2);
}

TEST_CASE("the format is recognized by content, not by name") {
  const Folder folder;
  CHECK(open_model(folder.write("m.keras", read_file(odd_files + "intact.h5"))).format == "h5");
  CHECK(open_model(folder.write("m.h5", read_file(odd_files + "intact.keras"))).format == "keras");
  CHECK(open_model(folder.write("noending", read_file(odd_files + "intact.h5"))).format == "h5");
}

TEST_CASE(
    "an archive whose weights begin where a user block could end is not taken for HDF5 with a user block") {
  Bytes bytes = read_file(odd_files + "intact.keras");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t signature = text.find("\x89HDF"), header = text.rfind("PK\x03\x04", signature);
  REQUIRE(signature != std::string_view::npos);
  // Moves the last entry by an extra field of its header, and the directory after it.
  const auto add = [&](std::size_t at, std::size_t n) {
    for (std::size_t i = 0; i < 4; ++i, n >>= 8) {
      n += static_cast<std::size_t>(bytes[at + i]);
      bytes[at + i] = static_cast<std::byte>(n);
    }
  };
  const std::size_t gap = std::bit_ceil(signature) - signature;  // 512, 1024, 2048...
  bytes[header + 28] = static_cast<std::byte>(gap);
  bytes[header + 29] = static_cast<std::byte>(gap >> 8);
  add(bytes.size() - 6, gap);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(signature), gap, std::byte{0});
  const Folder folder;
  const Model model = open_model(folder.write("m.keras", bytes));
  CHECK(model.format == "keras");
  CHECK(model.notes.empty());
}

TEST_CASE("weights of a wrong shape and missing ones are noted") {
  const Model wrong = open_model(odd_files + "wrong_shape.h5");
  const std::vector<std::string> notes = analyse(wrong).notes;
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] ==
        "layer conv (Conv2D): weight kernel is 5 x 5 x 1 x 3 in the file, expected 3 x 3 x 1 x 3");
  const Model missing = open_model(odd_files + "missing_weight.h5");
  REQUIRE(missing.notes.size() == 1);
  CHECK(missing.notes[0].find("of layer conv is missing in the file") != std::string::npos);
}

TEST_CASE("a model file cut off anywhere is an input error") {
  const Folder folder;
  for (const char* name : {"intact.h5", "intact.keras"}) {
    const Bytes whole = read_file(odd_files + name);
    const auto survives = [&](const Bytes& bytes) {
      const std::string path = folder.write("m", bytes);
      const int code = exit_code([&] { run(path); });
      CHECK(code == 3);
    };
    std::vector<std::size_t> sizes{0, 1, 2, 3, 4, 7, 8, 9, whole.size() - 1};
    for (std::size_t i = 1; i < 100; ++i) sizes.push_back(whole.size() * i / 100);
    for (const std::size_t size : sizes) {
      CAPTURE(size);
      survives(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    }
  }
}

TEST_CASE("an architecture alone is described, reading its weights is an error") {
  const Folder folder;
  const std::string json =
      R"({"class_name": "Sequential", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
      {"class_name": "Dense", "config": {"name": "fc", "units": 3}}]}})";
  folder.write("m.json", json);
  {
    const Hdf5Maker h5(folder.path("m.h5"));
    h5.text("/", "model_config", json);
  }
  for (const std::string name : {"m.json", "m.h5"}) {
    const std::string path = folder.path(name);
    const Model model = open_model(path);
    CHECK(model.parameters() == 9);
    CHECK(model.notes.size() == 1);
    CHECK(error_of([&] {
            (void)model.layers[1].weights[0].data->read();
          }).find(path + ": holds the architecture of a Keras model") == 0);
  }
}

}  // namespace nv::test
