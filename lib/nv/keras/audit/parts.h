// The parts of an audit, by what they look at. Only for the files of this folder.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"
#include "nv/keras/audit.h"

namespace nv {

/// Collects findings. Text from the file is put on one line and shortened. Repeated findings are kept once.
class AuditReport {
 public:
  /// `cves`: if not all CVEs of the rule apply.
  void add(std::string_view rule, std::string_view place, const std::string& what,
           std::optional<std::string_view> cves = std::nullopt);
  std::vector<AuditFinding> take() { return std::move(findings_); }
  bool full() const { return findings_.size() >= most; }

 private:
  static constexpr std::size_t most = 1000;
  std::vector<AuditFinding> findings_;
};

/// What is audited: a file, a part of one, or an archive's entry decompressed into memory.
class AuditPart {
 public:
  explicit AuditPart(std::shared_ptr<const FileReader> file);
  /// Bytes in memory, under the name of the file that they come from.
  AuditPart(std::span<const std::byte> bytes, const std::string& name);

  std::uint64_t size() const { return extent_.size; }
  /// The bytes from `at` on, up to `count` of them.
  Bytes read(std::uint64_t at, std::uint64_t count) const;
  /// A part of this one, which must contain it.
  AuditPart part(std::uint64_t at, std::uint64_t count) const;
  const FileReader& file() const { return *file_; }
  const Extent& extent() const { return extent_; }

 private:
  std::shared_ptr<const FileReader> file_;
  Extent extent_;
};

// ---------------------------------------------------------------- configurations

/// Kind of file that holds a configuration: Keras honours safe_mode only in .keras files.
enum class ConfigSource { archive, hdf5, json };

/// Audits the configuration of a model, a training setup or metadata; `place` says which. Returns false if
/// the text is not JSON.
[[nodiscard]] bool audit_config(std::string_view text, const std::string& place, ConfigSource source,
                                AuditReport& report);
/// The same for a text that must be JSON: a finding if it is not.
void audit_required_config(std::string_view text, const std::string& place, ConfigSource source,
                           AuditReport& report);

/// Audits any other text, which may hold code or pickled data.
void audit_text(const std::string& text, const std::string& place, AuditReport& report);

// ---------------------------------------------------------------- containers

/// Audits every link, dataset and attribute of an HDF5 file. `place` is put before each path
/// ("model.weights.h5:"). Throws Error(input) if `place` is "" and the file cannot be opened.
void audit_hdf5(const AuditPart& part, const std::string& place, AuditReport& report);

/// Audits a zip archive with all that it holds: a .keras file or, with a `place`, an .npz inside one. Throws
/// Error(input) if `place` is "" and there is no directory.
void audit_archive(const AuditPart& part, const std::string& place, AuditReport& report);
/// Whether a zip archive's directory is at the end, whatever is at the beginning.
bool ends_as_archive(const AuditPart& part);

// ---------------------------------------------------------------- contents

/// Content that does not belong in a model.
struct SuspiciousContent {
  std::string_view rule;  ///< "pickle", "executable"
  std::string_view name;  ///< "a pickle", "an executable", "a script"
};

/// What bytes begin as; nullopt if it is nothing suspicious.
std::optional<SuspiciousContent> suspicious_content(std::span<const std::byte> bytes);

/// Bytecode or pickled data in a text.
struct HiddenBytes {
  bool code = false, pickle = false;
  std::string bytes;  ///< "" if it is neither
};

/// Looks for them in base64, and in text with a character per byte, as Python 2 wrote bytes.
HiddenBytes hidden_bytes(const std::string& text);

/// Base64 (also the URL-safe alphabet, with line breaks) to bytes, at most `most` of them; nullopt for other
/// text.
std::optional<std::string> from_base64(std::string_view text, std::size_t most);

/// Names in bytecode or pickled data that reach beyond computing: "exec, os, system"; "" if there are none.
std::string dangerous_names(std::string_view bytes);

// ---------------------------------------------------------------- names

/// Whether a function or module reaches the system: "os.system", "subprocess", "builtins.exec".
bool reaches_system(std::string_view dotted);

/// Whether Keras or tf_keras has a class, or a function for an option (activation, loss), of that name.
bool is_keras_class(std::string_view name);
bool is_keras_function(std::string_view name);

/// The component after the package in the name of a Keras module: "layers" of "keras.src.layers.core", "" of
/// "keras"; nullopt for a module of another package.
std::optional<std::string> keras_part(std::string_view module);
/// Whether models are made of what is in that part of Keras. The others (utils, saving, config, export,
/// callbacks, backend) act on the machine or on Keras itself.
bool is_modelling_part(std::string_view part);
/// Whether it is a function that acts on files or on Keras, which modelling modules have too
/// (keras.models.load_model).
bool is_unsafe_function(std::string_view name);
/// Whether a TensorFlow operation ("tf.io.read_file", with or without "tf.") acts on files, runs Python or
/// loads code.
bool is_system_operation(std::string_view function);
/// The first such kernel that a serialized node names; "" if there is none.
std::string system_kernel(std::string_view node);

template <std::size_t n>
bool is_one_of(std::string_view word, const std::array<std::string_view, n>& list) {
  return std::ranges::find(list, word) != list.end();
}

/// Text from the file in quotes, on one line and at most `most` characters long.
std::string in_quotes(std::string_view text, std::size_t most = 80);

}  // namespace nv
