// The folder of -o: what nv wrote there, and nothing half-written.
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

/// How a command may treat what is in the folder already.
struct OutputRules {
  bool force = false;             ///< files that nv did not write are replaced
  bool clean = false;             ///< what earlier runs left is removed first
  std::vector<std::string> read;  ///< files that the run reads, which are never replaced or removed
};

/// A file in the way is replaced only where nv wrote it: the folder's nv-manifest.json lists those, and is
/// written last, so that make can depend on it. While a run is under way its files are listed in .nv-lock,
/// which also keeps a second nv waiting; so what an interrupted run left is known too. Results of earlier
/// runs stay, but for those that `replaces` names. Manifest and lock may be anyone's: no name in them leads
/// outside.
class OutputFolder {
 public:
  /// Makes the folder and waits for its lock. Throws Error(output); Error(usage) where rules.clean would
  /// remove a file that is read; Interrupted while it waits.
  OutputFolder(const std::filesystem::path& folder, std::string command, const OutputRules& rules,
               const Console& console);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::filesystem::path& path() const { return files_.path(); }

  /// The name under which results of `id` are kept: safe, cut so that it has room for `ending` (which it
  /// gets) and `room` bytes more, followed by ".2" where another id has that name, in this run or an earlier
  /// one; the same for one id and ending at any time. Call it for all ids of a run, in their order, before
  /// the first is written.
  const std::string& name_of(const std::string& id, const std::string& ending = "", std::size_t room = 0);
  /// Of an id and ending that were asked for already. Any thread.
  const std::string& known_name(const std::string& id, const std::string& ending = "") const;

  /// Throws Error(output) where a file is in the way that nv may not replace: before work that ends in it.
  void check_free(const std::string& name) const;

  /// Writes `name` (relative, '/' separated). From any thread. Throws Error(output) where a file that nv did
  /// not write is in the way, or the name is none inside the folder; Error(usage) where the run reads the
  /// file.
  void write(const std::string& name, std::span<const std::byte> bytes);
  void write(const std::string& name, std::string_view text);

  /// Writes at the end of a file that `write` began. Throws Error(output).
  void append(const std::string& name, std::string_view text);

  /// Gives all files that were written their names, so that `holds` and others see them.
  void commit() { files_.commit(); }
  /// Whether there is a regular file of that name; false behind a link.
  bool holds(const std::string& name) const { return files_.kind(name) == EntryKind::file; }
  /// Throws Error(input).
  std::string read_text(const std::string& name) const { return files_.read_text(name); }

  /// The file, or all below the folder, is this run's to say: `finish` removes what this command left there
  /// earlier and has not written or kept now.
  void replaces(const std::string& name);
  /// A file of an earlier run stays. False where no earlier run of nv wrote `name`, or it is gone.
  bool keep(const std::string& name);
  /// `finish` removes this file. Only with `force` one that nv did not write.
  void drop(const std::string& name);
  /// The manifest keeps the command that it names: for changes to what another command made.
  void keep_command();

  /// Removes what is to be replaced and was not written again, and writes the manifest.
  void finish();

 private:
  void open(const Console& console);
  void read_manifest();
  void read_lock();
  void clean();
  bool is_read(const std::string& name) const;
  void check_way(const std::string& name) const;
  void claim(const std::string& name);
  bool name_taken(const std::string& name, const std::string& key, bool folder) const;
  void take_name(const std::string& name, const std::string& id);
  void add_to_lock(const std::string& line);
  bool is_replaced(const std::string& name, const std::string& owner) const;
  /// Gives the lock back and removes what a run that wrote nothing has made.
  void leave();

  SafeFolder files_;
  std::string command_;
  OutputRules rules_;
  int lock_ = -1;
  bool locked_ = false, lock_was_empty_ = false, finished_ = false;
  mutable std::mutex mutex_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> read_;
  std::map<std::string, std::string> earlier_;  ///< files of earlier runs, and the command ("" unknown)
  std::set<std::string> earlier_places_;        ///< their folders, and files without endings
  std::set<std::string> listed_;                ///< in .nv-lock
  std::set<std::string> written_, kept_, replaced_, dropped_;
  std::map<std::string, std::string> names_, ids_;  ///< name to id, and back
  std::optional<std::string> earlier_command_;
};

}  // namespace nv
