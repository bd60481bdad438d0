// The folder of -o: what nv wrote there, and nothing half-written.
#pragma once

#include <filesystem>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "nv/core/file.h"

namespace nv {

/// Files are written beside their targets and renamed. A file in the way is replaced only where nv wrote it:
/// the folder's nv-manifest.json lists those, and is written last, so that make can depend on it. While a run
/// is under way its files are listed in .nv-lock, which also keeps a second nv waiting; so what an
/// interrupted run left is known too.
class OutputFolder {
 public:
  /// Makes the folder. Throws Error(output).
  OutputFolder(std::filesystem::path folder, std::string command, bool force);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::filesystem::path& path() const { return folder_; }

  /// Writes `name` (relative, '/' separated). From any thread. Throws Error(output) where a file that nv did
  /// not write is in the way.
  void write(const std::string& name, std::span<const std::byte> bytes);
  void write(const std::string& name, std::string_view text);

  /// Writes at the end of a file that `write` began. Throws Error(output).
  void append(const std::string& name, std::string_view text);

  /// Whether there is a file of that name.
  bool holds(const std::string& name) const;

  /// A file of an earlier run stays, as nv's own. False where no earlier run of nv wrote `name`.
  bool keep(const std::string& name);
  /// Every file of earlier runs stays, and the manifest keeps the command that it names: for changes to what
  /// another command made.
  void keep_all();
  /// `finish` removes this file, though it was kept. Only with `force` one that nv did not write.
  void drop(const std::string& name);

  /// Removes what the last run left and this one did not write, and writes the manifest.
  void finish();

 private:
  void claim(const std::string& name);
  /// Gives the lock back and removes what a run that wrote nothing has made.
  void leave();

  std::filesystem::path folder_;
  std::string command_, earlier_command_;
  bool force_;
  int lock_ = -1;
  bool made_ = false, finished_ = false;
  std::mutex mutex_;
  std::set<std::string> written_, earlier_;
};

}  // namespace nv
