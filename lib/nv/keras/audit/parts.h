// The parts of an audit, by what they look at. Only for audit*.cpp.
#pragma once

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

/// Findings as they are made. Text of the file is put on one line and cut. The same finding is kept once.
class AuditReport {
 public:
  /// `cves`: where not all of the rule's apply.
  void add(std::string_view rule, std::string_view place, const std::string& what,
           std::optional<std::string_view> cves = std::nullopt);
  std::vector<AuditFinding> take() { return std::move(findings_); }
  bool full() const { return findings_.size() >= most; }

 private:
  static constexpr std::size_t most = 1000;
  std::vector<AuditFinding> findings_;
};

/// Where a configuration stands: Keras heeds safe_mode in .keras files alone.
enum class ConfigSource { archive, hdf5, json };

/// The configuration of a model, a training setup or metadata, as JSON text. `place` says which.
void audit_config(std::string_view text, const std::string& place, ConfigSource source, AuditReport& report);

/// Whether a text is JSON, as configurations are.
bool is_config(std::string_view text);

/// Any other text, which may hold code or pickled data.
void audit_text(const std::string& text, const std::string& place, AuditReport& report);

/// What is looked through: a file, an entry of an archive that stands in it as it is, or one unpacked into
/// memory.
class AuditPart {
 public:
  explicit AuditPart(std::shared_ptr<const FileReader> file);
  /// Bytes in memory, under the name of the file that they come from.
  AuditPart(std::span<const std::byte> bytes, const std::string& name);

  std::uint64_t size() const { return extent_.size; }
  /// The bytes from `at` on, as many as there are up to `count`.
  Bytes read(std::uint64_t at, std::uint64_t count) const;
  /// A part of this one, which must have it.
  AuditPart part(std::uint64_t at, std::uint64_t count) const;
  const FileReader& file() const { return *file_; }
  const Extent& extent() const { return extent_; }

 private:
  std::shared_ptr<const FileReader> file_;
  Extent extent_;
};

/// Every link, dataset and attribute of an HDF5 file. `place` is put before each path ("model.weights.h5:").
/// Throws Error(input) where a whole file cannot be opened.
void audit_hdf5(const AuditPart& part, const std::string& place, AuditReport& report);

/// A zip archive with all it holds: a .keras file, or with a `place` an .npz in one. Throws Error(input)
/// where a whole file has no directory.
void audit_archive(const AuditPart& part, const std::string& place, AuditReport& report);
/// Whether there is the directory of an archive at its end, whatever it begins with.
bool ends_as_archive(const AuditPart& part);

/// What a cautious person does not expect in a model.
struct Suspicion {
  std::string_view rule;  ///< "pickle", "executable"
  std::string_view name;  ///< "a pickle", "an executable", "a script"
};

/// What bytes begin as; nullopt where they begin as none of them.
std::optional<Suspicion> suspicious_content(std::span<const std::byte> bytes);

/// Names of what bytecode or pickled data mention that reaches beyond computing: "exec, os, system"; "" for
/// none.
std::string dangerous_names(std::string_view bytes);

/// A function or module that reaches the system: "os.system", "subprocess", "builtins.exec".
bool reaches_system(std::string_view dotted);

/// Whether Keras or tf_keras has a class, or a function for an option (activation, loss), of that name.
bool is_keras_class(std::string_view name);
bool is_keras_function(std::string_view name);

}  // namespace nv
