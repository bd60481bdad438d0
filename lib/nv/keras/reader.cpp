#include "nv/keras/reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/text.h"
#include "nv/keras/archive.h"
#include "nv/keras/graph.h"
#include "nv/keras/hdf5.h"
#include "nv/keras/weights.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

Json parse_json(std::string_view text, const std::string& what) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw_input("{} is not JSON", what);
  return json;
}

int major_version(const std::string& version, int fallback) {
  return !version.empty() && version[0] >= '1' && version[0] <= '9' ? version[0] - '0' : fallback;
}

Model read_h5(const std::string& file) {
  const auto h5 = Hdf5File::open(file);
  const auto config = h5->text("/", "model_config");
  if (!config) {
    if (h5->has_attribute("/", "layer_names") || h5->has_attribute("/", "layer_names0") || h5->is_group("layers"))
      throw Error(ErrorKind::input, "holds the weights of a Keras model, without its architecture",
                  "save the whole model in Keras: model.save('model.keras')");
    throw Error(ErrorKind::input, "HDF5, but not a Keras model (no model_config)",
                "a Keras model file is written by model.save('model.h5') or model.save('model.keras')");
  }
  Model model;
  model.format = "h5";
  for (const char* object : {"/", "model_weights"}) {
    if (model.keras_version.empty() && h5->is_group(object))
      model.keras_version = one_line(h5->text(object, "keras_version").value_or(""));
    if (model.origin.backend.empty() && h5->is_group(object))
      model.origin.backend = one_line(h5->text(object, "backend").value_or(""));
  }
  model.origin.keras_major = major_version(model.keras_version, 2);
  const LayerTree tree = read_graph(parse_json(*config, "its model_config"), model);
  if (h5->is_group("model_weights"))
    bind_legacy_weights(h5, "model_weights", tree, model);
  return model;
}

Model read_archive(const std::string& file) {
  const Archive archive(file);
  if (!archive.contains("config.json")) {
    throw Error(ErrorKind::input, "a zip archive, but not a Keras model (no config.json)",
                "a .keras file is written by model.save('model.keras')");
  }
  const auto read_json = [&](const std::string& entry) {
    const Bytes bytes = archive.read(entry);
    return parse_json({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "its " + entry);
  };
  Model model;
  model.format = "keras";
  if (archive.contains("metadata.json")) {
    const Json metadata = read_json("metadata.json");
    if (metadata.is_object() && metadata.contains("keras_version") && metadata["keras_version"].is_string())
      model.keras_version = one_line(metadata["keras_version"].get<std::string>());
  }
  model.origin.keras_major = major_version(model.keras_version, 3);
  const LayerTree tree = read_graph(read_json("config.json"), model);
  if (!archive.contains("model.weights.h5"))
    throw Error(ErrorKind::input, "a Keras archive without weights (no model.weights.h5)");
  bind_weights(Hdf5File::open_image(archive.read("model.weights.h5"), file), tree, model);
  return model;
}

bool starts_with(const Bytes& head, std::string_view magic) {
  return head.size() >= magic.size() && std::memcmp(head.data(), magic.data(), magic.size()) == 0;
}

/// What a file that is no model looks like, for the message.
std::string describe_stranger(const Bytes& head) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> known{{
      {"\x89PNG", "a PNG picture"},
      {"\xff\xd8\xff", "a JPEG picture"},
      {"GIF8", "a GIF picture"},
      {"BM", "a BMP picture"},
      {"\x93NUMPY", "a NumPy array"},
      {"\x1f\x8b", "gzip data"},
      {"%PDF", "a PDF document"},
      {"TFL3", "a TensorFlow Lite model"},
      {"\x08\x03\x12", "an ONNX model or another protocol buffer"},
  }};
  for (const auto& [magic, name] : known)
    if (starts_with(head, magic)) return std::string(name);
  if (head.size() > 8 && std::memcmp(head.data() + 4, "TFL3", 4) == 0) return "a TensorFlow Lite model";
  const auto printable = [](std::byte b) {
    const auto c = static_cast<unsigned char>(b);
    return c >= 0x20 || c == '\n' || c == '\r' || c == '\t';
  };
  if (!head.empty() && std::ranges::all_of(head, printable)) return head[0] == std::byte{'{'} ? "JSON text" : "text";
  return "of no known kind";
}

Model read_any(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code ec;
  if (fs::is_directory(file, ec)) {
    const bool saved_model = fs::exists(fs::path(file) / "saved_model.pb", ec);
    throw Error(ErrorKind::input, saved_model ? "a TensorFlow SavedModel directory, not a Keras model file" : "is a directory",
                saved_model ? "load it in Keras and save it as one file: model.save('model.keras')" : "");
  }
  // 64 KB hold the signature behind any user block up to 32 KB.
  const Bytes head = read_head(file, std::size_t{1} << 16);
  if (head.empty()) throw_input("is empty (0 bytes)");
  if (looks_like_hdf5(head)) return read_h5(file);
  if (starts_with(head, "PK\x03\x04") || starts_with(head, "PK\x05\x06")) return read_archive(file);
  const std::string what = describe_stranger(head);
  throw Error(ErrorKind::input, fmt::format("not a Keras model: it is {}", what),
              what == "JSON text" ? "an architecture alone has no weights: save the whole model with model.save('model.keras')"
                                  : "nv reads .h5, .hdf5 and .keras files");
}

}  // namespace

Model open_model(const std::string& file) {
  try {
    Model model = read_any(file);
    model.file = file;
    return model;
  } catch (const Error& e) {
    const std::string what = e.what();
    throw Error(e.kind(), what.starts_with(file + ": ") ? what : fmt::format("{}: {}", file, what), e.hint());
  } catch (const std::bad_alloc&) {
    throw_input("{}: asks for more memory than there is", file);
  }
}

}  // namespace nv
