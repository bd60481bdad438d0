// Temporary files with random names, renamed when they are complete.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nv {

/// of_folder: ".nv-XXXXXXXX.tmp", for a folder that this process has locked. of_file: ".nv-XXXXXXXX.part",
/// beside a single file that the user named; the temporary file itself is locked.
enum class TemporaryKind { of_folder, of_file };

/// A new file in the open directory `directory`, created with O_EXCL and O_NOFOLLOW; the destructor removes
/// it unless it was renamed or kept. Functions return an errno, 0 for success.
class TemporaryFile {
 public:
  TemporaryFile(int directory, TemporaryKind kind) : directory_(directory), kind_(kind) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// `replaced`: the file that it will replace, whose mode (and owner, if permitted) it gets; null for none.
  int create(const struct stat* replaced);
  /// Throws Interrupted after request_interrupt().
  int write(std::span<const std::byte> bytes);
  /// Syncs its bytes to disk.
  int sync() const;
  int close();
  /// Renames it into an open directory.
  int rename_to(int directory, const std::string& name);
  /// Keeps it under its temporary name, which is returned.
  std::string keep();

 private:
  int directory_;
  TemporaryKind kind_;
  int fd_ = -1;
  std::string name_;
};

/// Removes temporary files that killed processes left in the open directory: .part files that no process has
/// locked, and .tmp files if this process holds the folder's lock. Only regular files of this user.
void sweep_temporaries(int directory, bool folder_is_locked);

/// Whether sweep_temporaries may remove a file of that name.
bool is_temporary_name(std::string_view name);

/// Writes all bytes; returns an errno, 0 for success. Throws Interrupted after request_interrupt().
int write_all(int fd, std::span<const std::byte> bytes);

}  // namespace nv
