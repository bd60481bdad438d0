// A folder below which files are read, written and removed without ever following a link.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nv {

/// What stands under a name.
enum class EntryKind {
  none,
  file,  ///< a regular file
  folder,
  other,    ///< a link, a pipe, a device
  blocked,  ///< what should be a folder above it is a link or a file
};

/// Names are relative to the folder, their parts separated by '/'. Every folder on the way is opened from the
/// one above with O_NOFOLLOW, so that no name, whoever wrote it, leads outside; only the folder itself may be
/// a link, since the user named that.
///
/// Files are written whole under a temporary name in the folder itself. `commit` waits until their bytes are
/// on the disk and then gives them their names: so after a loss of power too each file is the old one or the
/// new one, and what is appended after a `commit` never speaks of files that are not there. `write` commits
/// by itself after many files.
class SafeFolder {
 public:
  /// Opens the folder; with `make` it is made with those above it where it is not there. Throws Error(output)
  /// (without `make` Error(input)) where that cannot be, or it is no folder.
  SafeFolder(std::filesystem::path folder, bool make);
  /// Commits; what then goes wrong is lost.
  ~SafeFolder();
  SafeFolder(const SafeFolder&) = delete;
  SafeFolder& operator=(const SafeFolder&) = delete;

  const std::filesystem::path& path() const { return folder_; }
  /// Whether it was made by us.
  bool made() const { return made_; }
  /// Its open descriptor.
  int descriptor() const { return fd_; }

  /// Any thread may call those below.

  EntryKind kind(const std::string& name) const;
  /// Device and number of a regular file, however it is called; (0, 0) where there is none.
  std::pair<std::uint64_t, std::uint64_t> identity(const std::string& name) const;

  /// All of a regular file. Throws Error(input): missing, no regular file, behind a link, unreadable, or
  /// larger than `limit` bytes.
  std::vector<std::byte> read(const std::string& name, std::size_t limit = std::size_t{1} << 34) const;
  std::string read_text(const std::string& name) const;

  /// Makes the folders above; the mode of a file that is replaced stays. Throws Error(output).
  void write(const std::string& name, std::span<const std::byte> bytes);
  /// Gives all files that were written their names. Throws Error(output).
  void commit();
  /// Writes at the end of a regular file, which is made where there is none; after a commit.
  void append(const std::string& name, std::string_view text);
  /// Removes a regular file, and the folders above that became empty. Anything else stays.
  void remove(const std::string& name);
  /// Waits until the names in the folder itself are on the disk.
  void sync() const;

 private:
  struct Waiting {
    std::string temporary, name;
    bool remains = true;
  };
  [[noreturn]] void fail(const std::string& name, int error) const;
  void commit_locked();
  int give_name(Waiting& file) const;

  std::filesystem::path folder_;
  int fd_ = -1;
  bool made_ = false;
  std::mutex mutex_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
};

/// Whether a name can be used in a SafeFolder: relative, no part of it empty, "." or "..", none longer than
/// 255 bytes, no control characters.
bool is_plain_name(std::string_view name);

}  // namespace nv
