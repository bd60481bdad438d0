#include "nv/keras/reader.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/error_context.h"
#include "nv/keras/file_kind.h"
#include "nv/keras/graph/graph.h"
#include "nv/keras/graph/keras1.h"
#include "nv/keras/guard.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/python_json.h"
#include "nv/keras/weights/weights.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

using Source = std::shared_ptr<FileReader>;

/// Which uncompressed entries of an archive, which are read in place, are compared with their checksums.
/// Compressed ones always are.
enum class Checksums { none, cheap, all };
constexpr std::uint64_t cheap_checksum = std::uint64_t{64} << 20;  // bytes; takes about 50 ms

constexpr std::uint64_t most_json = std::uint64_t{1} << 28;   // bytes of an architecture as JSON
constexpr std::uint64_t most_claim = std::uint64_t{1} << 60;  // bytes; more are not added up

Json parse_json(std::string_view text, const std::string& what) {
  auto json = parse_python_json(text);
  if (!json) throw_input("{} is not JSON", what);
  return std::move(*json);
}

int major_version(const std::string& version, int fallback) {
  return !version.empty() && version[0] >= '1' && version[0] <= '9' ? version[0] - '0' : fallback;
}

/// A model and the nesting of its layers, which weights in files follow.
struct Architecture {
  Model model;
  LayerTree tree;
  std::string missing;  ///< why there are no weights, if they were asked for
};

void read_architecture(Json json, Architecture& into) {
  if (into.model.origin.keras_major == 1) convert_keras1_config(json);
  into.tree = read_graph(json, into.model);
}

/// Whether the file lists groups of weights by layer names at its root.
bool lists_layer_names(const Hdf5File& h5) {
  return h5.has_attribute("/", "layer_names") || h5.has_attribute("/", "layer_names0");
}

/// Binds the weights of an open HDF5 file of any layout. Returns false if it has none.
bool bind_any_weights(const std::shared_ptr<const Hdf5File>& h5, Architecture& a) {
  if (h5->is_group("model_weights"))
    bind_legacy_weights(h5, "model_weights", a.tree, a.model);
  else if (lists_layer_names(*h5))
    bind_legacy_weights(h5, "", a.tree, a.model);
  else if (std::ranges::any_of(h5->members("/"), [](const std::string& m) {
             return m.starts_with("layers") || m.starts_with("_layer_checkpoint");
           }))
    bind_weights(h5, a.tree, a.model);
  else
    return false;
  reorder_kernels(a.model);
  return true;
}

Architecture read_h5(const Source& file, bool with_weights) {
  const auto h5 = Hdf5File::open(file);
  const auto config = h5->text("/", "model_config");
  if (!config) {
    if (lists_layer_names(*h5) || h5->is_group("layers") || h5->is_group("_layer_checkpoint_dependencies"))
      throw Error(ErrorKind::input, "holds the weights of a Keras model, without its architecture",
                  fmt::format("give the architecture first: nv ... model.json --weights {}", file->path()));
    throw Error(ErrorKind::input, "HDF5, but not a Keras model (no model_config)",
                "a Keras model file is written by model.save('model.h5') or model.save('model.keras')");
  }
  Architecture a;
  a.model.format = "h5";
  for (const char* object : {"/", "model_weights"}) {
    if (a.model.keras_version.empty() && h5->is_group(object))
      a.model.keras_version = one_line(h5->text(object, "keras_version").value_or(""));
    if (a.model.origin.backend.empty() && h5->is_group(object))
      a.model.origin.backend = one_line(h5->text(object, "backend").value_or(""));
  }
  a.model.origin.keras_major = major_version(a.model.keras_version, 2);
  read_architecture(parse_json(*config, "its model_config"), a);
  if (with_weights && !bind_any_weights(h5, a))
    a.missing = "holds the architecture of a Keras model, without its weights";
  return a;
}

/// The HDF5 file `entry` of an archive. Keras stores it uncompressed, so that it need not be unpacked.
std::shared_ptr<const Hdf5File> open_weights(const Archive& archive, const std::string& entry,
                                             const Source& file, Checksums checksums) {
  const auto part = archive.stored_at(entry);
  if (!part) return Hdf5File::open_image(archive.read(entry), file->path());
  if (checksums == Checksums::all || (checksums == Checksums::cheap && part->size <= cheap_checksum))
    archive.check(entry);
  return Hdf5File::open_part(file, *part);
}

Architecture read_archive(const Source& file, bool with_weights, Checksums checksums) {
  const Archive archive(file);
  const auto folder = archive.folder_of("config.json");
  if (!folder) {
    if (archive.folder_of("data.pkl"))
      throw Error(ErrorKind::input, "not a Keras model: it is a PyTorch model", only_keras_hint);
    throw Error(ErrorKind::input, "a zip archive, but not a Keras model (no config.json)",
                "a .keras file is written by model.save('model.keras')");
  }
  const auto read_json = [&](const std::string& entry) {
    return parse_json(as_text(archive.read(entry)), "its " + entry);
  };
  Architecture a;
  a.model.format = "keras";
  if (archive.contains(*folder + "metadata.json")) {
    const Json metadata = read_json(*folder + "metadata.json");
    if (metadata.is_object() && metadata.contains("keras_version") && metadata["keras_version"].is_string())
      a.model.keras_version = one_line(metadata["keras_version"].get<std::string>());
  }
  a.model.origin.keras_major = major_version(a.model.keras_version, 3);
  read_architecture(read_json(*folder + "config.json"), a);
  if (!with_weights) return a;
  if (!archive.contains(*folder + "model.weights.h5")) {
    a.missing = "a Keras archive without weights (no model.weights.h5)";
    return a;
  }
  bind_any_weights(open_weights(archive, *folder + "model.weights.h5", file, checksums), a);
  return a;
}

std::string text_of(const FileReader& file) {
  if (file.size() > most_json) throw_input("larger than {} bytes", most_json);
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  file.read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

/// The architecture as model.to_json() writes it.
Architecture read_json_model(const std::string& json_text) {
  Architecture a;
  a.model.format = "json";
  Json json = parse_json(json_text, "it begins like JSON, but");
  // json.dump(model.to_json()) makes a JSON string of the JSON.
  if (json.is_string()) json = parse_json(json.get<std::string>(), "its text");
  const auto text = [&](const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                                           : "";
  };
  a.model.keras_version = one_line(text("keras_version"));
  a.model.origin.backend = one_line(text("backend"));
  a.model.origin.keras_major =
      major_version(a.model.keras_version, json.dump().find("\"batch_shape\"") != std::string::npos ? 3 : 2);
  read_architecture(json, a);
  return a;
}

Bytes head_of(const FileReader& file) {
  Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), std::uint64_t{1} << 16)));
  file.read(0, head);
  if (head.empty())
    throw_input("{}: {}", file.path(), file.spooled() ? "a pipe that gives nothing" : "is empty (0 bytes)");
  return head;
}

Architecture read_any(const Source& file, bool with_weights, Checksums checksums) {
  const Bytes head = head_of(*file);
  // Before HDF5: weights in an archive can begin at an offset where HDF5 may have its signature.
  if (is_zip(head)) return read_archive(file, with_weights, checksums);
  if (is_hdf5(*file)) return read_h5(file, with_weights);
  const FileKind kind = file_kind(file->path(), head);
  if (kind.json) {
    const std::string text = text_of(*file);
    if (!with_weights || text.find("class_name") != std::string::npos) {
      Architecture a = read_json_model(text);
      if (with_weights) a.missing = "holds the architecture of a Keras model as JSON, without its weights";
      return a;
    }
  }
  throw Error(ErrorKind::input, fmt::format("not a Keras model: it is {}", kind.name), kind.hint);
}

/// A file of weights, a .h5 model, or the weights in a .keras file.
std::shared_ptr<const Hdf5File> open_weights_file(const Source& file, Checksums checksums) {
  const Bytes head = head_of(*file);
  if (is_zip(head)) {  // first, as in read_any
    const Archive archive(file);
    const std::string entry = "model.weights.h5";
    if (const auto folder = archive.folder_of(entry))
      return open_weights(archive, *folder + entry, file, checksums);
    throw_input("{}: a zip archive without weights (no {})", file->path(), entry);
  }
  if (is_hdf5(*file)) return Hdf5File::open(file);
  throw Error(
      ErrorKind::input,
      fmt::format("{}: not a file of weights: it is {}", file->path(), file_kind(file->path(), head).name),
      "model.save_weights('model.weights.h5') writes one");
}

void bind_weights_file(const Source& weights, Checksums checksums, Architecture& a) {
  const auto h5 = open_weights_file(weights, checksums);
  if (a.model.origin.backend.empty() && h5->has_attribute("/", "backend"))
    a.model.origin.backend = one_line(h5->text("/", "backend").value_or(""));
  if (!bind_any_weights(h5, a))
    throw_input("{}: HDF5, but holds no weights of a Keras model", weights->path());
}

/// An open model file and the file of its weights, null if that is the same.
struct Sources {
  Source model, weights;

  std::uint64_t bytes() const { return model->size() + (weights ? weights->size() : 0); }
};

Source open_model_file(const std::string& file) {
  namespace fs = std::filesystem;
  if (file == "-")
    throw Error(ErrorKind::input, "-: a model is not read from standard input", "save it as a file first");
  std::error_code ec;
  if (fs::is_directory(file, ec)) {
    const FileKind kind = directory_kind(file);
    throw Error(ErrorKind::input, fmt::format("{}: {}", file, kind.name), kind.hint);
  }
  return std::make_shared<FileReader>(file);
}

Model read_model(const Sources& from, Checksums checksums) {
  const std::string& file = from.model->path();
  try {
    Architecture a = read_any(from.model, from.weights == nullptr, checksums);
    a.model.file = file;
    if (!a.missing.empty()) {
      a.model.notes.push_back(a.missing);
      add_placeholder_weights(a.model, fmt::format("{}: {}", file, a.missing), "add --weights FILE.h5");
    }
    try {
      if (from.weights) bind_weights_file(from.weights, checksums, a);
    } catch (const Error& e) {
      throw at_file(e, from.weights->path());
    }
    return std::move(a.model);
  } catch (const Error& e) {
    const bool in_weights =
        from.weights && std::string_view(e.what()).starts_with(from.weights->path() + ": ");
    throw in_weights ? e : at_file(e, file);
  }
}

/// Throws Error(input) if all weights together need more than the limit of memory. Weights that the file does
/// not hold as plain float32 are unpacked once in a child process if `isolation` says so.
void check_weights(const Model& model, const Sources& from, Isolation isolation) {
  std::uint64_t all = 0, packed = 0;
  std::vector<const Weight*> to_unpack;
  for (const LayerSpec& layer : model.layers)
    for (const Weight& weight : layer.weights) {
      const std::uint64_t size = static_cast<std::uint64_t>(weight.shape.elements()) * sizeof(float);
      all = std::min(all + size, most_claim);
      if (weight.data->in_place()) continue;
      packed = std::min(packed + size, most_claim);
      to_unpack.push_back(&weight);
    }
  check_memory(all, fmt::format("{}: its weights", from.model->path()));
  if (to_unpack.empty() || isolation == Isolation::none) return;
  const auto rehearse = [&] {
    for (const Weight* weight : to_unpack) weight->data->rehearse();
  };
  try_in_child(from.model->path(), rehearse, time_for(from.bytes(), packed), from.bytes());
}

}  // namespace

Model open_model(const std::string& file, const OpenOptions& options) {
  Sources from{open_model_file(file), nullptr};
  if (!options.weights.empty()) from.weights = std::make_shared<FileReader>(options.weights);
  Checksums checksums = options.use == WeightUse::read ? Checksums::all : Checksums::cheap;
  try {
    if (options.isolation == Isolation::child_process) {
      try_in_child(
          file, [&] { (void)read_model(from, checksums); }, time_for(from.bytes()), from.bytes());
      checksums = Checksums::none;  // the child has compared them
    }
    Model model = read_model(from, checksums);
    if (options.use == WeightUse::read) check_weights(model, from, options.isolation);
    return model;
  } catch (const std::bad_alloc&) {
    throw_input("{}: asks for more memory than there is", file);
  }
}

}  // namespace nv
