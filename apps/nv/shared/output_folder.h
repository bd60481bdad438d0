// Output folder of -o: files are written atomically and listed in a manifest.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nv/core/safe_folder.h"
#include "shared/console.h"

namespace nv {

/// How a command treats files that already exist in the folder.
struct OutputRules {
  bool force = false;             ///< replace files that nv did not write
  bool clean = false;             ///< first remove files of earlier runs
  std::vector<std::string> read;  ///< input files of the run: never replaced or removed
};

/// An existing file is replaced only if nv wrote it. nv-manifest.json lists these files; it is written last,
/// so that make can depend on it. During a run .nv-lock lists its files, so that those of an interrupted run
/// are known too; a second nv waits for this lock. Files of earlier runs stay, except those that `replaces`
/// names. Manifest and lock are untrusted: names that lead outside the folder are ignored.
class OutputFolder {
 public:
  /// Creates the folder and waits for its lock. Throws Error(output); Error(usage) if rules.clean would
  /// remove an input file; Interrupted while waiting.
  OutputFolder(const std::filesystem::path& folder, std::string command, const OutputRules& rules,
               const Console& console);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::filesystem::path& path() const { return files_.path(); }

  /// Name for the results of `id`, in `below` ("": the folder itself): safe as a file name, cut so that
  /// `room` more bytes fit, with ".2" appended if another id of this or an earlier run has that name there.
  /// The same id always has the same name. Call it for all ids of a run, in order, before the first is
  /// written.
  const std::string& name_of(const std::string& id, const std::string& below = "", std::size_t room = 0);
  /// Name of an id that name_of has been called for, "BELOW/NAME" if it is in `below`. Thread-safe.
  const std::string& known_name(const std::string& id, const std::string& below = "") const;
  /// Name that an earlier run gave `id`, or would have given it.
  std::string earlier_name(const std::string& id) const;

  /// Keeps a name in the folder free for a file that the run writes by other means: name_of gives it to no
  /// id.
  void reserve(const std::string& name) { reserved_.insert(name); }
  /// Throws Error(output) if a file exists that nv must not replace: for a check before long work.
  void check_free(const std::string& name) const;

  /// Writes `name` (relative, '/' separated). Thread-safe. Throws Error(output) if a file exists that nv did
  /// not write, or the name is not inside the folder; Error(usage) if it is an input file.
  void write(const std::string& name, std::span<const std::byte> bytes);
  void write(const std::string& name, std::string_view text);

  /// Appends to a file that `write` has created. Throws Error(output).
  void append(const std::string& name, std::string_view text);

  /// Renames all written files into place, so that `holds` and other processes see them.
  void commit() { files_.commit(); }
  /// Whether a regular file of that name exists; false for a link.
  bool holds(const std::string& name) const { return files_.kind(name) == EntryKind::file; }
  /// Throws Error(input).
  std::string read_text(const std::string& name) const { return files_.read_text(name); }

  /// Marks the file, or all files below the folder, as results of this run: `finish` removes those that this
  /// command wrote earlier and has not written or kept now.
  void replaces(const std::string& name);
  /// Keeps a file of an earlier run. Returns false if no earlier run wrote `name` or it no longer exists.
  bool keep(const std::string& name);
  /// Marks a file for removal by `finish`; one that nv did not write only with `force`.
  void drop(const std::string& name);
  /// Keeps the command in the manifest: for changes to files of another command.
  void keep_command();

  /// Removes marked files that were not written again, and writes the manifest.
  void finish();

 private:
  void open(const Console& console);
  /// Folder below this one ("" for none), and id.
  using NameKey = std::pair<std::string, std::string>;

  void read_manifest();
  void read_lock();
  void clean();
  bool is_read(const std::string& name) const;
  void check_replaceable(const std::string& name) const;
  void register_name(const std::string& name);
  bool name_taken(const std::string& name, const NameKey& key) const;
  void take_name(const std::string& name, const std::string& id);
  void add_name(const std::string& name, const NameKey& key);
  void add_to_lock(const std::string& line);
  bool is_replaced(const std::string& name, const std::string& owner) const;
  /// Releases the lock; removes lock file and new folder if the run wrote nothing.
  void release();

  SafeFolder files_;
  std::string command_;
  OutputRules rules_;
  int lock_ = -1;
  bool locked_ = false, lock_was_empty_ = false, finished_ = false;
  mutable std::mutex mutex_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> read_;
  std::map<std::string, std::string> earlier_;  ///< files of earlier runs, and their command ("": unknown)
  std::set<std::string> earlier_stems_;         ///< their folders, and files without extensions
  std::set<std::string> listed_;                ///< in .nv-lock
  std::set<std::string> written_, kept_, replaced_, dropped_, reserved_;
  std::map<std::string, NameKey> names_;
  std::map<NameKey, std::string> ids_;
  std::optional<std::string> earlier_command_;
};

}  // namespace nv
