#include "nv/keras/file_kind.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "nv/core/bytes.h"
#include "nv/keras/python_json.h"

namespace nv {

namespace {

constexpr const char* save_hint = "load it in Keras and save it as one file: model.save('model.keras')";
constexpr const char* checkpoint_hint =
    "build the model in Keras, load_weights there, and save it: model.save('model.keras')";
constexpr const char* usual_hint = "nv reads .h5, .hdf5 and .keras files";

struct Magic {
  std::string_view bytes, name;
  const char* hint;
};

using namespace std::string_view_literals;

constexpr std::array magics{
    Magic{"\x89PNG"sv, "a PNG picture", usual_hint},
    Magic{"\xff\xd8\xff"sv, "a JPEG picture", usual_hint},
    Magic{"GIF8"sv, "a GIF picture", usual_hint},
    Magic{"BM"sv, "a BMP picture", usual_hint},
    Magic{"\x93NUMPY"sv, "a NumPy array", usual_hint},
    Magic{"\x1f\x8b"sv, "gzip data", "unpack it first"},
    Magic{"BZh"sv, "bzip2 data", "unpack it first"},
    Magic{"\xfd"
          "7zXZ"sv,
          "xz data", "unpack it first"},
    Magic{"7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive", "unpack it first"},
    Magic{"Rar!"sv, "a RAR archive", "unpack it first"},
    Magic{"%PDF"sv, "a PDF document", usual_hint},
    Magic{"version https://git-lfs.github.com/spec/"sv, "a Git LFS pointer: the file itself was not fetched",
          "git lfs pull fetches it"},
    Magic{"model_checkpoint_path:"sv, "a TensorFlow checkpoint's list", checkpoint_hint},
    // The magic number of torch.save before it wrote zip archives.
    Magic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv, "a PyTorch model", only_keras_hint},
    Magic{"\x80\x02"sv, "a Python pickle",
          "unpickle it where it comes from, and save the model: nv runs no code"},
    Magic{"\x80\x03"sv, "a Python pickle",
          "unpickle it where it comes from, and save the model: nv runs no code"},
    Magic{"\x80\x04"sv, "a Python pickle",
          "unpickle it where it comes from, and save the model: nv runs no code"},
    Magic{"\x80\x05"sv, "a Python pickle",
          "unpickle it where it comes from, and save the model: nv runs no code"},
    Magic{"TFL3"sv, "a TensorFlow Lite model", only_keras_hint},
};

/// For files whose bytes are not distinctive: protocol buffers and raw numbers.
std::optional<FileKind> kind_by_name(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  for (const char* part : {"saved_model.pb", "keras_metadata.pb", "fingerprint.pb"})
    if (name == part) return FileKind{"part of a TensorFlow SavedModel", save_hint};
  const bool data = name.find(".data-0") != std::string::npos && name.find("-of-0") != std::string::npos;
  if (data || name.ends_with(".index") || name.ends_with(".ckpt") || name.find(".ckpt.") != std::string::npos)
    return FileKind{"part of a TensorFlow checkpoint (weights without an architecture)", checkpoint_hint};
  if (name.ends_with(".onnx")) return FileKind{"an ONNX model", only_keras_hint};
  if (name.ends_with(".pb") || name.ends_with(".pbtxt"))
    return FileKind{"a TensorFlow graph (protocol buffer)", save_hint};
  return std::nullopt;
}

/// By the beginning of a protocol buffer: a number in field 1, then another field.
std::optional<FileKind> protocol_buffer(std::string_view text) {
  if (text.size() < 3 || text[0] != '\x08') return std::nullopt;
  if (text.starts_with("\x08\x01\x12")) return FileKind{"part of a TensorFlow SavedModel", save_hint};
  const bool version = text[1] >= 2 && text[1] <= 20;
  if (version && (text[2] == '\x12' || text[2] == '\x1a' || text[2] == '\x3a' || text[2] == '\x42'))
    return FileKind{"an ONNX model or another protocol buffer", only_keras_hint};
  return std::nullopt;
}

/// 8 bytes with the length of a JSON object, then the object.
bool is_safetensors(std::string_view text) {
  return text.size() > 9 && text[5] == 0 && text[6] == 0 && text[7] == 0 && text[8] == '{';
}

bool is_text_byte(char c) {
  return static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

FileKind file_kind(const std::string& file, const Bytes& head) {
  const std::string_view text = as_text(head);
  for (const Magic& m : magics)
    if (text.starts_with(m.bytes)) return {std::string(m.name), m.hint};
  if (text.size() > 8 && text.substr(4, 4) == "TFL3") return {"a TensorFlow Lite model", only_keras_hint};
  if (is_safetensors(text)) return {"a safetensors file (weights without an architecture)", only_keras_hint};
  if (!text.empty() && std::ranges::all_of(text, is_text_byte) && begins_as_json(text))
    return {"JSON text", usual_hint, true};
  if (auto kind = kind_by_name(file)) return *kind;
  if (auto kind = protocol_buffer(text)) return *kind;
  if (!text.empty() && std::ranges::all_of(text, is_text_byte)) return {"text", usual_hint};
  return {"of no known kind", usual_hint};
}

FileKind directory_kind(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code ec;
  const auto holds = [&](const char* name) { return fs::exists(fs::path(directory) / name, ec); };
  if (holds("saved_model.pb"))
    return {"a TensorFlow SavedModel directory, not a Keras model file", save_hint};
  if (holds("checkpoint"))
    return {"a directory of TensorFlow checkpoints, not a Keras model file", checkpoint_hint};
  if (holds("config.json") && holds("model.weights.h5"))
    return {"a directory with the parts of a .keras file", "zip them: (cd DIR && zip -0 ../model.keras *)"};
  return {"is a directory", ""};
}

}  // namespace nv
