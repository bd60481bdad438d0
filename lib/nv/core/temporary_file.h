// Files under a name that nobody can guess, until they are whole.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nv {

/// ".nv-XXXXXXXX.tmp" is a file on its way into a folder that this process has locked, ".nv-XXXXXXXX.part"
/// one beside a file that the user named, locked itself.
enum class TemporaryKind { of_folder, of_file };

/// A new file in the directory that is open as `directory`, made with O_EXCL and O_NOFOLLOW. It is removed
/// again unless it was renamed or kept. Functions give the errno that stopped them, 0 where all went well.
class TemporaryFile {
 public:
  TemporaryFile(int directory, TemporaryKind kind) : directory_(directory), kind_(kind) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// `replaced`: the file that it will take the place of, whose mode (and owner, where that may be) it gets;
  /// null for none.
  int create(const struct stat* replaced);
  /// Throws Interrupted where the run is to stop.
  int write(std::span<const std::byte> bytes);
  /// Waits until its bytes are on the disk.
  int sync() const;
  int close();
  /// Gives it its name, in another directory or the same.
  int rename_to(int directory, const std::string& name);
  /// It stays under its temporary name, which is told.
  std::string keep();

 private:
  int directory_;
  TemporaryKind kind_;
  int fd_ = -1;
  std::string name_;
};

/// Removes what killed runs left in the open directory: .part files that no process has locked, and with
/// `folder_is_ours` (its lock is held) .tmp files too. Regular files of this user alone.
void sweep_temporaries(int directory, bool folder_is_ours);

/// Whether a file of that name may be removed by sweep_temporaries.
bool is_temporary_name(std::string_view name);

/// Writes all of it. Throws Interrupted where the run is to stop.
int write_all(int fd, std::span<const std::byte> bytes);

}  // namespace nv
