#include "nv/keras/reader.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/file.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/keras/architecture.h"
#include "nv/keras/archive/archive.h"
#include "nv/keras/error_context.h"
#include "nv/keras/file_kind.h"
#include "nv/keras/guard.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/weights/weights.h"

namespace nv {

namespace {

using Source = std::shared_ptr<FileReader>;

/// Which uncompressed entries of an archive, which are read in place, are compared with their checksums.
/// Compressed ones always are.
enum class Checksums { none, cheap, all };
constexpr std::uint64_t cheap_checksum = std::uint64_t{64} << 20;  // bytes; takes about 50 ms

constexpr std::uint64_t most_json = std::uint64_t{1} << 28;   // bytes of an architecture as JSON
constexpr std::uint64_t most_claim = std::uint64_t{1} << 60;  // bytes; more are not added up

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
  std::optional<std::string> metadata;
  if (archive.contains(*folder + "metadata.json"))
    metadata = as_text(archive.read(*folder + "metadata.json"));
  Architecture a = read_keras3_texts(as_text(archive.read(*folder + "config.json")), metadata);
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
  if (is_hdf5(*file)) return read_h5_model(Hdf5File::open(file), with_weights);
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
  const auto check_readable = [&] {
    for (const Weight* weight : to_unpack) weight->data->check_readable();
  };
  try_in_child(from.model->path(), check_readable, time_for(from.bytes(), packed), from.bytes());
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
